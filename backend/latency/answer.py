"""What the events of one streamed answer add up to, whatever the dialect of the server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from backend.latency.sse import Event, Parser

UNREADABLE = "unreadable chunk"


class StreamError(Exception):
    """The stream itself says, or shows, that the answer failed."""


class Answer:
    """Fed with the pieces of a body in order; knows when content came and what the server counted."""

    def __init__(self) -> None:
        self.chunks_ns: list[int] = []
        self.thought_ns: int | None = None
        self.prompt_tokens: int | None = None
        self.cached_tokens: int | None = None
        self.output_tokens: int | None = None
        self.hidden_tokens = 0
        self.fingerprint = ""
        self.finished = self.done = False
        self.events = 0
        self._parser = Parser()

    def read(self, pieces: Sequence[tuple[int, bytes]]) -> None:
        """Take (arrival, bytes) in order. Raises StreamError for an answer that says it failed or is no JSON."""
        for arrived_ns, piece in pieces:
            for event in self._parser.feed(piece):
                if not self.done:
                    self._take(event, arrived_ns)

    def _take(self, event: Event, arrived_ns: int) -> None:
        if event.data.strip() == "[DONE]":
            self.done = True
            return
        if not event.data.strip():  # some servers keep the line alive with empty events
            return
        self.events += 1
        try:
            chunk = orjson.loads(event.data)
        except ValueError as error:
            raise StreamError(f"{UNREADABLE}: {event.data[:80]}") from error
        if not isinstance(chunk, dict):
            raise StreamError(f"{UNREADABLE}: {event.data[:80]}")
        if event.name == "error" or chunk.get("error"):
            raise StreamError(f"error in the stream: {said(chunk)}")
        self._count(chunk)
        choices = chunk.get("choices")
        for choice in choices if isinstance(choices, list) else ():
            if not isinstance(choice, dict):
                continue
            self.finished = self.finished or bool(choice.get("finish_reason"))
            delta = choice.get("delta")
            if not isinstance(delta, dict):
                continue
            if delta.get("content") or delta.get("tool_calls"):
                self.chunks_ns.append(arrived_ns)
            elif self.thought_ns is None and (delta.get("reasoning_content") or delta.get("reasoning")):
                self.thought_ns = arrived_ns

    def _count(self, chunk: dict[str, Any]) -> None:
        """Take the server's counts, wherever it puts them; running counts may come often, the last one stands."""
        mark = chunk.get("system_fingerprint")
        if isinstance(mark, str):
            self.fingerprint = mark
        usage = chunk.get("usage")
        if not isinstance(usage, dict):
            groq = chunk.get("x_groq")
            usage = groq.get("usage") if isinstance(groq, dict) else None
        if isinstance(usage, dict):
            self.prompt_tokens = whole(usage.get("prompt_tokens"), self.prompt_tokens)
            self.output_tokens = whole(usage.get("completion_tokens"), self.output_tokens)
            asked, answered = usage.get("prompt_tokens_details"), usage.get("completion_tokens_details")
            if isinstance(asked, dict):
                self.cached_tokens = whole(asked.get("cached_tokens"), self.cached_tokens)
            if isinstance(answered, dict):
                self.hidden_tokens = whole(answered.get("reasoning_tokens"), None) or 0
        timings = chunk.get("timings")  # llama.cpp's own count, for when it was not asked for usage
        if isinstance(timings, dict) and self.output_tokens is None:
            self.prompt_tokens = whole(timings.get("prompt_n"), self.prompt_tokens)
            self.output_tokens = whole(timings.get("predicted_n"), None)


def said(answer: Any) -> str:
    """The error message in what a server sent, cut to one short line."""
    error = answer.get("error") or answer if isinstance(answer, dict) else answer
    text = error.get("message") or error.get("detail") or error if isinstance(error, dict) else error
    return " ".join(str(text).split())[:200]


def whole(value: Any, before: int | None) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else before
