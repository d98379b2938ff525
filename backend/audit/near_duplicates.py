"""Near duplicates: rows whose question says the same in almost the same words, and clusters of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from zlib import crc32

from backend.audit.minhash import candidate_pairs
from backend.audit.same_thing import Said, alike, read, read_numbers
from backend.audit.text import asked, normal, raw_asked, words
from backend.domain import Example

MIN_WORDS = 5
"""Shorter questions are compared exactly only: one word is a fifth of what they say."""


def similar_pairs(examples: Sequence[Example]) -> list[tuple[int, int]]:
    """Index pairs (i, j), i < j, of rows that ask the same, exactly or nearly.

    Of rows that ask exactly the same only the first is compared with others; the rest are paired with that first.
    """
    first: dict[str, int] = {}
    pairs: list[tuple[int, int]] = []
    unique: list[int] = []
    for index, example in enumerate(examples):
        known = first.setdefault(asked(example), index)
        if known != index:
            pairs.append((known, index))
        else:
            unique.append(index)
    texts = [raw_asked(examples[index]) for index in unique]
    taken_apart: dict[int, Said] = {}

    def said(index: int) -> Said:
        if index not in taken_apart:
            taken_apart[index] = read(texts[index])
        return taken_apart[index]

    for left, right in candidate_pairs(texts, [_numbers_in(text) for text in texts]):
        one, two = said(left), said(right)
        if min(len(one.words), len(two.words)) >= MIN_WORDS and alike(one, two):
            pairs.append((unique[left], unique[right]))
    return pairs


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


def clusters(examples: Sequence[Example], pairs: Iterable[tuple[int, int]] | None = None) -> list[int]:
    """A cluster number per example: rows that ask the same, exactly or nearly, share one.

    `pairs` may be passed when `similar_pairs` was computed already.
    """
    return join(len(examples), similar_pairs(examples) if pairs is None else pairs)


def join(size: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """For each of `size` items the smallest item it is connected with through the pairs (union–find)."""
    parent = list(range(size))

    def root(item: int) -> int:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    for left, right in pairs:
        low, high = sorted((root(left), root(right)))
        parent[high] = low
    return [root(item) for item in range(size)]


def _numbers_in(text: str) -> int:
    """One number for all the numbers in a text, the same in every run."""
    return crc32(" ".join(read_numbers(words(text.casefold()))).encode())


def _same_answer(first: str, second: str) -> bool:
    if normal(first) == normal(second):
        return True
    one, two = read(first), read(second)
    return min(len(one.words), len(two.words)) >= MIN_WORDS and alike(one, two)
