"""Empty inputs and answers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from backend.audit.columns import Column, answer_column, input_column
from backend.audit.opening import fixed_opening
from backend.domain import Example

_UNSEEN = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\u034f\u180b\u180c\u180d\ufe0e\ufe0f")
"""Letters, signs and marks by their class that show nothing: Hangul fillers, the blank Braille cell, selectors."""
_NEVER_SEEN = re.compile(
    "[\u2065\ufdd0-\ufdef\ufff0-\ufff8\U000e0000-\U000e0fff"
    f"{''.join(chr(plane << 16 | end) for plane in range(17) for end in (0xFFFE, 0xFFFF))}]"
)
"""Signs without a meaning that are set aside to show nothing, or to be no sign at all (noncharacters)."""


def empty_inputs(examples: Sequence[Example]) -> tuple[int, ...]:
    """Rows whose input is blank, counting invisible characters as blank, or nothing but the instruction of all rows."""
    asked = input_column(examples)
    blank = _blank_ones(examples, asked)
    bare = fixed_opening(asked.texts).strip()
    return tuple(sorted({*blank, *(e.row for e in examples if e.input.strip() == bare)})) if bare else blank


def empty_answers(examples: Sequence[Example]) -> tuple[int, ...]:
    """Rows whose answer is blank, counting invisible characters as blank."""
    return _blank_ones(examples, answer_column(examples))


def _blank_ones(examples: Sequence[Example], column: Column) -> tuple[int, ...]:
    begins = {sign for sign in column.begins if not sign.strip() or _is_unseen(sign)}
    perhaps = [at for at, text in enumerate(column.texts) if text[:1] in begins] if begins else []
    return tuple([examples[at].row for at in perhaps if is_blank(column.texts[at])])


def is_blank(text: str) -> bool:
    """Whether it holds nothing but spaces and invisible characters."""
    bare = text.strip()
    if not bare:
        return True
    return _is_unseen(bare[0]) and all(map(_is_unseen, bare))


def _is_unseen(sign: str) -> bool:
    kind = unicodedata.category(sign)
    # A sign that this version of Unicode does not know may be a letter or a picture of a later one.
    return sign in _UNSEEN or (_NEVER_SEEN.match(sign) is not None if kind == "Cn" else kind[0] in "ZC")
