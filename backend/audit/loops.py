"""Answers that go round in circles: the same words straight on, again and again, as a model does that has got stuck."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from backend.audit.columns import answers
from backend.domain import Example

LONGEST_ROUND = 300
"""Words (or signs, where words are not set apart) of a round."""
LONG_ROUND = 15
VARIED = 0.72
"""Different words over all words from which on an answer holds no loop worth the name."""
FEWEST = 8
"""Words of an answer that can loop."""
WIDE_WORD = 15
"""Signs a word on average from which on a text sets no spaces between words."""
PROBE = 12
"""Signs (in short answers a sixth of them) that must stand in an answer twice, taken from its end and its quarters,
before its words are looked at: what goes round in circles for a quarter of an answer covers one of these places."""
FEWEST_SIGNS = 20
"""Signs of a run without spaces (`hahahaha…`) that is a loop once it is more than half of an answer."""
LONG_TAIL = 40
"""Signs of such a run at the end of an answer that make it a loop whatever stands before."""
LONGEST_PIECE = 12
"""Signs of what comes back in such a run."""
COUNTER = "#"
_COUNTER = re.compile(r"\(?(?:\d{1,4}|[A-Za-z])[.):]\)?")
_COUNT = re.compile(r"\d+|[A-Za-z]")
_BASES = frozenset("ACGTUN\n")
_MARKS = ".,;:!?…\"'()“”"
PROGRAM_SHARE = 0.04
"""Share of brackets, bars and the like from which on a text is a program, a table or a formula."""


def looping(examples: Sequence[Example]) -> tuple[int, ...]:
    """Rows whose answer goes round in circles, unless it was asked to repeat something or copies a loop."""
    return tuple(
        example.row
        for example in map(examples.__getitem__, _coming_back(answers(examples)))
        if (turn := loop(example.answer) or run_on(example.answer)) and not _asked(example, turn)
    )


def _coming_back(texts: Sequence[str]) -> list[int]:
    """Indices of the texts in which one of the probes stands twice."""
    found = []
    for at, text in enumerate(texts):
        quarter, count = len(text) // 4, text.count
        size, half = PROBE if len(text) >= 6 * PROBE else max(2, len(text) // 6), 2 * quarter
        if (
            count(text[-size:]) > 1
            or count(text[half : half + size]) > 1
            or count(text[quarter : quarter + size]) > 1
            or count(text[3 * quarter - size : 3 * quarter]) > 1
        ) and len(text) >= FEWEST:
            found.append(at)
    return found


def _asked(example: Example, turn: str) -> bool:
    asked = example.input.casefold()
    return f"{turn} {turn}" in example.input or turn * 4 in asked or "repeat" in asked


def run_on(text: str) -> str:
    """The sign, or the few, that most of the text is again and again without a space; empty where none is.

    Lines drawn, blanks to fill in, long numbers and sequences of bases are none.
    """
    text = text.strip()
    if len(text) < FEWEST_SIGNS:
        return ""
    lower = text.lower()
    signs = np.frombuffer(lower.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    for size in range(1, min(LONGEST_PIECE, len(signs) // 4) + 1):
        start, rounds = _longest(signs, size)
        end = start + rounds * size
        said = lower[start : start + size]
        if set(text[start:end]) <= _BASES:
            continue
        most = LONG_TAIL if end == len(lower) and rounds >= 8 and not said.isdigit() else len(lower) / 2 + 1
        if rounds >= 4 and end - start >= max(FEWEST_SIGNS, most) and all(map(_is_said, said)):
            beside = lower[max(0, start - 1) : start] + lower[end : end + 1]
            return "" if said.isdigit() and any(sign.isalnum() or sign in ".," for sign in beside) else said
    return ""


def _is_said(sign: str) -> bool:
    return sign.isalnum() or sign in "!?！？" or sign >= "\U0001f000"


def loop(text: str) -> str:
    """The words that come back straight on; empty where none do.

    One word ten times, two or three words six times, up to five words four times, more words three times;
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
    bare = [_bare(part) for part in parts] if spaced else parts
    words = np.array([numbers.setdefault(part, len(numbers)) for part in bare])
    for size in range(1, min(LONGEST_ROUND, len(words) // 2) + 1):
        start, rounds = _longest(words, size)
        said = (" " if spaced else "").join(parts[start : start + size])
        if rounds < _enough(size, spaced, said) or not _are_words(said):
            continue
        counters = [at for at in range(start, start + size) if bare[at] == COUNTER]
        if not counters or (size > 3 and all(_counts_up(parts[at : at + rounds * size : size]) for at in counters)):
            return said
    return ""


def _bare(part: str) -> str:
    """A word without the marks around it, so that these may vary; a number that may count the rounds as such."""
    return COUNTER if _COUNTER.fullmatch(part) else part.casefold().strip(_MARKS) or part


def _are_words(said: str) -> bool:
    """Labels of words in a sentence, `O O O B-PER`, and numbers are none."""
    parts = set(said.split())
    return parts != {"O"} and (sum(map(str.isalpha, said)) > len(said) / 2 or parts <= {"!", "?"})


def _counts_up(counters: list[str]) -> bool:
    signs = [_COUNT.findall(counter)[0] for counter in counters]
    values = [int(sign) if sign.isdigit() else ord(sign) for sign in signs]
    return values == list(range(values[0], values[0] + len(values)))


def _enough(size: int, spaced: bool, said: str) -> int:
    if not spaced:
        return max(4, 24 // size)
    if size > 1 and said[-1] in ".!?":
        return 4 if size <= 5 else 3
    return 10 if size == 1 else 6 if size <= 3 else 4 if size <= 5 else 3


def _longest(words: np.ndarray, size: int) -> tuple[int, int]:
    """(where it begins, how many rounds) of the longest stretch that comes back every `size` words; half of a long one
    counts as a round at the end."""
    differs = np.flatnonzero(np.r_[True, words[size:] != words[:-size], True])
    lengths = np.diff(differs) - 1
    at = int(lengths.argmax())
    return int(differs[at]), (int(lengths[at]) + size // 2 * (size >= LONG_ROUND)) // size + 1
