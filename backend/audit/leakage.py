"""Leakage: test rows that ask what a training row asks, exactly or nearly."""

from __future__ import annotations

from collections.abc import Sequence

from backend.audit.near_duplicates import similar_pairs
from backend.audit.text import asked
from backend.domain import Example


def leaked_rows(known: Sequence[Example], test: Sequence[Example]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """(`row` numbers of test rows that ask exactly what a row in `known` asks, those that ask nearly that), sorted.

    The answer does not count: a question seen in training is no test, whatever it was answered with.
    """
    seen = {asked(example) for example in known}
    exact = {example.row for example in test if asked(example) in seen}
    fresh = [example for example in test if example.row not in exact]
    both = [*known, *fresh]
    # of rows that ask exactly the same only the first is in these pairs: its likes leak as well
    near = {asked(both[right]) for left, right in similar_pairs(both) if left < len(known) <= right}
    return tuple(sorted(exact)), tuple(sorted(example.row for example in fresh if asked(example) in near))


def leaking_rows(known: Sequence[Example], test: Sequence[Example]) -> tuple[int, ...]:
    """The other side: `row` numbers of `known` to leave out so that no test row asks nearly the same, sorted."""
    both = [*known, *test]
    leaking = {asked(both[left]) for left, right in similar_pairs(both) if left < len(known) <= right}
    return tuple(sorted(example.row for example in known if asked(example) in leaking))
