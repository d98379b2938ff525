"""One latency test from the first check to the report, on an event loop of its own."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import aiohttp

from backend.latency.check import check_first, check_models
from backend.latency.client import request_body, send
from backend.latency.load import Send, Watch, closed_loop, open_loop
from backend.latency.prompts import Prompt, endless
from backend.latency.record import Record
from backend.latency.report import LatencyReport, Level, level
from backend.latency.targets import Targets
from backend.latency.verdict import decide
from backend.latency.wanted import OnProgress, Progress
from backend.store import disk_errors, write_text

PARTIAL_EVERY_S = 0.5
LONGEST_STAGGER_S = 5.0
CANCEL_LOOK_S = 0.05


@dataclass(frozen=True)
class Plan:
    """Everything one latency test was asked to do. `users` ascend; (None,) is a rate without a cap."""

    base: str
    model: str
    users: tuple[int | None, ...]
    requests: int
    max_tokens: int
    prompts: Sequence[Prompt] | None
    rate: float | None
    key: str | None
    targets: Targets
    share: float
    timeout_s: float
    seed: int


async def run_test(
    plan: Plan, on_progress: OnProgress | None, request_log: Path | None, cancel: threading.Event | None
) -> LatencyReport:
    """Run all levels; an interruption ends the test, not the report. Raises InputError from the first checks."""
    if request_log is not None:
        write_text(request_log, "")
    tester = _Tester(plan, on_progress, request_log)
    work = asyncio.create_task(tester.run())
    watcher = asyncio.create_task(_cancel_when(cancel, work)) if cancel is not None else None
    stopped = False
    try:
        await work
    except asyncio.CancelledError:  # the event, or Ctrl-C, which cancels this coroutine too
        stopped = True
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work
    finally:
        if watcher is not None:
            watcher.cancel()
    return tester.report(stopped)


async def _cancel_when(cancel: threading.Event, work: asyncio.Task[None]) -> None:
    while not cancel.is_set():
        await asyncio.sleep(CANCEL_LOOK_S)
    work.cancel()


class _Tester:
    """The state of a running test: finished levels, and the records of the one under way."""

    def __init__(self, plan: Plan, on_progress: OnProgress | None, request_log: Path | None) -> None:
        self.plan, self.on_progress, self.request_log = plan, on_progress, request_log
        self.levels: list[Level] = []
        self.records: list[Record] = []
        self.users: int | None = None
        self.watch = Watch()
        self.done = 0
        self.told_at, self.began = 0.0, time.monotonic()
        self.chats = endless(plan.prompts)

    async def run(self) -> None:
        plan = self.plan
        headers = {"Authorization": f"Bearer {plan.key}"} if plan.key else {}
        # limit=0: the default of 100 connections would queue requests here and blame the endpoint.
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector, headers=headers, read_bufsize=2**20) as session:
            await check_models(session, plan.base, plan.model, plan.timeout_s)

            async def ask(scheduled_ns: int | None) -> Record:
                body = request_body(plan.model, next(self.chats), plan.max_tokens)
                record = await send(session, f"{plan.base}/v1/chat/completions", body, plan.timeout_s, scheduled_ns)
                if plan.key and record.failure:
                    record = replace(record, failure=record.failure.replace(plan.key, "[key]"))
                return record

            first = await ask(None)
            check_first(first, plan.base, plan.model, plan.timeout_s)
            stagger_s = min(LONGEST_STAGGER_S, (first.e2e_ms or 0.0) / 1000)
            for users in plan.users:
                await self._level(ask, users, stagger_s)

    async def _level(self, ask: Send, users: int | None, stagger_s: float) -> None:
        plan, self.records, self.users = self.plan, [], users
        async with Watch() as self.watch:
            try:
                if plan.rate is not None:
                    await open_loop(ask, plan.rate, plan.requests, users, plan.seed, self.watch.begin, self._keep)
                elif users is not None:
                    await closed_loop(ask, users, plan.requests, stagger_s, self.watch.begin, self._keep)
            except ExceptionGroup as group:
                raise group.exceptions[0] from group
            self._close_level()

    def _keep(self, record: Record) -> None:
        self.records.append(record)
        self.done += 1
        if self.request_log is not None:
            line = {"users": self.users, "rate_rps": self.plan.rate, **asdict(record)}
            with disk_errors(self.request_log), self.request_log.open("a", encoding="utf-8") as log:
                log.write(json.dumps(line) + "\n")
        now = time.monotonic()
        # Seldom: summing up on the loop that measures would be measured too.
        if self.on_progress is not None and now - self.told_at >= PARTIAL_EVERY_S:
            self.told_at = now
            self._tell(self._sum_up())

    def _close_level(self) -> None:
        self.levels.append(self._sum_up())
        self.records = []
        self._tell(self.levels[-1])

    def _tell(self, partial: Level) -> None:
        if self.on_progress is not None:
            of, at_once = self.plan.requests * len(self.plan.users), partial.users
            growing = len(self.levels) if self.records else None
            levels = (*self.levels, partial) if self.records else tuple(self.levels)
            highest = self.plan.users[-1]
            verdict, because = decide(levels, self.plan.targets, self.plan.share, highest=highest, stopped=True)
            words = f"{at_once} at once: {self.done} of {of} requests"
            seconds = time.monotonic() - self.began
            left = seconds / self.done * (of - self.done) if self.done else None
            self.on_progress(Progress(self.done, of, words, levels, growing, verdict, because, seconds, left))

    def _sum_up(self) -> Level:
        return level(
            self.records,
            self.plan.targets,
            users=self.users,
            rate=self.plan.rate,
            lags_ms=self.watch.lags_ms,
            cpu=self.watch.cpu,
        )

    def report(self, stopped: bool) -> LatencyReport:
        if self.records:  # of the level that was cut short
            self._close_level()
        plan = self.plan
        verdict, because = decide(self.levels, plan.targets, plan.share, highest=plan.users[-1], stopped=stopped)
        return LatencyReport(
            endpoint=plan.base,
            model=plan.model,
            levels=tuple(self.levels),
            verdict=verdict,
            because=because,
            targets=plan.targets,
            share=plan.share,
            stopped=stopped,
        )
