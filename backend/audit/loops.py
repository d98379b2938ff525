"""Answers that go round in circles: the same words straight on, again and again, as a model does that has got stuck."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from backend.domain import Example

LONGEST_ROUND = 60
"""Words (or signs, where words are not set apart) of a round."""
VARIED = 0.72
"""Different words over all words from which on an answer holds no loop worth the name."""
FEWEST = 8
"""Words of an answer that can loop."""
WIDE_WORD = 15
"""Signs a word on average from which on a text sets no spaces between words."""
PROBE = 12
"""Signs (in short answers a third of them) that must stand in an answer twice, taken from its end and its quarters,
before its words are looked at: what goes round in circles for a quarter of an answer covers one of these places."""
PROGRAM_SHARE = 0.04
"""Share of brackets, bars and the like from which on a text is a program, a table or a formula."""


def looping(examples: Sequence[Example]) -> tuple[int, ...]:
    """Rows whose answer goes round in circles, unless it was asked to repeat something or copies a loop."""
    return tuple(
        example.row
        for example in examples
        if _comes_back(example.answer) and (turn := loop(example.answer)) and not _asked(example, turn)
    )


def _comes_back(text: str) -> bool:
    length = len(text)
    size = min(PROBE, length // 3)
    for place in (length - size, length // 2, length // 4, length * 3 // 4 - size):
        part = text[place : place + size]
        if text.find(part, text.find(part) + 1) >= 0:
            return True
    return False


def _asked(example: Example, turn: str) -> bool:
    return f"{turn} {turn}" in example.input or "repeat" in example.input.casefold()


def loop(text: str) -> str:
    """The words that come back straight on; empty where none do.

    One word eight times, two or three words six times, up to five words four times, more words three times;
    a sentence of few words four times.
    """
    parts = text.split()
    spaced = len(parts) * WIDE_WORD > len(text)
    if not spaced:
        parts = list(text) if not text.isascii() else []
    if len(parts) < FEWEST or len(set(parts)) > VARIED * len(parts):
        return ""
    if sum(text.count(sign) for sign in "{}[]|=;<\\") > PROGRAM_SHARE * len(text):
        return ""
    numbers: dict[str, int] = {}
    words = np.array([numbers.setdefault(part.casefold(), len(numbers)) for part in parts])
    for size in range(1, min(LONGEST_ROUND, len(words) // 2) + 1):
        start, rounds = _longest(words, size)
        said = (" " if spaced else "").join(parts[start : start + size])
        if rounds >= _enough(size, spaced, said) and sum(map(str.isalpha, said)) > len(said) / 2:
            return said
    return ""


def _enough(size: int, spaced: bool, said: str) -> int:
    if not spaced:
        return max(4, 24 // size)
    if size > 1 and said[-1] in ".!?":
        return 4 if size <= 5 else 3
    return 8 if size == 1 else 6 if size <= 3 else 4 if size <= 5 else 3


def _longest(words: np.ndarray, size: int) -> tuple[int, int]:
    """(where it begins, how many rounds) of the longest stretch that comes back every `size` words."""
    differs = np.flatnonzero(np.r_[True, words[size:] != words[:-size], True])
    lengths = np.diff(differs) - 1
    at = int(lengths.argmax())
    return int(differs[at]), int(lengths[at]) // size + 1
