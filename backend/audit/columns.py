"""The inputs and the answers of rows, each gathered once: many measurements go through all of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import compress
from operator import itemgetter

from backend.domain import Example

_ROW, _INPUT, _ANSWER, _HISTORY, _SYSTEM, _GROUP = (
    itemgetter(Example._fields.index(name)) for name in ("row", "input", "answer", "history", "system", "group")
)
"""Read in C, half the time of a name: there may be millions of rows."""


class Rows(list[Example]):
    """Rows that do not change, and remember their columns."""

    @cached_property
    def inputs(self) -> list[str]:
        """(rows,) what is asked."""
        return list(map(_INPUT, self))

    @cached_property
    def answers(self) -> list[str]:
        """(rows,) what is answered."""
        return list(map(_ANSWER, self))

    @cached_property
    def with_history(self) -> list[int]:
        """Indices, ascending, of those with earlier turns of a conversation."""
        return list(compress(range(len(self)), map(_HISTORY, self)))

    @cached_property
    def with_system(self) -> list[int]:
        """Indices, ascending, of those with a system prompt."""
        return list(compress(range(len(self)), map(_SYSTEM, self)))


def row_numbers(examples: Sequence[Example]) -> list[int]:
    """(rows,) their places in the file."""
    return list(map(_ROW, examples))


def groups(examples: Sequence[Example]) -> list[str]:
    """(rows,) the group of each, "" where it has none."""
    return list(map(_GROUP, examples))


def inputs(examples: Sequence[Example]) -> list[str]:
    """(rows,) what is asked."""
    return _rows(examples).inputs


def answers(examples: Sequence[Example]) -> list[str]:
    """(rows,) what is answered."""
    return _rows(examples).answers


def with_history(examples: Sequence[Example]) -> list[int]:
    """Indices, ascending, of those with earlier turns of a conversation."""
    return _rows(examples).with_history


def with_system(examples: Sequence[Example]) -> list[int]:
    """Indices, ascending, of those with a system prompt."""
    return _rows(examples).with_system


def _rows(examples: Sequence[Example]) -> Rows:
    return examples if isinstance(examples, Rows) else Rows(examples)
