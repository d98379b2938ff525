"""Conflicts: the same question answered differently, for tasks with one right answer."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence

from backend.audit.text import asked, normal
from backend.domain import Example, Task

ONE_RIGHT_ANSWER: tuple[Task, ...] = ("classify", "extract", "structured")


def conflicts(examples: Sequence[Example], task: Task) -> tuple[int, ...] | None:
    """Every row of a group that asks the same and disagrees; None for tasks where many answers can be right.

    Answers that differ by case, spaces, sentence marks or the order of JSON keys agree.
    """
    if task not in ONE_RIGHT_ANSWER:
        return None
    groups: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        if example.input.strip() and example.answer.strip():
            groups[asked(example)].append(example)
    rows = [
        example.row
        for group in groups.values()
        if len(group) > 1 and len({_agreed(example.answer) for example in group}) > 1
        for example in group
    ]
    return tuple(sorted(rows))


def _agreed(answer: str) -> str:
    if answer.lstrip()[:1] in ("{", "["):
        try:
            return json.dumps(json.loads(answer), sort_keys=True)
        except (ValueError, RecursionError):
            return answer.strip()
    return normal(answer) or answer.strip()
