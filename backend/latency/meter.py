"""The measuring process: `python -m backend.latency.meter`, driven by JSON lines on standard input.

It lives apart so that nothing the app or the command line does (a page drawn, a report summed up, another thread that
holds the interpreter) can make a stamp late. It only sends, stamps and passes on; every decision is the caller's.

In:  {"do": "open", "key", "timeout_s"}, then any of {"do": "prompts", …}, {"do": "once", …}, {"do": "block", …},
     {"do": "halt"}
Out: {"is": "record", …}, {"is": "watch", "lags_ms", "cpu_s", "seconds"}, {"is": "over"} after each once and block
It ends with its standard input, so it does not outlive its caller.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import Any

import orjson

from backend.latency.client import Endpoint, send
from backend.latency.load import Watch, closed_loop, open_loop
from backend.latency.prompts import endless, made_up
from backend.latency.record import Record
from backend.latency.wire import stamped_session

Message = dict[str, Any]
FLUSH_S = 0.05
WATCH_S = 0.5


class _Out:
    """JSON lines to the caller, gathered for a moment and never waited for: a slow caller delays no stamp."""

    def __init__(self, transport: asyncio.WriteTransport) -> None:
        self.transport, self.lines, self.due = transport, list[bytes](), False

    def say(self, what: str, **fields: Any) -> None:
        self.lines.append(orjson.dumps({"is": what, **fields}))
        if not self.due:
            self.due = True
            asyncio.get_running_loop().call_later(FLUSH_S, self.flush)

    def flush(self) -> None:
        self.due = False
        if self.lines:
            self.transport.write(b"\n".join(self.lines) + b"\n")
            self.lines = []


class _Meter:
    def __init__(self, out: _Out, opened: Message) -> None:
        self.out, self.key, self.timeout_s = out, opened["key"], float(opened["timeout_s"])
        self.session = stamped_session({"Authorization": f"Bearer {self.key}"} if self.key else {})
        self.chats: Iterator[list[dict[str, str]]] = endless(None)
        self.asked: list[list[dict[str, str]]] = []

    def prompts(self, given: Message) -> None:
        words, start = given.get("words"), given["start"]
        self.chats = made_up(words, start) if words else endless(given["prompts"], given["numbered"], start)

    async def once(self, given: Message) -> None:
        body = given["body"] if "messages" in given["body"] else {**given["body"], "messages": next(self.chats)}
        self._pass_on(await self._send(given, body, None))

    async def block(self, given: Message) -> None:
        """One stretch of load. `replay` asks the prompts of the block before once more (of another model)."""
        before, self.asked = self.asked, []
        chats = chain(before, self.chats) if given["replay"] else self.chats
        rate, users = given["rate"], given["users"]

        async def ask(scheduled_ns: int | None) -> Record:
            chat = next(chats)
            self.asked.append(chat)
            return await self._send(given, {**given["body"], "messages": chat}, scheduled_ns)

        gc.collect()
        gc.disable()
        telling: asyncio.Task[None] | None = None
        async with Watch() as watch:

            def begin() -> None:
                nonlocal telling
                watch.begin()
                telling = asyncio.create_task(self._tell(watch))

            try:
                if rate is not None:
                    await open_loop(ask, rate, given["requests"], users, given["seed"], begin, self._pass_on)
                else:
                    await closed_loop(
                        ask, users, given["requests"], given["stagger_s"], given["longest_s"], begin, self._pass_on
                    )
            finally:
                gc.enable()
                if telling is not None:
                    telling.cancel()
                    self._say_watch(watch)

    async def _send(self, given: Message, body: Message, scheduled_ns: int | None) -> Record:
        record = await send(self.session, Endpoint(given["url"], self.timeout_s, given["proxy"]), body, scheduled_ns)
        if self.key and record.failure:
            record = replace(record, failure=record.failure.replace(self.key, "[key]"))
        return record

    def _pass_on(self, record: Record) -> None:
        self.out.say("record", record=record)

    async def _tell(self, watch: Watch) -> None:
        while True:
            await asyncio.sleep(WATCH_S)
            self._say_watch(watch)

    def _say_watch(self, watch: Watch) -> None:
        lags_ms, cpu_s, seconds = watch.take()
        self.out.say("watch", lags_ms=[round(lag, 2) for lag in lags_ms], cpu_s=cpu_s, seconds=seconds)


async def main() -> None:
    loop = asyncio.get_running_loop()
    orders = asyncio.StreamReader(limit=2**28)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    transport, _ = await loop.connect_write_pipe(asyncio.Protocol, sys.stdout)
    transport.set_write_buffer_limits(2**30)
    out = _Out(transport)
    meter = _Meter(out, orjson.loads(await orders.readline()))
    work: asyncio.Task[None] | None = None
    async with meter.session:
        gc.freeze()
        while line := await orders.readline():
            given: Message = orjson.loads(line)
            if given["do"] == "prompts":
                meter.prompts(given)
            elif given["do"] == "halt":
                if work is not None:
                    work.cancel()
            else:
                doing = meter.once(given) if given["do"] == "once" else meter.block(given)
                work = asyncio.create_task(_over(doing, out))
        if work is not None:
            work.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await work
        out.flush()


async def _over(doing: Any, out: _Out) -> None:
    try:
        await doing
    finally:
        out.say("over")
        out.flush()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the caller's: it tells us, and keeps what was measured
    asyncio.run(main())
