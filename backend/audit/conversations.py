"""Fills `data.broken_conversations` and `data.unreadable` (rules of the same names), and tells the two apart.

The first also holds conversations whose earlier turns are out of order or empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from backend.audit.columns import with_history
from backend.audit.empty import is_blank
from backend.data.mapping import BROKEN
from backend.domain import Example

Reasons = tuple[tuple[int, str], ...]
"""(row number, what is wrong with it) in order."""


def conversations(examples: Sequence[Example], unreadable: Iterable[tuple[int, str]]) -> tuple[Reasons, Reasons]:
    """(broken conversations, the other unreadable rows), each as (row, reason) in order."""
    broken = [(row, reason.removeprefix(BROKEN)) for row, reason in unreadable if reason.startswith(BROKEN)]
    others = [(row, reason) for row, reason in unreadable if not reason.startswith(BROKEN)]
    for example in map(examples.__getitem__, with_history(examples)):
        roles = [turn.role for turn in example.history]
        if roles != ["user", "assistant"] * (len(roles) // 2):
            broken.append((example.row, "the earlier turns do not alternate between user and assistant"))
        elif any(is_blank(turn.content) for turn in example.history):
            broken.append((example.row, "an earlier turn is empty"))
    return tuple(sorted(broken)), tuple(sorted(others))
