"""The inputs and the answers of rows, each gathered once: many measurements go through all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import compress
from operator import itemgetter

import numpy as np

from backend.domain import Example

_ROW, _INPUT, _ANSWER, _HISTORY, _SYSTEM, _GROUP = (
    itemgetter(Example._fields.index(name)) for name in ("row", "input", "answer", "history", "system", "group")
)
"""Read in C, half the time of a name: there may be millions of rows."""
_FIRST = itemgetter(slice(1))
"""The first sign of a text, or "" where there is none."""
BLOCK = 1_000
"""Rows gone through at a time, so that their texts are in the processor's cache while something is asked of them."""


@dataclass(frozen=True)
class Column:
    """Texts of many rows. To touch each once more takes long, so what is asked of all of them is asked at once.

    `sizes` (texts,): how many characters each has; `begins`: the signs, or "", with which they begin.
    """

    texts: list[str]
    sizes: np.ndarray
    begins: frozenset[str]


class Rows(list[Example]):
    """Rows that do not change, and remember their columns."""

    @cached_property
    def inputs(self) -> Column:
        """What is asked."""
        return _column(self, _INPUT)

    @cached_property
    def answers(self) -> Column:
        """What is answered."""
        return _column(self, _ANSWER)

    @cached_property
    def answer_counts(self) -> Counter[str]:
        """Answer → how many rows have it."""
        return Counter(self.answers.texts)

    @cached_property
    def with_history(self) -> list[int]:
        """Indices, ascending, of those with earlier turns of a conversation."""
        return list(compress(range(len(self)), map(_HISTORY, self)))

    @cached_property
    def with_system(self) -> list[int]:
        """Indices, ascending, of those with a system prompt."""
        return list(compress(range(len(self)), map(_SYSTEM, self)))


def _column(rows: Sequence[Example], of: Callable[[Example], str]) -> Column:
    texts: list[str] = []
    sizes, begins = np.empty(len(rows), np.int64), set[str]()
    for start in range(0, len(rows), BLOCK):
        block = list(map(of, rows[start : start + BLOCK]))
        sizes[start : start + len(block)] = np.fromiter(map(len, block), np.int64, len(block))
        begins.update(map(_FIRST, block))
        texts += block
    return Column(texts, sizes, frozenset(begins))


def row_numbers(examples: Sequence[Example]) -> list[int]:
    """(rows,) their places in the file."""
    return list(map(_ROW, examples))


def groups(examples: Sequence[Example]) -> list[str]:
    """(rows,) the group of each, "" where it has none."""
    return list(map(_GROUP, examples))


def inputs(examples: Sequence[Example]) -> list[str]:
    """(rows,) what is asked."""
    return _rows(examples).inputs.texts


def answers(examples: Sequence[Example]) -> list[str]:
    """(rows,) what is answered."""
    return _rows(examples).answers.texts


def input_column(examples: Sequence[Example]) -> Column:
    """What is asked, and how long it is."""
    return _rows(examples).inputs


def answer_column(examples: Sequence[Example]) -> Column:
    """What is answered, and how long it is."""
    return _rows(examples).answers


def answer_counts(examples: Sequence[Example]) -> Counter[str]:
    """Answer → how many rows have it."""
    return _rows(examples).answer_counts


def with_history(examples: Sequence[Example]) -> list[int]:
    """Indices, ascending, of those with earlier turns of a conversation."""
    return _rows(examples).with_history


def with_system(examples: Sequence[Example]) -> list[int]:
    """Indices, ascending, of those with a system prompt."""
    return _rows(examples).with_system


def _rows(examples: Sequence[Example]) -> Rows:
    return examples if isinstance(examples, Rows) else Rows(examples)
