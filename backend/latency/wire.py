"""The measuring client's connections: what arrives is stamped in the moment the socket gives it, and only kept.

aiohttp hands a body on through a waiting task, which runs when the loop gets to it; under load that is milliseconds
later, and two arrivals may have become one. So the stamp is made in the protocol's own callback. Nothing is parsed
there and no task is woken before the answer ends: on one core every microsecond here is taken from the others' stamps.
"""

from __future__ import annotations

import asyncio
import time
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp.client_proto import ResponseHandler

if TYPE_CHECKING:
    from aiohttp.connector import Connection

MAX_ANSWER_BYTES = 64 * 2**20
"""An answer that goes on beyond this is no answer."""
_END = b"[DONE]"


class Arrivals:
    """The body of one answer as it came: `pieces` are (nanoseconds of time.perf_counter_ns, bytes) of every arrival."""

    def __init__(self, body: aiohttp.StreamReader, loop: asyncio.AbstractEventLoop) -> None:
        self.pieces: list[tuple[int, bytes]] = []
        self.body = body
        self.ended = False
        self._marks: list[tuple[int, int]] = []  # when, and how many bytes had come by then
        self._taken = 0
        self._tail = b""
        self._news: asyncio.Future[None] = loop.create_future()

    def mark(self, arrived_ns: int, raw: bytes) -> None:
        """Note that bytes came. `raw` may still be in HTTP's wrapping: it is only looked at for the last marker."""
        self._marks.append((arrived_ns, self.body.total_bytes))
        end = self._tail + raw
        self._tail = end[-len(_END) :]
        if _END in end or self.too_long:
            self.tell()

    @property
    def too_long(self) -> bool:
        return self.body.total_bytes > MAX_ANSWER_BYTES

    def take(self) -> None:
        """Put what came since the last time into `pieces`."""
        if self.body.exception() is not None or not self._marks:
            return
        marks, self._marks = self._marks, []
        received, begin = self.body.read_nowait(), self._taken
        for arrived_ns, upto in marks:
            if upto > self._taken:
                self.pieces.append((arrived_ns, received[self._taken - begin : upto - begin]))
                self._taken = upto

    def end(self) -> None:
        self.ended = True
        self.tell()

    def tell(self) -> None:
        if not self._news.done():
            self._news.set_result(None)

    async def news(self) -> None:
        """Wait until the answer has ended, or may have: its last marker was seen."""
        if not self.ended:
            await self._news
            self._news = self._news.get_loop().create_future()
        self.take()

    @property
    def failure(self) -> BaseException | None:
        """Why the body ended before its end; None when it is whole."""
        found: BaseException | None = self.body.exception()
        return found


class _Stamping(ResponseHandler):
    """aiohttp's protocol with a clock. `arrivals` belongs to the answer that came last on this connection."""

    arrivals: Arrivals | None = None

    def data_received(self, data: bytes) -> None:
        arrived = time.perf_counter_ns()
        before = self._payload
        super().data_received(data)
        body = self._payload or before  # the end of an answer may have closed the connection already
        if not data or body is None or not isinstance(body, aiohttp.StreamReader):
            return
        arrivals = self.arrivals
        if arrivals is None or arrivals.body is not body:
            arrivals = self.arrivals = Arrivals(body, self._loop)
        arrivals.mark(arrived, data)
        if body.is_eof() or body.exception() is not None:
            arrivals.end()

    def connection_lost(self, exc: BaseException | None) -> None:
        if self.arrivals is not None:
            self.arrivals.take()  # before the loss is set as the body's exception: what came, came
        super().connection_lost(exc)
        if self.arrivals is not None:
            self.arrivals.end()

    def _on_read_timeout(self) -> None:
        if self.arrivals is not None:
            self.arrivals.take()
        super()._on_read_timeout()
        if self.arrivals is not None:
            self.arrivals.end()


class StampedResponse(aiohttp.ClientResponse):
    """A response whose body is in `arrivals` in place of `content`."""

    arrivals: Arrivals

    async def start(self, connection: Connection) -> StampedResponse:
        protocol: Any = connection.protocol
        await super().start(connection)
        if protocol.arrivals is None or protocol.arrivals.body is not self.content:
            protocol.arrivals = Arrivals(self.content, protocol._loop)
            if self.content.is_eof():
                protocol.arrivals.end()
        self.arrivals = protocol.arrivals
        return self


def stamped_session(headers: dict[str, str]) -> aiohttp.ClientSession:
    """A session whose POSTs take `trace_request_ctx=SimpleNamespace()` and set its `sent_ns` when they are written.

    One connection for every request in flight: aiohttp's own limit of 100 would queue requests here and blame the
    endpoint. No cookies, no environment (proxies, .netrc).
    """
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=30)
    connector._factory = partial(_Stamping, loop=asyncio.get_running_loop())  # type: ignore[assignment]
    trace = aiohttp.TraceConfig()
    trace.on_request_chunk_sent.append(_stamp_sent)
    return aiohttp.ClientSession(
        connector=connector,
        headers={"Accept-Encoding": "identity", **headers},  # a packed stream is gathered before it is sent
        response_class=StampedResponse,
        trace_configs=[trace],
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        read_bufsize=MAX_ANSWER_BYTES,  # bodies are kept until they are whole; flow control may not hold a server back
    )


async def _stamp_sent(_session: aiohttp.ClientSession, context: SimpleNamespace, _params: Any) -> None:
    context.trace_request_ctx.sent_ns = time.perf_counter_ns()
