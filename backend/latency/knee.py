"""How far it scales: the most users that keep the target, and the knee, beyond which more users mostly wait."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from backend.latency.report import Level

GAIN = 0.2
"""Throughput gained per doubling of users below which more users only wait longer."""
SLOWER = 1.5
"""Times the single user's time per token beyond which the shared speed is felt, whatever the throughput."""
LEAST_LEVELS = 3


def holds_users(levels: Sequence[Level], share: float) -> int | None:
    """The most users at once for which the target was shown to hold, with no fewer users for which it failed."""
    held = None
    for level in _closed(levels):
        within = level.within_target
        if within is None:
            continue
        if within.high < share:
            break
        if within.low >= share:
            held = level.users
    return held


def knee_users(levels: Sequence[Level]) -> int | None:
    """The last level worth having: throughput still grew by 20 % per doubling, TPOT stayed under 1.5 × one user's.

    None under three levels, and when throughput still grew at the last one: the knee lies beyond what was measured.
    """
    measured = [level for level in _closed(levels) if level.completed]
    if len(measured) < LEAST_LEVELS:
        return None
    alone = measured[0].tpot_ms.p50
    for before, after in pairwise(measured):
        doublings = math.log2(after.users / before.users)
        gain = (after.requests_per_s / before.requests_per_s) ** (1 / doublings) - 1 if before.requests_per_s else 0.0
        slow = alone is not None and after.tpot_ms.p50 is not None and after.tpot_ms.p50 > SLOWER * alone
        if gain < GAIN or slow:
            return before.users
    return None


def _closed(levels: Sequence[Level]) -> list[Level]:
    kept = {level.users: level for level in levels if level.rate_rps is None and level.role != "compared"}
    return [kept[users] for users in sorted(kept)]
