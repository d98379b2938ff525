"""What is asked in many rows, and how answers end for it: without a mark where such requests, or sources, do.

An instruction over or under what it is about is no part of that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from statistics import median

from backend.audit.columns import inputs
from backend.audit.sentence_ends import STOPS
from backend.domain import Example

FEWEST, OPEN_SHARE = 4, 0.4
"""Answers to requests that begin alike, and share of these that end with a mark, below which they may do without."""
WORDS, LETTERS = 3, 60
"""By which requests begin alike: `Define the noun`."""
SEEN, ALIKE = 2_000, 5
"""Questions looked at for lines that are the same in many, and how many those are."""
_MARKS = tuple(STOPS)
"""Marks at the end of a sentence, as `str.endswith` takes them."""
_DOTS = ("..", "…")
"""Dots at the end of a source, which are copied and cut nothing."""


def open_by_habit(examples: Sequence[Example], ends: Callable[[int], bool], sampled: Sequence[int]) -> set[str]:
    """How the requests begin of which most answers among the `sampled` end without a mark."""
    total: Counter[str] = Counter()
    ended: Counter[str] = Counter()
    for at in sampled:
        asked = beginning(examples[at])
        total[asked] += 1
        ended[asked] += ends(at)
    return {asked for asked, rows in total.items() if rows >= FEWEST and ended[asked] < OPEN_SHARE * rows}


def instructions(examples: Sequence[Example], is_one: Callable[[str], bool]) -> frozenset[str]:
    """First and last lines that many questions share, if they may be one: they say what to do with what is between."""
    some = inputs(examples)[:: max(1, len(examples) // SEEN)]
    edges = (text.strip().split("\n") for text in some if "\n" in text)
    shared = Counter(line for lines in edges for line in (lines[0], lines[-1]))
    return frozenset(line for line, rows in shared.items() if rows >= ALIKE and is_one(line))


def material(text: str, asked: Collection[str]) -> str:
    """The text without the instruction over or under it."""
    lines = text.strip().split("\n") if asked else []
    if len(lines) < 2:
        return text
    return "\n".join(lines[lines[0] in asked : len(lines) - (lines[-1] in asked)]).strip()


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
