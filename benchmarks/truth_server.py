"""A streaming chat endpoint which knows what it did: it writes down when it sent which chunk, and has quirks.

`python -m benchmarks.truth_server '{"ttft_s": 0.1}'` serves alone, prints its address and tells at /truth what it did.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cached_property

from aiohttp import web


@dataclass
class Seen:
    """One request as the server saw it; times from time.perf_counter_ns, the client's own clock."""

    received_ns: int
    body: dict
    authorization: str | None
    content_ns: list[int] = field(default_factory=list)


@dataclass
class TruthServer:
    """Behaviour is set by the fields; `seen` and `most_at_once` say what came."""

    ttft_s: float = 0.03
    gap_s: float = 0.01
    chunks: tuple[str, ...] = ("Wie", " schön", " 🙂", " das", " ist")
    tokens_per_chunk: int = 1
    models: tuple[str, ...] = ("base", "tuned")
    key: str | None = None
    usage: bool = True
    role_chunk_s: float | None = 0.0  # before the first content; None: no role chunk
    tail_s: float = 0.0  # between the last content and usage / [DONE]
    cut_bytes: int | None = None  # send the stream in pieces of this many bytes
    fail_every: int = 0  # every n-th request answers 500
    quirk: str = ""  # html | hang | cut | sse-error | empty | json | silent-list | redirect
    slots: int | None = None  # how many are answered at once; the others wait in a queue
    stall_every_s: float = 0.0  # at each multiple of it nothing is sent for `stall_s`
    stall_s: float = 0.0
    reasoning: int = 0  # chunks of thinking before the first content
    url: str = ""
    seen: list[Seen] = field(default_factory=list)
    most_at_once: int = 0
    _now: int = 0

    async def list_models(self, request: web.Request) -> web.StreamResponse:
        if self.quirk == "silent-list":
            await asyncio.sleep(60)
        if self.quirk == "html":
            return web.Response(text="<html>Welcome</html>", content_type="text/html")
        if self.key and request.headers.get("Authorization") != f"Bearer {self.key}":
            return web.json_response({"error": "Unauthorized"}, status=401)
        return web.json_response({"object": "list", "data": [{"id": name} for name in self.models]})

    async def chat(self, request: web.Request) -> web.StreamResponse:
        seen = Seen(time.perf_counter_ns(), await request.json(), request.headers.get("Authorization"))
        self.seen.append(seen)
        number = len(self.seen)
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            if self.fail_every and number % self.fail_every == 0:
                error = {"message": f"boom {seen.authorization}"}  # some servers do repeat the key
                return web.json_response({"error": error}, status=500)
            async with self._turns or nullcontext():
                return await self._answer(request, seen)
        finally:
            self._now -= 1

    async def _answer(self, request: web.Request, seen: Seen) -> web.StreamResponse:
        if self.quirk == "hang":
            await asyncio.sleep(60)
        if self.quirk == "redirect":
            raise web.HTTPTemporaryRedirect("/elsewhere")
        if self.quirk == "json":
            return web.json_response({"choices": [{"message": {"content": "not a stream"}}]})
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})
        await response.prepare(request)
        if self.role_chunk_s is not None:
            await self._send(response, {"role": "assistant", "content": ""})
            await asyncio.sleep(self.role_chunk_s)
        if self.quirk == "sse-error":
            await response.write(b'data: {"error": {"message": "engine died", "code": 500}}\n\n')
            return response
        await asyncio.sleep(self.ttft_s)
        for _ in range(self.reasoning):
            await self._send(response, {"reasoning_content": "hm"})
            await asyncio.sleep(self.gap_s)
        for index, text in enumerate(self.chunks if self.quirk != "empty" else ()):
            if index:
                await asyncio.sleep(self.gap_s)
            await self._stall()
            if self.quirk == "cut" and index == 2:
                request.transport.close()
                return response
            seen.content_ns.append(time.perf_counter_ns())
            await self._send(response, {"content": text})
        await asyncio.sleep(self.tail_s)
        await response.write(_frame({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}))
        if self.usage:
            count = (len(self.chunks) + self.reasoning) * self.tokens_per_chunk
            await response.write(_frame({"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": count}}))
        await response.write(b"data: [DONE]\n\n")
        return response

    async def _stall(self) -> None:
        if self.stall_every_s:
            into = time.monotonic() % self.stall_every_s
            await asyncio.sleep(max(0.0, self.stall_s - into))

    async def _send(self, response: web.StreamResponse, delta: dict) -> None:
        frame = _frame({"choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
        step = self.cut_bytes or len(frame)
        for start in range(0, len(frame), step):
            await response.write(frame[start : start + step])

    @cached_property
    def _turns(self) -> asyncio.Semaphore | None:
        return asyncio.Semaphore(self.slots) if self.slots else None

    async def truth(self, request: web.Request) -> web.StreamResponse:
        told = [{"received_ns": one.received_ns, "content_ns": one.content_ns} for one in self.seen]
        return web.json_response(told)

    async def forget(self, request: web.Request) -> web.StreamResponse:
        self.seen.clear()
        return web.json_response({})

    async def start(self) -> web.AppRunner:
        """Serve on a free loopback port of the running loop."""
        app = web.Application()
        app.router.add_get("/v1/models", self.list_models)
        app.router.add_post("/v1/chat/completions", self.chat)
        app.router.add_get("/truth", self.truth)
        app.router.add_post("/forget", self.forget)
        runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1024)
        await site.start()
        self.url = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"
        return runner

    @contextmanager
    def running(self) -> Iterator[TruthServer]:
        """Serve in a thread with a loop of its own."""
        loop, ready = asyncio.new_event_loop(), threading.Event()
        runner = None

        def serve() -> None:
            nonlocal runner
            asyncio.set_event_loop(loop)
            runner = loop.run_until_complete(self.start())
            ready.set()
            loop.run_forever()
            loop.run_until_complete(runner.cleanup())
            loop.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        assert ready.wait(10)
        try:
            yield self
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join(10)


def _frame(chunk: dict) -> bytes:
    whole = {"id": "x", "object": "chat.completion.chunk", **chunk}
    return f"data: {json.dumps(whole, ensure_ascii=False)}\n\n".encode()


async def _alone(server: TruthServer) -> None:
    await server.start()
    print(server.url, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_alone(TruthServer(**json.loads(sys.argv[1]))))
