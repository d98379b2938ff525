"""Leakage: test rows that ask what a training row asks, exactly or nearly."""

from __future__ import annotations

from collections.abc import Sequence

from backend.audit.near_duplicates import similar_pairs
from backend.audit.text import asked
from backend.domain import Example


def leaked_rows(known: Sequence[Example], test: Sequence[Example]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """(test rows asking exactly what a row in `known` asks, test rows asking nearly that), sorted.

    The answer does not count: a question seen in training is no test, whatever it was answered with.
    """
    seen = {asked(example) for example in known}
    exact = {example.row for example in test if asked(example) in seen}
    fresh = [example for example in test if example.row not in exact]
    both = [*known, *fresh]
    near = {
        both[right].row for left, right in similar_pairs(both) if left < len(known) <= right
    }
    return tuple(sorted(exact)), tuple(sorted(near))


def leaking_rows(known: Sequence[Example], test: Sequence[Example]) -> tuple[int, ...]:
    """The other side: rows of `known` to leave out so that nothing of the test rows is in them, sorted."""
    both = [*known, *test]
    return tuple(sorted({both[left].row for left, right in similar_pairs(both) if left < len(known) <= right}))
