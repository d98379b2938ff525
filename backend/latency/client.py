"""One streamed chat request, measured. A failure is a result too."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import orjson

from backend.latency.answer import UNREADABLE, Answer, StreamError, said
from backend.latency.record import Record
from backend.latency.wire import Arrivals, StampedResponse

ANSWERED_HTML = "answered with a web page"
TIMED_OUT = "no answer in time"
NOT_REACHED = "could not be reached"
BAD_CERTIFICATE = "its certificate is not trusted"
REDIRECTED = "sends us elsewhere"
CUT_SHORT = "stream was cut"
NO_CONTENT = "no content"
NO_STREAM = "did not stream"

LONGEST_ANSWER = 10
"""Times the longest silence: signs of life without an end (": ping" for ever) are no answer either."""
SLICE = 64
"""Arrivals parsed before the loop gets its turn: long answers must not hold up others' stamps."""
LAST_BYTES_S = 0.005
"""So long is waited for the formal end after [DONE], so that the connection can be used again."""


@dataclass(frozen=True)
class Endpoint:
    """Where and how to ask. `timeout_s` is the longest silence waited out; a `proxy` only leads off the machine."""

    url: str
    timeout_s: float
    proxy: str | None = None


async def send(
    session: aiohttp.ClientSession, to: Endpoint, body: Mapping[str, Any], scheduled_ns: int | None = None
) -> Record:
    """Send one request over a `stamped_session` and watch its answer to the end. Only cancelling raises."""
    answer, status, failure = Answer(), None, None
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=min(10.0, to.timeout_s), sock_read=to.timeout_s)
    encoded = orjson.dumps(body)
    wanted = time.perf_counter_ns()
    times = SimpleNamespace(sent_ns=wanted)
    response: StampedResponse | None = None
    try:
        # A redirect is not followed: it could carry the prompts and the key off this machine.
        response = cast(
            StampedResponse,
            await session.post(
                to.url, data=encoded, headers={"Content-Type": "application/json"}, timeout=timeout, proxy=to.proxy,
                allow_redirects=False, trace_request_ctx=times,
            ),
        )  # fmt: skip
        status = response.status
        failure = await _refusal(response)
        if failure is None:
            async with asyncio.timeout(LONGEST_ANSWER * to.timeout_s):
                await _read(response.arrivals, answer)
            failure = _verdict(answer, response.arrivals)
    except StreamError as error:
        failure = str(error)
    except TimeoutError:
        longest = LONGEST_ANSWER * to.timeout_s
        endless = time.perf_counter_ns() - wanted >= longest * 1e9
        failure = f"{TIMED_OUT}: " + (
            f"not complete after {longest:g} s" if endless else f"nothing came for {to.timeout_s:g} s"
        )
    except (aiohttp.ClientConnectorCertificateError, aiohttp.ClientConnectorSSLError) as error:
        failure = f"{BAD_CERTIFICATE}: {error}"
    except aiohttp.ClientConnectorError as error:
        failure = f"{NOT_REACHED}: {error}"
    except (aiohttp.ClientError, ConnectionError, ValueError) as error:
        failure = f"{CUT_SHORT}: {error or type(error).__name__}"
    finally:
        if response is not None:
            await _leave(response, answer)
    return Record(
        scheduled_ns=wanted if scheduled_ns is None else scheduled_ns,
        sent_ns=times.sent_ns,
        ended_ns=time.perf_counter_ns(),
        chunks_ns=tuple(answer.chunks_ns),
        thought_ns=answer.thought_ns,
        prompt_tokens=answer.prompt_tokens,
        cached_tokens=answer.cached_tokens,
        output_tokens=answer.output_tokens,
        hidden_tokens=answer.hidden_tokens,
        fingerprint=answer.fingerprint,
        status=status,
        failure=failure,
    )


async def _refusal(response: StampedResponse) -> str | None:
    """Why this response is no stream of an answer; None when it is one, or may be: some servers name no type."""
    kind = response.content_type
    if 300 <= response.status < 400:
        return f"{REDIRECTED}: HTTP {response.status} to {response.headers.get('Location', 'nowhere')[:200]}"
    if kind == "text/html":
        return ANSWERED_HTML
    if response.status != 200:
        return f"HTTP {response.status}: {said(await _whole(response.arrivals))}"
    if kind == "application/json":
        answer = await _whole(response.arrivals)
        if isinstance(answer, dict) and answer.get("error"):
            return f"error in place of an answer: {said(answer)}"
        return f"{NO_STREAM}: answered with {kind} in place of a stream"
    return None


async def _read(arrivals: Arrivals, answer: Answer) -> None:
    place = 0
    while not answer.done:
        await arrivals.news()
        ended = arrivals.ended
        while place < len(arrivals.pieces):
            answer.read(arrivals.pieces[place : place + SLICE])
            place += SLICE
            if place < len(arrivals.pieces):
                await asyncio.sleep(0)
        place = len(arrivals.pieces)
        if arrivals.too_long:
            raise StreamError("endless answer: it did not stop where it was told to")
        if ended:
            return


def _verdict(answer: Answer, arrivals: Arrivals) -> str | None:
    if not answer.done and not answer.finished:
        if isinstance(arrivals.failure, TimeoutError):
            raise TimeoutError
        if arrivals.failure is None and arrivals.pieces and not answer.events:
            return f"{UNREADABLE}: {arrivals.pieces[0][1][:60]!r}"
        return f"{CUT_SHORT}: it ended without saying so"
    return None if answer.chunks_ns else NO_CONTENT


async def _leave(response: StampedResponse, answer: Answer) -> None:
    """Give the connection back if its answer is over, else close it."""
    arrivals = response.arrivals
    if answer.done and not arrivals.ended:
        with suppress(TimeoutError):  # a server that leaves its answers open gets a new connection each time
            async with asyncio.timeout(LAST_BYTES_S):
                await arrivals.news()
    if arrivals.ended:
        response.release()
    else:
        response.close()


async def _whole(arrivals: Arrivals) -> Any:
    """The JSON of a short error body, or its text."""
    await arrivals.news()
    while not arrivals.ended and not arrivals.too_long:
        await arrivals.news()
    text = b"".join(piece for _, piece in arrivals.pieces)[:65536]
    try:
        return orjson.loads(text)
    except ValueError:
        return text.decode("utf-8", errors="replace")
