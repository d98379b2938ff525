"""How an endpoint wants to be asked: found out with the first request, by what it refuses."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from backend.latency.record import Record


@dataclass(frozen=True)
class Dialect:
    """The form of a request. It begins as most servers take it and loses what this one refuses; `notes` say what.

    `prefix` is the path before /chat/completions. `fixed` asks for answers of exactly `max_tokens` (vLLM, SGLang).
    """

    prefix: str = "/v1"
    limit: str = "max_tokens"
    usage: bool = True
    greedy: bool = True
    fixed: bool = False
    notes: tuple[str, ...] = ()

    def body(self, model: str, max_tokens: int) -> dict[str, Any]:
        """The JSON of one measured request without its messages: streamed, greedy, with the server's token count."""
        body: dict[str, Any] = {"model": model, self.limit: max_tokens, "stream": True}
        if self.greedy:
            body["temperature"] = 0
        if self.usage:
            body["stream_options"] = {"include_usage": True}
        if self.fixed:
            body |= {"ignore_eos": True, "min_tokens": max_tokens}
        return body

    def after(self, refused: Record) -> Dialect | None:
        """The next form to try after a refusal; None when it was about something else, or nothing is left to try."""
        said = (refused.failure or "").lower()
        if refused.status in (404, 405) and self.prefix and "model" not in said:
            return replace(self, prefix="")
        if refused.status not in (400, 422) and not (refused.status == 200 and said.startswith("error in place")):
            return None
        ways = (
            (self.fixed, ("ignore_eos", "min_tokens"), self._less("fixed", "it cannot be told how long to answer")),
            (self.usage, ("stream_options", "include_usage"), self._less("usage", "it refuses to be asked for usage")),
            (self.limit == "max_tokens", ("max_completion_tokens", "max_tokens"),
             replace(self, limit="max_completion_tokens", notes=(*self.notes, "it wants max_completion_tokens"))),
            (self.greedy, ("temperature",), self._less("greedy", "it refuses a temperature of 0, so answers vary")),
        )  # fmt: skip
        open_ways = [(words, way) for still, words, way in ways if still]
        named = [way for words, way in open_ways if any(word in said for word in words)]
        unnamed = [way for words, way in open_ways if words[0] in ("stream_options", "ignore_eos")]
        return next(iter(named or (unnamed if "model" not in said else [])), None)

    def _less(self, what: str, note: str) -> Dialect:
        return replace(self, **{what: False}, notes=(*self.notes, note))  # type: ignore[arg-type]
