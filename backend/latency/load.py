"""Two ways to put load on an endpoint, and a watch on ourselves while doing so.

Closed loop: N users, each asking again as soon as it has its answer. Open loop: arrivals at random moments at a
given rate, whether or not the endpoint keeps up (Schroeder et al. 2006, "Open versus closed: a cautionary tale").
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Callable, Coroutine
from typing import Any

from backend.latency.record import Record

Send = Callable[[int | None], Coroutine[Any, Any, Record]]
"""Sends the next prompt; the argument is its scheduled time in nanoseconds, or None for "now"."""

Keep = Callable[[Record], None]

BACK_OFF_S = 0.05
"""A user whose request failed at once waits this long, else a dead endpoint would be asked as fast as we can."""


async def closed_loop(
    send: Send, users: int, requests: int, stagger_s: float, longest_s: float, begin: Callable[[], None], keep: Keep
) -> None:
    """`users` at once until `requests` have been sent and answered, or none is sent any more after `longest_s`.

    Starts are spread over `stagger_s` so that the prompts do not arrive in one burst. What is sent before
    every user has had one answer is warm-up: not kept. `begin` is called when it is over.
    """
    warm, left, until = 0, requests, float("inf")

    async def ask() -> Record:
        record = await send(None)
        if record.failure is not None:
            await asyncio.sleep(BACK_OFF_S)
        return record

    async def user(number: int) -> None:
        nonlocal warm, left, until
        await asyncio.sleep(stagger_s * number / users)
        await ask()
        warm += 1
        if warm == users:
            until = time.perf_counter() + longest_s
            begin()
        while warm < users:
            await ask()
        while left > 0 and time.perf_counter() < until:
            left -= 1
            keep(await ask())

    async with asyncio.TaskGroup() as group:
        for number in range(users):
            group.create_task(user(number))


async def open_loop(
    send: Send, rate: float, requests: int, at_once: int | None, seed: int, begin: Callable[[], None], keep: Keep
) -> None:
    """`requests` arrivals at `rate` a second with exponential gaps (a Poisson process), seeded.

    `at_once` caps how many are in flight; the wait for a free place then counts in `response_ms`. None: no cap.
    """
    draw = random.Random(seed)  # noqa: S311 - a load pattern, no secret
    place = asyncio.Semaphore(at_once) if at_once else contextlib.nullcontext()
    await send(None)  # warm-up
    begin()

    async def one(scheduled_ns: int) -> None:
        async with place:
            keep(await send(scheduled_ns))

    scheduled_ns = time.perf_counter_ns()
    async with asyncio.TaskGroup() as group:
        for _ in range(requests):
            scheduled_ns += round(draw.expovariate(rate) * 1e9)
            await asyncio.sleep(max(0.0, (scheduled_ns - time.perf_counter_ns()) / 1e9))
            group.create_task(one(scheduled_ns))


class Watch:
    """How much this process itself got in the way: late wake-ups of the event loop, and CPU use.

    Use as `async with Watch() as watch`; `begin()` forgets what was seen so far.
    """

    EVERY_S = 0.01

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        self.lags_ms: list[float] = []
        self._since, self._cpu_since = time.perf_counter(), time.process_time()

    def take(self) -> tuple[list[float], float, float]:
        """(late wake-ups in ms, CPU seconds, seconds) since `begin` or the last `take`."""
        now, cpu = time.perf_counter(), time.process_time()
        seen = (self.lags_ms, cpu - self._cpu_since, now - self._since)
        self.lags_ms, self._since, self._cpu_since = [], now, cpu
        return seen

    async def __aenter__(self) -> Watch:
        self._task = asyncio.create_task(self._look())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()

    async def _look(self) -> None:
        while True:
            due = time.perf_counter() + self.EVERY_S
            await asyncio.sleep(self.EVERY_S)
            self.lags_ms.append(max(0.0, (time.perf_counter() - due) * 1000))
