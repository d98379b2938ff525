"""Near duplicates: rows whose question says the same in almost the same words, and clusters of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from backend.audit.minhash import candidate_pairs
from backend.audit.same_question import same_question
from backend.audit.same_thing import Said, alike, read
from backend.audit.sketch import sketch
from backend.audit.text import normal, raw_asked
from backend.domain import Example

MIN_WORDS = 5
"""Shorter questions are compared exactly only: one word is a fifth of what they say."""


@dataclass(frozen=True)
class Compared:
    """What comparing the questions of n examples showed.

    `first` (n,): the index of the first that asks exactly the same. `near`: index pairs (i, j), i < j, of firsts that
    ask nearly the same.
    """

    first: list[int]
    near: list[tuple[int, int]]

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """Index pairs (i, j), i < j, exact and near: rows that ask exactly the same are paired with their first."""
        return [(known, index) for index, known in enumerate(self.first) if known != index] + self.near

    @property
    def clusters(self) -> list[int]:
        """A cluster number per example: those that ask the same, exactly or nearly, share one."""
        return join(len(self.first), self.pairs)


def compare(examples: Sequence[Example]) -> Compared:
    """Compare the questions of all examples with one another, in time linear in their length."""
    texts = [raw_asked(example) for example in examples]
    sketches = sketch(texts)
    first = same_question(examples, sketches.keys)
    single = np.fromiter((known == index for index, known in enumerate(first)), bool, len(first))
    places = np.flatnonzero(single & (sketches.words >= MIN_WORDS))
    taken_apart: dict[int, Said] = {}

    def said(index: int) -> Said:
        if index not in taken_apart:
            taken_apart[index] = read(texts[index])
        return taken_apart[index]

    near = []
    for left, right in candidate_pairs(sketches, places):
        one, two = said(left), said(right)
        if min(len(one.words), len(two.words)) >= MIN_WORDS and alike(one, two):
            near.append((left, right))
    return Compared(first, near)


def similar_pairs(examples: Sequence[Example]) -> list[tuple[int, int]]:
    """Index pairs (i, j), i < j, of rows that ask the same, exactly or nearly.

    Of rows that ask exactly the same only the first is compared with others; the rest are paired with that first.
    """
    return compare(examples).pairs


def near_duplicates(
    examples: Sequence[Example], pairs: Iterable[tuple[int, int]], copies: Sequence[int]
) -> tuple[int, ...]:
    """Every row of a group of near duplicates but its first; exact duplicates (`copies`, rows) are left out.

    Both question and answer must be nearly the same. `pairs` come from `similar_pairs`.
    """
    exact = set(copies)
    alike = [
        (left, right)
        for left, right in pairs
        if examples[left].row not in exact
        and examples[right].row not in exact
        and _same_answer(examples[left].answer, examples[right].answer)
    ]
    group = join(len(examples), alike)
    return tuple(example.row for index, example in enumerate(examples) if group[index] != index)


def clusters(examples: Sequence[Example]) -> list[int]:
    """A cluster number per example: rows that ask the same, exactly or nearly, share one."""
    return compare(examples).clusters


def join(size: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """For each of `size` items the smallest item it is connected with through the pairs (union–find)."""
    parent = list(range(size))

    def root(item: int) -> int:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    touched: set[int] = set()
    for left, right in pairs:
        low, high = sorted((root(left), root(right)))
        parent[high] = low
        touched.update((left, right))
    for item in touched:
        parent[item] = root(item)
    return parent


def _same_answer(first: str, second: str) -> bool:
    if first == second or normal(first) == normal(second):
        return True
    one, two = read(first), read(second)
    return min(len(one.words), len(two.words)) >= MIN_WORDS and alike(one, two)
