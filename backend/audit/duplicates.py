"""Exact duplicates: the same question with the same answer, apart from case, spaces and sentence marks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from backend.audit.empty import is_blank
from backend.audit.same_question import same_question
from backend.audit.sketch import sketch
from backend.audit.text import normal, raw_asked
from backend.domain import Example


def duplicates(examples: Sequence[Example], first: Sequence[int] | None = None) -> tuple[int, ...]:
    """Every row of a group of duplicates but its first. Rows with an empty input or answer are another matter.

    `first` may be passed when `same_question` was asked already.
    """
    if first is None:
        first = same_question(examples, sketch([raw_asked(example) for example in examples], with_hashes=False).keys)
    groups = np.array(first, dtype=np.int64)
    seen: set[tuple[int, str]] = set()
    copies = []
    for index in np.flatnonzero(np.bincount(groups)[groups] > 1).tolist():
        example = examples[index]
        if is_blank(example.input) or is_blank(example.answer):
            continue
        key = (first[index], normal(example.answer) or example.answer.strip())
        if key in seen:
            copies.append(example.row)
        seen.add(key)
    return tuple(copies)
