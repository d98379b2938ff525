"""A streaming chat endpoint which knows what it did: it writes down when it sent which chunk, and has quirks.

`python -m benchmarks.truth_server '{"ttft_s": 0.1}'` serves alone, prints its address and tells at /truth what it did.
"""

from __future__ import annotations

import asyncio
import json
import ssl
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
    thought_ns: int | None = None


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
    reasoning_key: str = "reasoning_content"
    tools: bool = False  # answers with a tool call in place of content
    crlf: bool = False
    pings: bool = False  # a comment line before every event
    empties: bool = False  # an empty delta between the contents
    usage_in: str = "end"  # end | last (of the content chunks) | each (chunk, running counts) | timings (llama.cpp's)
    done: bool = True  # whether [DONE] is sent
    keep_alive: bool = True
    fail_status: int = 500
    refuses: tuple[str, ...] = ()  # fields of the request that are answered with HTTP 400
    prefix: str = "/v1"
    lists: bool = True  # whether there is a list of models
    caches: bool = False  # prompts seen before are answered at once, and told as cached
    fingerprints: tuple[str, ...] = ()  # one for each stretch of `fingerprint_for` answers
    fingerprint_for: int = 20
    slow_models: dict[str, float] = field(default_factory=dict)  # seconds more for each chunk of these
    dies_after: int = 0  # answers after which the server closes its door
    metrics: bool = False  # tells what it did at /metrics, as vLLM does
    per_word_s: float = 0.0  # of prompt, before the first content
    ssl: ssl.SSLContext | None = None
    url: str = ""
    seen: list[Seen] = field(default_factory=list)
    most_at_once: int = 0
    known: set = field(default_factory=set)
    told: dict[str, float] = field(default_factory=dict)
    _now: int = 0
    _waiting: int = 0

    async def list_models(self, request: web.Request) -> web.StreamResponse:
        if self.quirk == "silent-list":
            await asyncio.sleep(60)
        if self.quirk == "html":
            return web.Response(text="<html>Welcome</html>", content_type="text/html")
        if not self.lists:
            raise web.HTTPNotFound
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
            if self.dies_after and number > self.dies_after:
                await self._site.stop()
                request.transport.abort()
                return web.Response()
            refused = [name for name in self.refuses if name in seen.body]
            if refused:
                return web.json_response({"error": {"message": f"Unsupported parameter: '{refused[0]}'"}}, status=400)
            if self.fail_every and number % self.fail_every == 0:
                error = {"message": f"boom {seen.authorization}"}  # some servers do repeat the key
                return web.json_response({"error": error}, status=self.fail_status)
            self._waiting += 1
            async with self._turns or nullcontext():
                self._waiting -= 1
                self._add("request_queue_time_seconds", (time.perf_counter_ns() - seen.received_ns) / 1e9)
                return await self._answer(request, seen)
        finally:
            self._now -= 1

    async def _answer(self, request: web.Request, seen: Seen) -> web.StreamResponse:  # noqa: PLR0912 - quirk by quirk
        if self.quirk == "hang":
            await asyncio.sleep(60)
        if self.quirk == "redirect":
            raise web.HTTPTemporaryRedirect("/elsewhere")
        if self.quirk == "json":
            return web.json_response({"choices": [{"message": {"content": "not a stream"}}]})
        if self.quirk == "nonsense":
            return web.Response(text="lorem ipsum " * 40, content_type="text/event-stream")
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})
        if not self.keep_alive:
            response.force_close()
        await response.prepare(request)
        began = time.perf_counter_ns()
        text = json.dumps(seen.body["messages"])
        warm = self.caches and text in self.known
        self.known.add(text)
        slower = self.slow_models.get(seen.body["model"], 0.0)
        if self.role_chunk_s is not None:
            await self._send(response, {"role": "assistant", "content": ""})
            await asyncio.sleep(self.role_chunk_s)
        if self.quirk == "sse-error":
            await response.write(b'data: {"error": {"message": "engine died", "code": 500}}\n\n')
            return response
        await asyncio.sleep(0.001 if warm else self.ttft_s + self.per_word_s * len(text.split()))
        if self.reasoning:
            seen.thought_ns = time.perf_counter_ns()
        for _ in range(self.reasoning):
            await self._send(response, {self.reasoning_key: "hm"})
            await asyncio.sleep(self.gap_s)
        for index, text in enumerate(self.chunks if self.quirk != "empty" else ()):
            if index:
                if self.empties:
                    await self._send(response, {"content": ""})
                await asyncio.sleep(self.gap_s + slower)
            await self._stall()
            if self.quirk == "cut" and index == 2:
                request.transport.close()
                return response
            seen.content_ns.append(time.perf_counter_ns())
            delta = {"tool_calls": [{"index": 0, "function": {"arguments": text}}]} if self.tools else {"content": text}
            last = index == len(self.chunks) - 1
            so_far = (index + 1 + self.reasoning) * self.tokens_per_chunk
            told = self.usage and (self.usage_in == "each" or (self.usage_in == "last" and last))
            await self._send(response, delta, self._counted(seen, warm, so_far) if told else {})
        stamps = seen.content_ns or [began]
        self._add("request_prefill_time_seconds", (stamps[0] - began) / 1e9)
        self._add("request_decode_time_seconds", (stamps[-1] - stamps[0]) / 1e9)
        await asyncio.sleep(self.tail_s)
        count = (len(self.chunks) + self.reasoning) * self.tokens_per_chunk
        timings = (
            {"timings": {"predicted_n": count, "prompt_n": 9}} if self.usage and self.usage_in == "timings" else {}
        )
        await self._write(response, {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], **timings})
        if self.usage and self.usage_in == "end":
            await self._write(response, {"choices": [], **self._counted(seen, warm, count)})
        if self.done:
            await response.write(b"data: [DONE]\r\n\r\n" if self.crlf else b"data: [DONE]\n\n")
        return response

    def _counted(self, seen: Seen, warm: bool, tokens: int) -> dict:
        asked = len(json.dumps(seen.body["messages"]).split())
        usage = {"prompt_tokens": asked if self.caches or self.per_word_s else 9, "completion_tokens": tokens}
        if self.caches:
            usage["prompt_tokens_details"] = {"cached_tokens": asked if warm else 0}
        return {"usage": usage}

    def _add(self, histogram: str, seconds: float) -> None:
        for name, more in (("sum", seconds), ("count", 1)):
            key = f"vllm:{histogram}_{name}"
            self.told[key] = self.told.get(key, 0.0) + more

    async def metrics_page(self, request: web.Request) -> web.StreamResponse:
        if not self.metrics:
            raise web.HTTPNotFound
        running = self._now - self._waiting
        gauges = {"vllm:num_requests_waiting": self._waiting, "vllm:num_requests_running": running}
        lines = [f'{name}{{model_name="base"}} {value}' for name, value in (self.told | gauges).items()]
        return web.Response(text="# HELP what I did\n" + "\n".join(lines) + "\n")

    async def _stall(self) -> None:
        if self.stall_every_s:
            into = time.monotonic() % self.stall_every_s
            await asyncio.sleep(max(0.0, self.stall_s - into))

    async def _send(self, response: web.StreamResponse, delta: dict, more: dict | None = None) -> None:
        await self._write(response, {"choices": [{"index": 0, "delta": delta, "finish_reason": None}], **(more or {})})

    async def _write(self, response: web.StreamResponse, chunk: dict) -> None:
        if self.fingerprints:
            number = min(len(self.seen) // self.fingerprint_for, len(self.fingerprints) - 1)
            chunk = {"system_fingerprint": self.fingerprints[number], **chunk}
        frame = _frame(chunk)
        if self.crlf:
            frame = frame.replace(b"\n", b"\r\n")
        if self.pings:
            frame = b": ping\n\n" + frame
        step = self.cut_bytes or len(frame)
        for start in range(0, len(frame), step):
            await response.write(frame[start : start + step])

    @cached_property
    def _turns(self) -> asyncio.Semaphore | None:
        return asyncio.Semaphore(self.slots) if self.slots else None

    async def truth(self, request: web.Request) -> web.StreamResponse:
        told = [
            {"received_ns": one.received_ns, "thought_ns": one.thought_ns, "content_ns": one.content_ns}
            for one in self.seen
        ]
        return web.json_response(told)

    async def forget(self, request: web.Request) -> web.StreamResponse:
        self.seen.clear()
        return web.json_response({})

    async def start(self) -> web.AppRunner:
        """Serve on a free loopback port of the running loop."""
        app = web.Application()
        app.router.add_get(f"{self.prefix}/models", self.list_models)
        app.router.add_post(f"{self.prefix}/chat/completions", self.chat)
        app.router.add_get("/metrics", self.metrics_page)
        app.router.add_get("/truth", self.truth)
        app.router.add_post("/forget", self.forget)
        runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True, access_log=None)
        await runner.setup()
        self._site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1024, ssl_context=self.ssl)
        await self._site.start()
        scheme = "https" if self.ssl else "http"
        self.url = f"{scheme}://127.0.0.1:{self._site._server.sockets[0].getsockname()[1]}"
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
