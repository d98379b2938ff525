"""Repetitive answers of open-ended tasks: how dominant the commonest is, and how varied the word pairs are."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from backend.audit.columns import answers
from backend.audit.text import normal, words
from backend.domain import Example

SAMPLE = 2_000
"""Answers looked at for variety: distinct-2 falls with the amount of text, so the amount is kept alike."""


COMMON = 0.10
"""Share of rows from which on those with one answer are listed."""


def top_answer_share(examples: Sequence[Example]) -> float | None:
    """Share (0–1) of the commonest answer among those that are not empty; None when there are none."""
    counts = Counter(text for example in examples if (text := normal(example.answer)))
    return counts.most_common(1)[0][1] / counts.total() if counts else None


def top_answer_rows(examples: Sequence[Example], seed: int = 0) -> tuple[int, ...]:
    """Rows with the commonest answer, letter by letter; none where hardly any share one."""
    if len(examples) > SAMPLE:
        some = random.Random(seed).sample(examples, SAMPLE)  # noqa: S311  # a repeatable sample, no secret
        if Counter([example.answer for example in some]).most_common(1)[0][1] < COMMON / 2 * SAMPLE:
            return ()  # none has that share of all: it would be seven standard errors away
    counts = Counter([answer for answer in answers(examples) if answer.strip()])
    top, times = counts.most_common(1)[0] if counts else ("", 0)
    if times < COMMON * len(examples):
        return ()
    return tuple(example.row for example in examples if example.answer == top)


def distinct_bigrams(examples: Sequence[Example], seed: int = 0) -> float | None:
    """Distinct-2 (Li et al. 2016, arXiv 1510.03055): different word pairs over all word pairs, in a seeded sample.

    None when there are fewer than 100 pairs of words, where it says nothing.
    """
    chosen = list(examples)
    if len(chosen) > SAMPLE:
        chosen = random.Random(seed).sample(chosen, SAMPLE)  # noqa: S311  # a repeatable sample, no secret
    different: set[tuple[str, str]] = set()
    total = 0
    for example in chosen:
        found = words(example.answer.casefold())
        different.update(pairwise(found))
        total += max(0, len(found) - 1)
    return len(different) / total if total >= 100 else None
