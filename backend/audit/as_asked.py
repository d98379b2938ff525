"""How answers end for what was asked: without a mark where such requests are answered so, or their source has none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from statistics import median

from backend.audit.sentence_ends import STOPS
from backend.domain import Example

FEWEST, OPEN_SHARE = 4, 0.4
"""Answers to requests that begin alike, and share of these that end with a mark, below which they may do without."""
WORDS, LETTERS = 3, 60
"""By which requests begin alike: `Define the noun`."""
_MARKS = tuple(STOPS)
_DOTS = ("..", "…")


def open_by_habit(examples: Sequence[Example], ends: Callable[[int], bool], sampled: Sequence[int]) -> set[str]:
    """How the requests begin of which most answers among the `sampled` end without a mark."""
    total: Counter[str] = Counter()
    ended: Counter[str] = Counter()
    for at in sampled:
        asked = beginning(examples[at])
        total[asked] += 1
        ended[asked] += ends(at)
    return {asked for asked, rows in total.items() if rows >= FEWEST and ended[asked] < OPEN_SHARE * rows}


def beginning(example: Example) -> str:
    """The first words of what is asked."""
    return " ".join(example.input[:LETTERS].casefold().split()[:WORDS])


def whole_translation(examples: Sequence[Example], sampled: Sequence[int]) -> Callable[[Example], bool]:
    """Whether a translation is whole, without a mark or with dots at its end: it is as long beside its source as most
    of the `sampled` are, or its source ends like that."""
    usual = median(_growth(examples[at]) for at in sampled) if sampled else 0.0

    def is_whole(example: Example) -> bool:
        source = example.input.rstrip()
        return _growth(example) >= usual or not source.endswith(_MARKS) or source.endswith(_DOTS)

    return is_whole


def _growth(example: Example) -> float:
    """Times as long as the line that it translates."""
    return len(example.answer.strip()) / max(1, len(example.input.rstrip().rpartition("\n")[2]))
