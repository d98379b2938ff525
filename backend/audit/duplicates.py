"""Exact duplicates: the same question with the same answer, apart from case, spaces and sentence marks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from backend.audit.empty import is_blank
from backend.audit.same_question import same_question
from backend.audit.sketch import sketch
from backend.audit.text import normal, raw_asked
from backend.domain import Example


def duplicates(examples: Sequence[Example], first: Sequence[int] | None = None) -> tuple[int, ...]:
    """Every row of a group of duplicates but its first, as `repeated` finds them."""
    return tuple(repeated(examples, first))


def repeated(examples: Sequence[Example], first: Sequence[int] | None = None) -> dict[int, int]:
    """Row → the first row of its group of duplicates, ascending. Rows with an empty input or answer are another matter.

    `first` may be passed when `same_question` was asked already.
    """
    if first is None:
        first = same_question(examples, sketch([raw_asked(example) for example in examples], with_hashes=False).keys)
    groups = np.array(first, dtype=np.int64)
    asked_again: defaultdict[int, list[int]] = defaultdict(list)
    for index in np.flatnonzero(np.bincount(groups)[groups] > 1).tolist():
        if not is_blank(examples[index].input) and not is_blank(examples[index].answer):
            asked_again[first[index]].append(index)
    copies: dict[int, int] = {}
    for rows in asked_again.values():
        told = [examples[index].answer for index in rows]
        if len(set(told)) > 1:  # else they are the same as written
            told = [normal(answer) or answer.strip() for answer in told]
        seen: dict[str, int] = {}
        for index, answer in zip(rows, told, strict=True):
            row = examples[index].row
            if seen.setdefault(answer, row) != row:
                copies[row] = seen[answer]
    return dict(sorted(copies.items()))
