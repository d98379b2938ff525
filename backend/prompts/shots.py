"""Which training rows are shown as solved examples (few-shot)."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence

from backend.domain import Example


def pick_shots(train: Sequence[Example], labels: Sequence[str], count: int, seed: int) -> tuple[Example, ...]:
    """`count` rows from train, at random among the shorter half; with labels, each in turn. Seeded.

    Short ones, because every shot is read again with every question.
    """
    rng = random.Random(seed)  # noqa: S311 (a reproducible choice, nothing secret)
    by_label: dict[str, list[Example]] = defaultdict(list)
    for example in sorted(train, key=lambda example: len(example.input) + len(example.answer)):
        by_label[example.answer.strip() if labels else ""].append(example)
    pools = [by_label[label][: max(1, len(by_label[label]) // 2)] for label in labels or ("",) if by_label[label]]
    for pool in pools:
        rng.shuffle(pool)
    rng.shuffle(pools)
    shots = [pool[turn] for turn in range(count) for pool in pools if turn < len(pool)][:count]
    rng.shuffle(shots)
    return tuple(shots)
