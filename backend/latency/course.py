"""Which load levels a test goes through, by its mode, and when it may go on because it is too close to call."""

from __future__ import annotations

import math
from dataclasses import dataclass

from backend.latency.report import Role
from backend.latency.verdict import requests_to_pass
from backend.latency.wanted import Mode


@dataclass(frozen=True)
class Step:
    """One level to measure: `requests` counted ones, up to `extend_to` while open, none sent after `longest_s`."""

    users: int | None
    requests: int
    role: Role = "asked"
    rate: float | None = None
    extend_to: int = 0
    longest_s: float = math.inf


@dataclass(frozen=True)
class Size:
    """How thorough a mode is. `share` of the requested extension is bounded by `extend_to`."""

    requests: int
    extend_to: int
    longest_s: float
    yardstick: int
    blocks: int


SIZES: dict[Mode | None, Size] = {
    None: Size(requests=120, extend_to=480, longest_s=math.inf, yardstick=0, blocks=6),
    "quick": Size(requests=80, extend_to=240, longest_s=120, yardstick=20, blocks=6),
    "standard": Size(requests=210, extend_to=840, longest_s=300, yardstick=30, blocks=10),
    "sweep": Size(requests=80, extend_to=160, longest_s=90, yardstick=0, blocks=6),
}
PER_USER = 3
"""Counted requests per user at least: with fewer the last ones see less load than was asked for."""
SWEEP_TO = 64
MOST_REQUESTS = 2000
"""More at one level are only sent when somebody asks for exactly so many."""
HEADROOM_REQUESTS = 60
ARRIVALS_AT = 0.7
"""Random arrivals come at this part of the rate reached by the users: near its limit any server's queue grows."""
ARRIVALS_S = 60.0
FLAT = 0.05
"""Throughput gained by a doubling below which a sweep has seen the end of it."""


def given_steps(
    mode: Mode | None, users: tuple[int | None, ...], requests: int | None, rate: float | None, share: float
) -> list[Step]:
    """The levels that are known from the start. `users` ascend; (None,) is a rate without a cap."""
    size = SIZES[mode]
    highest = users[-1]

    def judged(count: int | None) -> Step:
        if requests is not None:
            return Step(count, requests, rate=rate, longest_s=math.inf)
        needed = min(MOST_REQUESTS, math.ceil(1.25 * requests_to_pass(share)))
        wanted = max(size.requests, PER_USER * (count or 1) if mode else 0)
        limit = max(size.extend_to, needed) if count == highest else 0
        return Step(count, wanted, rate=rate, extend_to=limit, longest_s=size.longest_s)

    steps = [judged(count) for count in users]
    if mode is not None and rate is None and 1 not in users:
        steps.insert(0, Step(1, min(size.yardstick or size.requests, requests or 10**9), "yardstick", longest_s=60))
    return steps


def headroom(highest: int) -> Step:
    """Twice the users asked for: how much room is left."""
    return Step(2 * highest, max(HEADROOM_REQUESTS, PER_USER * highest), "headroom", longest_s=120)


def arrivals(requests_per_s: float) -> list[Step]:
    """Random arrivals below the reached rate; none when that is too slow to see twenty of them in five minutes."""
    rate = ARRIVALS_AT * requests_per_s
    if rate * 5 * ARRIVALS_S < 20:
        return []
    return [Step(None, max(20, min(120, round(rate * ARRIVALS_S))), "arrivals", rate=rate)]


def search(users: int, requests: int | None, share: float) -> Step:
    """One step of a sweep."""
    size = SIZES["sweep"]
    enough = min(MOST_REQUESTS // 2, math.ceil(1.05 * requests_to_pass(share)))
    wanted = requests or max(size.requests, PER_USER * users, enough)
    return Step(users, wanted, "search", extend_to=0 if requests else 2 * wanted, longest_s=size.longest_s)
