"""Which words of two texts are worth holding against each other: any that could be taken for one another, or be
opposites. Where thirty words differ from thirty that is a few of nine hundred pairs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache

import numpy as np
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from backend.audit.slips import LETTERS_OFF, forms
from backend.audit.vocabulary import opposites, synonyms, word_list

FEW = 64
"""Pairs of words that are as soon compared one by one."""


def worth_comparing(words: Sequence[str], others: Sequence[str]) -> dict[str, frozenset[str]]:
    """For each word those of the others that `is_slip`, `is_near`, `inflected` or `negates` may be true of, its
    synonyms and opposites among them, and for a small word all small ones. With few words simply all of them."""
    every = frozenset(others)
    if len(words) * len(others) <= FEW:
        return dict.fromkeys(words, every)
    by_key = defaultdict[object, list[str]](list)
    for other in every:
        for key in _keys(other):
            by_key[key].append(other)
    found = {}
    for word, close in zip(words, _close(words, others), strict=True):
        like = {others[at] for at in np.flatnonzero(close).tolist()}
        like.update(*(by_key[key] for key in _keys(word) if key in by_key))
        like |= every & synonyms().get(word, frozenset())
        if word in _small():
            like |= every & _small()
        if word in _with_an_opposite():
            like |= {other for other in every if (word, other) in opposites()}
        found[word] = frozenset(like)
    return found


def _close(words: Sequence[str], others: Sequence[str]) -> np.ndarray:
    """Which pairs (words, others) differ in no more letters than a slip of words as long may change."""
    off = cdist(words, others, scorer=OSA.distance, score_cutoff=LETTERS_OFF, dtype=np.uint8)
    ours, theirs = (np.fromiter(map(len, some), np.int64, len(some)) for some in (words, others))
    close: np.ndarray = off <= np.clip(np.minimum.outer(ours, theirs) // 3, 1, LETTERS_OFF)
    return close


def _keys(word: str) -> set[object]:
    return {("begins", word[:3]), ("ends", word[-3:]), *forms(word)}


@cache
def _small() -> frozenset[str]:
    return word_list("small") | word_list("joining")


@cache
def _with_an_opposite() -> frozenset[str]:
    return frozenset(word for pair in opposites() for word in pair)
