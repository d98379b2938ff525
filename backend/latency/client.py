"""One streamed chat request, measured: the clock is read when bytes arrive, before they are parsed."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp

from backend.latency.record import Record
from backend.latency.sse import Event, Parser

Messages = Sequence[Mapping[str, str]]

ANSWERED_HTML = "answered with a web page"
TIMED_OUT = "no answer in time"
NOT_REACHED = "could not be reached"
CUT_SHORT = "stream was cut"
NO_CONTENT = "no content"


class StreamError(Exception):
    """The stream itself says, or shows, that the answer failed."""


class _Reading:
    """What the events of one answer add up to."""

    def __init__(self) -> None:
        self.chunks_ns: list[int] = []
        self.prompt_tokens: int | None = None
        self.output_tokens: int | None = None
        self.reasoned = self.finished = self.done = False

    def take(self, event: Event, arrived_ns: int) -> None:
        if event.data.strip() == "[DONE]":
            self.done = True
            return
        try:
            chunk = json.loads(event.data)
        except ValueError as error:
            raise StreamError(f"unreadable chunk: {event.data[:80]}") from error
        if not isinstance(chunk, dict):
            raise StreamError(f"unreadable chunk: {event.data[:80]}")
        if event.name == "error" or chunk.get("error"):
            raise StreamError(f"error in the stream: {_message(chunk)}")
        usage = chunk.get("usage")
        if isinstance(usage, dict):  # vLLM may send running counts; the last one stands
            self.prompt_tokens = _count(usage.get("prompt_tokens"), self.prompt_tokens)
            self.output_tokens = _count(usage.get("completion_tokens"), self.output_tokens)
        choices = chunk.get("choices")
        for choice in choices if isinstance(choices, list) else ():
            delta = choice.get("delta") if isinstance(choice, dict) else None
            if not isinstance(delta, dict):
                continue
            if delta.get("content"):
                self.chunks_ns.append(arrived_ns)
            self.reasoned = self.reasoned or bool(delta.get("reasoning_content") or delta.get("reasoning"))
            self.finished = self.finished or choice.get("finish_reason") is not None


def request_body(model: str, messages: Messages, max_tokens: int) -> dict[str, Any]:
    """The JSON of one measured request: streamed, greedy, with the server's own token count at the end."""
    return {
        "model": model,
        "messages": [dict(message) for message in messages],
        "max_tokens": max_tokens,
        "temperature": 0,
        "stream": True,
        "stream_options": {"include_usage": True},
    }


async def send(
    session: aiohttp.ClientSession, url: str, body: Mapping[str, Any], timeout_s: float, scheduled_ns: int | None = None
) -> Record:
    """Send one request and watch its answer to the end. A failure is a record too; only cancelling raises.

    `timeout_s` is the longest silence that is waited out.
    """
    reading, status, failure = _Reading(), None, None
    encoded = json.dumps(body).encode()
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=min(10.0, timeout_s), sock_read=timeout_s)
    sent = time.perf_counter_ns()
    try:
        # A redirect is not followed: it could carry the prompts and the key off this machine.
        async with session.post(
            url, data=encoded, headers={"Content-Type": "application/json"}, timeout=timeout, allow_redirects=False
        ) as response:
            status = response.status
            failure = await _refusal(response)
            if failure is None:
                await _read(response, reading)
                failure = _verdict(reading)
    except StreamError as error:
        failure = str(error)
    except TimeoutError:
        failure = f"{TIMED_OUT}: nothing came for {timeout_s:g} s"
    except aiohttp.ClientConnectorError as error:
        failure = f"{NOT_REACHED}: {error}"
    except (aiohttp.ClientError, ConnectionError) as error:
        failure = f"{CUT_SHORT}: {error}"
    return Record(
        scheduled_ns=sent if scheduled_ns is None else scheduled_ns,
        sent_ns=sent,
        ended_ns=time.perf_counter_ns(),
        chunks_ns=tuple(reading.chunks_ns),
        prompt_tokens=reading.prompt_tokens,
        output_tokens=reading.output_tokens,
        reasoned=reading.reasoned,
        status=status,
        failure=failure,
    )


async def _refusal(response: aiohttp.ClientResponse) -> str | None:
    """Why this response is no stream of an answer; None when it is one."""
    kind = response.content_type
    if kind == "text/html":
        return ANSWERED_HTML
    if response.status != 200:
        return f"HTTP {response.status}: {_message(await _start_of(response))}"
    if kind != "text/event-stream":
        return f"answered with {kind} in place of a stream"
    return None


async def _read(response: aiohttp.ClientResponse, reading: _Reading) -> None:
    parser = Parser()
    while not reading.done:
        received = await response.content.readany()
        arrived = time.perf_counter_ns()
        if not received:
            return
        for event in parser.feed(received):
            reading.take(event, arrived)


def _verdict(reading: _Reading) -> str | None:
    if not reading.done and not reading.finished:
        return f"{CUT_SHORT}: it ended without saying so"
    return None if reading.chunks_ns else NO_CONTENT


async def _start_of(response: aiohttp.ClientResponse) -> Any:
    """The JSON of a short error body, or its text."""
    text = (await response.content.read(4096)).decode("utf-8", errors="replace")
    try:
        return json.loads(text)
    except ValueError:
        return text


def _message(answer: Any) -> str:
    """The error message in what a server sent, cut to one short line."""
    error = answer.get("error", answer) if isinstance(answer, dict) else answer
    text = error.get("message", error) if isinstance(error, dict) else error
    return " ".join(str(text).split())[:160]


def _count(value: Any, before: int | None) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else before
