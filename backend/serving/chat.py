"""A small client of an OpenAI-compatible endpoint, for the playground and the parity check (not for measuring load)."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from backend.errors import InputError
from backend.latency.sse import Parser

Messages = Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class Endpoint:
    """`url` without /v1; the key stays out of every printed form."""

    url: str
    key: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Answer:
    """A complete answer. The ids are there when they were asked for; `finish` is "stop" or "length"."""

    text: str
    prompt_tokens: int
    completion_tokens: int
    finish: str
    prompt_ids: tuple[int, ...] | None = None
    token_ids: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Piece:
    """A piece of a streamed answer; `ms` since the request was sent. The last one is empty and has the counts.

    With `count`, the pieces before it say how many tokens came so far (vLLM does). `finish`: "stop" or "length".
    """

    text: str
    ms: float
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    finish: str = ""


class HangUp:
    """Ends streamed answers from another thread: `now()` cuts their connections, even before the first byte came."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        self.done = False

    def now(self) -> None:
        """End what is going on and whatever would begin later."""
        with self._lock:
            self.done = True
            for line in self._open:
                with suppress(OSError):  # the other end may have gone first
                    line.shutdown(socket.SHUT_RDWR)

    @contextmanager
    def watching(self, line: socket.socket) -> Iterator[None]:
        """While inside, `now()` cuts this connection."""
        with self._lock:
            self._open.append(line)
            if self.done:
                line.shutdown(socket.SHUT_RDWR)
        try:
            yield
        finally:
            with self._lock:
                self._open.remove(line)


def complete(
    endpoint: Endpoint,
    model: str,
    messages: Messages,
    max_tokens: int,
    *,
    temperature: float = 0.0,
    choice: Sequence[str] | None = None,
    ids: bool = False,
    timeout_s: float = 300.0,
) -> Answer:
    """One answer. `choice` constrains it to one of these texts; `ids` asks for token ids (both need vLLM).

    Raises InputError when the endpoint is not there or refuses, with its reason.
    """
    body = _body(model, messages, max_tokens, temperature, choice)
    if ids:
        body["return_token_ids"] = True
    answer = ask(endpoint, "/v1/chat/completions", body, timeout_s)
    try:
        first, usage = answer["choices"][0], answer["usage"]
        return Answer(
            text=first["message"]["content"] or "",
            prompt_tokens=int(usage["prompt_tokens"]),
            completion_tokens=int(usage["completion_tokens"]),
            finish=str(first["finish_reason"]),
            prompt_ids=_ids(answer.get("prompt_token_ids")),
            token_ids=_ids(first.get("token_ids")),
        )
    except (KeyError, IndexError, TypeError) as error:
        raise _not_understood(endpoint, answer) from error


def stream(
    endpoint: Endpoint,
    model: str,
    messages: Messages,
    max_tokens: int,
    *,
    temperature: float = 0.0,
    choice: Sequence[str] | None = None,
    top_p: float | None = None,
    seed: int | None = None,
    count: bool = False,
    hang_up: HangUp | None = None,
    timeout_s: float = 300.0,
) -> Iterator[Piece]:
    """The answer piece by piece as it comes; closing the iterator ends the request. Raises InputError.

    After `hang_up.now()` it ends at once, without a last piece.
    """
    hang_up = hang_up or HangUp()
    body = _body(model, messages, max_tokens, temperature, choice)
    body |= {name: value for name, value in (("top_p", top_p), ("seed", seed)) if value is not None}
    options = {"include_usage": True} | ({"continuous_usage_stats": True} if count else {})
    began = time.perf_counter_ns()
    try:
        with _response(endpoint, "POST", "/v1/chat/completions", body | _streamed(options), timeout_s, hang_up) as got:
            yield from _pieces(endpoint, got, began)
    except InputError:
        if not hang_up.done:
            raise


def _streamed(options: dict[str, bool]) -> dict[str, Any]:
    return {"stream": True, "stream_options": options}


def _pieces(endpoint: Endpoint, response: HTTPResponse, began: int) -> Iterator[Piece]:
    parser, finish = Parser(), ""
    usage: dict[str, Any] = {}
    while received := response.read1(65536):
        ms = (time.perf_counter_ns() - began) / 1e6
        for event in parser.feed(received):
            if event.data.strip() == "[DONE]":
                yield Piece("", ms, usage.get("prompt_tokens"), usage.get("completion_tokens"), finish)
                return
            chunk = _object(endpoint, event.data)
            if chunk.get("error"):
                raise InputError("The model's answer broke off.", where=endpoint.url, why=_reason(event.data))
            usage = chunk.get("usage") or usage
            parts = chunk.get("choices") or ()
            finish = next((part["finish_reason"] for part in parts if part.get("finish_reason")), finish)
            text = "".join((part.get("delta") or {}).get("content") or "" for part in parts)
            if text:
                yield Piece(text, ms, completion_tokens=usage.get("completion_tokens"))
    raise InputError("The model's answer broke off.", where=endpoint.url, do="See whether the server still runs.")


def tokenize(endpoint: Endpoint, model: str, messages: Messages) -> tuple[int, ...]:
    """The token ids of the prompt as the server renders it, ready for the answer (vLLM's /tokenize)."""
    body = {"model": model, "messages": [dict(turn) for turn in messages], "add_generation_prompt": True}
    answer = ask(endpoint, "/tokenize", body, 60.0)
    ids = _ids(answer.get("tokens"))
    if ids is None:
        raise _not_understood(endpoint, answer)
    return ids


def list_models(endpoint: Endpoint) -> tuple[str, ...]:
    """The model names the endpoint answers to."""
    answer = ask(endpoint, "/v1/models", None, 10.0)
    try:
        return tuple(str(row["id"]) for row in answer["data"])
    except (KeyError, TypeError) as error:
        raise _not_understood(endpoint, answer) from error


def is_healthy(endpoint: Endpoint) -> bool:
    """Whether GET /health answers 200."""
    try:
        with _response(endpoint, "GET", "/health", None, 5.0):
            return True
    except InputError:
        return False


def _body(
    model: str, messages: Messages, max_tokens: int, temperature: float, choice: Sequence[str] | None
) -> dict[str, Any]:
    body: dict[str, Any] = {
        "model": model,
        "messages": [dict(turn) for turn in messages],
        "max_tokens": max_tokens,
        "temperature": temperature,
    }
    if choice is not None:
        body["structured_outputs"] = {"choice": list(choice)}
    return body


def ask(endpoint: Endpoint, path: str, body: dict[str, Any] | None, timeout_s: float) -> dict[str, Any]:
    """The JSON object the endpoint answers at `path`: POST with a body, else GET. Raises InputError."""
    with _response(endpoint, "POST" if body is not None else "GET", path, body, timeout_s) as response:
        return _object(endpoint, response.read().decode("utf-8", errors="replace"))


@contextmanager
def _response(
    endpoint: Endpoint, method: str, path: str, body: dict[str, Any] | None, timeout_s: float,
    hang_up: HangUp | None = None,
) -> Iterator[HTTPResponse]:
    """An answer with status 200. http.client asks no proxy and follows no redirect, so the key stays here."""
    parts = urlsplit(endpoint.url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=timeout_s)
    headers = {"Content-Type": "application/json"}
    if endpoint.key:
        headers["Authorization"] = f"Bearer {endpoint.key}"
    try:
        connection.connect()
        with (hang_up or HangUp()).watching(connection.sock):
            connection.request(method, parts.path + path, json.dumps(body) if body is not None else None, headers)
            response = connection.getresponse()
            if response.status != 200:
                why = f"HTTP {response.status}: {_reason(response.read(4096).decode('utf-8', errors='replace'))}"
                raise InputError("The model server refuses the request.", where=endpoint.url, why=why)
            yield response
    except TimeoutError as error:
        raise InputError(f"The model server did not answer within {timeout_s:g} s.", where=endpoint.url) from error
    except (OSError, HTTPException) as error:
        do = "Start the server, or see its log."
        raise InputError("The model server cannot be reached.", where=endpoint.url, why=str(error), do=do) from error
    finally:
        connection.close()


def _object(endpoint: Endpoint, text: str) -> dict[str, Any]:
    try:
        content = json.loads(text)
    except ValueError as error:
        raise _not_understood(endpoint, text) from error
    if not isinstance(content, dict):
        raise _not_understood(endpoint, text)
    return content


def _not_understood(endpoint: Endpoint, answer: object) -> InputError:
    return InputError(
        "The model server's answer is not of the expected form.",
        where=endpoint.url,
        why=str(answer)[:200],
        do="Give the address of an OpenAI-compatible endpoint.",
    )


def _reason(text: str) -> str:
    """The message in a server's error, or its plain text."""
    try:
        error = json.loads(text)["error"]
    except (ValueError, KeyError, TypeError):
        return " ".join(text.split())[:300]
    return str(error["message"] if isinstance(error, dict) and "message" in error else error)[:300]


def _ids(value: object) -> tuple[int, ...] | None:
    return tuple(int(token) for token in value) if isinstance(value, list) else None
