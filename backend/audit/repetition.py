"""Fills `data.top_answer_share`, `data.top_answer_rows` and `data.distinct_bigrams` (rule repetitive-answers).

How dominant the commonest answer of an open-ended task is, and how varied the word pairs of the answers are.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress
from math import sqrt

import numpy as np

from backend.audit.columns import answers, with_history
from backend.audit.courtesy import is_courtesy
from backend.audit.sketch import BLOCK, blocks, different, hash_pairs, hash_words
from backend.audit.text import normal
from backend.domain import Example
from rules.facts import Rows

SAMPLE = 2_000
"""Answers drawn at random where there are more. Of all answers, so many of the commonest spellings are compared."""
SEED = 0
"""Of the sample: the same answers are drawn every time."""
COMMON = 0.10
"""Share of the answers from which upwards the rows with one answer are counted and listed."""
SURELY_RARE = SAMPLE * COMMON - 7 * sqrt(SAMPLE * COMMON * (1 - COMMON))
"""Times in the sample below which an answer has not that share of all: it would be seven standard errors away."""
LONGEST = 60
"""Characters of a courtesy: `You are welcome!`."""
FEWEST_PAIRS, MOST_PAIRS = 100, 100_000
"""Word pairs: with fewer distinct-2 says nothing; it falls with the amount of text, so no more are counted."""


@dataclass(frozen=True)
class Repetition:
    """How alike the answers are.

    `top_share` (0–1) is that of the commonest answer among those that are not empty, in normal form; None when there
    are none. `top_rows` are its rows, where it is common. `counted` answers were looked at for both: all, unless a
    sample shows that none is common. `distinct_bigrams` is None with fewer than 100 word pairs; it was told of `read`
    answers.
    """

    top_share: float | None
    top_rows: Rows
    counted: int
    distinct_bigrams: float | None
    read: int


def repetition(examples: Sequence[Example]) -> Repetition:
    """Count the commonest answer and the word pairs."""
    told = _but_courtesies(examples)
    some = random.Random(SEED).sample(told, min(SAMPLE, len(told)))  # noqa: S311  # repeatable, no secret
    distinct, read = _distinct_bigrams(some)
    if len(some) < len(told):
        _, times, total = _commonest(some)
        if times < SURELY_RARE:
            return Repetition(times / total if total else None, (), len(some), distinct, read)
    top, times, total = _commonest(told)
    rows = (example.row for example in compress(examples, map(top.__contains__, told)))
    is_common = total > 0 and times >= COMMON * total
    return Repetition(times / total if total else None, tuple(rows) if is_common else (), len(told), distinct, read)


def _but_courtesies(examples: Sequence[Example]) -> Sequence[str]:
    """The answers, but for what closes a conversation out of courtesy: there the earlier turns are the answers."""
    told, closing = answers(examples), with_history(examples)
    courtesies = {text for text in {told[at] for at in closing} if len(text) <= LONGEST and is_courtesy(text)}
    if not courtesies:
        return told
    of_courtesy = {at for at in closing if told[at] in courtesies}
    return ["" if at in of_courtesy else text for at, text in enumerate(told)]


def _distinct_bigrams(told: Sequence[str]) -> tuple[float | None, int]:
    """(different word pairs over all word pairs, answers read): distinct-2, Li et al. 2016, arXiv 1510.03055.

    Pairs are told apart by their hashes.
    """
    codes, total, read = [np.zeros(0, np.uint64)], 0, 0
    for _, block in blocks(told, BLOCK) if told else ():
        hashed, at = hash_words(block)
        until = total + np.cumsum(np.maximum(np.diff(at) - 1, 0))
        some = min(len(block), int(np.searchsorted(until, MOST_PAIRS)) + 1)
        of = np.repeat(np.arange(some), np.diff(at[: some + 1]))
        codes.append(hash_pairs(hashed[: at[some]])[of[1:] == of[:-1]])
        total, read = int(until[some - 1]), read + some
        if total >= MOST_PAIRS:
            break
    return (len(different(np.concatenate(codes))) / total if total >= FEWEST_PAIRS else None), read


def _commonest(told: Sequence[str]) -> tuple[frozenset[str], int, int]:
    """(spellings of the commonest answer, answers in one of them, answers that are not empty)."""
    spelt = Counter(told)
    empty = sum(times for text, times in spelt.items() if not text.strip())
    spellings: dict[str, list[str]] = {}
    counts: Counter[str] = Counter()
    for text, times in spelt.most_common(SAMPLE):
        if key := normal(text):
            spellings.setdefault(key, []).append(text)
            counts[key] += times
    top, times = counts.most_common(1)[0] if counts else ("", 0)
    return frozenset(spellings.get(top, ())), times, len(told) - empty
