"""Empty inputs and answers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from backend.domain import Example

_INVISIBLE = re.compile("[\\s\u200b-\u200f\u2060\ufeff\u00ad]+")


def empty_inputs(examples: Sequence[Example]) -> tuple[int, ...]:
    """Rows whose input is blank, counting invisible characters as blank."""
    return tuple(example.row for example in examples if _blank(example.input))


def empty_answers(examples: Sequence[Example]) -> tuple[int, ...]:
    """Rows whose answer is blank, counting invisible characters as blank."""
    return tuple(example.row for example in examples if _blank(example.answer))


def _blank(text: str) -> bool:
    return not text.strip() or (not text.isascii() and _INVISIBLE.fullmatch(text) is not None)
