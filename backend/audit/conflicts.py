"""Conflicts: the same question answered differently, for tasks with one right answer."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence

from backend.audit.same_question import same_question
from backend.audit.sketch import sketch
from backend.audit.text import normal, raw_asked
from backend.domain import Example, Task

ONE_RIGHT_ANSWER: tuple[Task, ...] = ("classify", "extract", "structured")


def conflicts(
    examples: Sequence[Example], task: Task, first: Sequence[int] | None = None
) -> tuple[int, ...] | None:
    """Every row of a group that asks the same and disagrees; None for tasks where many answers can be right.

    Answers that differ by case, spaces, sentence marks or the order of JSON keys agree.
    `first` may be passed when `same_question` was asked already.
    """
    if task not in ONE_RIGHT_ANSWER:
        return None
    if first is None:
        first = same_question(examples, sketch([raw_asked(example) for example in examples], with_hashes=False).keys)
    groups: dict[int, list[Example]] = defaultdict(list)
    for index, known in enumerate(first):
        if known != index:
            groups[known].append(examples[index])
    for known, group in groups.items():
        group.append(examples[known])
    rows = [
        example.row
        for group in groups.values()
        if len({_agreed(e.answer) for e in group if e.input.strip() and e.answer.strip()}) > 1
        for example in group
        if example.input.strip() and example.answer.strip()
    ]
    return tuple(sorted(rows))


def _agreed(answer: str) -> str:
    if answer.lstrip()[:1] in ("{", "["):
        try:
            return json.dumps(json.loads(answer), sort_keys=True)
        except (ValueError, RecursionError):
            return answer.strip()
    return normal(answer) or answer.strip()
