"""The inputs and the answers of rows, each gathered once: many measurements go through all of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from backend.domain import Example


class Rows(list[Example]):
    """Rows that do not change, and remember their columns."""

    @cached_property
    def inputs(self) -> list[str]:
        """(rows,) what is asked."""
        return [example.input for example in self]

    @cached_property
    def answers(self) -> list[str]:
        """(rows,) what is answered."""
        return [example.answer for example in self]

    @cached_property
    def with_history(self) -> list[int]:
        """Indices, ascending, of those with earlier turns of a conversation."""
        return [at for at, example in enumerate(self) if example.history]


def inputs(examples: Sequence[Example]) -> list[str]:
    """(rows,) what is asked."""
    return _rows(examples).inputs


def answers(examples: Sequence[Example]) -> list[str]:
    """(rows,) what is answered."""
    return _rows(examples).answers


def with_history(examples: Sequence[Example]) -> list[int]:
    """Indices, ascending, of those with earlier turns of a conversation."""
    return _rows(examples).with_history


def _rows(examples: Sequence[Example]) -> Rows:
    return examples if isinstance(examples, Rows) else Rows(examples)
