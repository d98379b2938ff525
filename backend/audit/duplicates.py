"""Exact duplicates: the same question with the same answer, apart from case, spaces and sentence marks."""

from __future__ import annotations

from collections.abc import Sequence

from backend.audit.text import asked, normal
from backend.domain import Example


def duplicates(examples: Sequence[Example]) -> tuple[int, ...]:
    """Every row of a group of duplicates but its first. Rows with an empty input or answer are another matter."""
    seen: set[tuple[str, str]] = set()
    copies = []
    for example in examples:
        if not example.input.strip() or not example.answer.strip():
            continue
        key = (asked(example), normal(example.answer) or example.answer.strip())
        if key in seen:
            copies.append(example.row)
        seen.add(key)
    return tuple(copies)
