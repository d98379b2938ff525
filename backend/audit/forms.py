"""How a text is built, whatever it says: how it begins and ends, its marks, its length, where it has capitals.

Rows of one kind share these however far apart their subjects are, and what comes from elsewhere seldom has all of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import log2
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

MAX_CHARACTERS = 1_000
"""Characters of a text that are looked at: our choice."""
LONGEST_WORD = 12
"""A first word that is longer is no word that many texts begin with."""

_FIRST = itemgetter(0)
_MARKS = re.compile(r"[^\w\s]")
_DIGIT = re.compile(r"\d")
_DIGITS = b"0123456789"
_NO_MARKS = bytes(code for code in range(128) if chr(code).isalnum() or chr(code).isspace() or chr(code) == "_")
_STOP = re.compile(r"[.!?] +\S")


def forms(texts: Sequence[str]) -> csr_matrix:
    """(texts, forms) of 0 and 1: which forms a text has."""
    from scipy.sparse import csr_matrix

    number: dict[str, int] = {}
    columns: list[int] = []
    ends = [0]
    for text in texts:
        columns += [number.setdefault(form, len(number)) for form in _of(text[:MAX_CHARACTERS].strip())]
        ends.append(len(columns))
    return csr_matrix((np.ones(len(columns), np.float32), columns, ends), shape=(len(texts), len(number)))


def _of(text: str) -> set[str]:
    words = text.split()
    if not words:
        return {"nothing"}
    first, last = words[0], words[-1]
    capitals = sum(map(str.isupper, map(_FIRST, words)))
    digits, marks = _digits_and_marks(text)
    return {
        f"begins {first.lower()[:LONGEST_WORD]}",
        f"then {words[1].lower()[:LONGEST_WORD] if len(words) > 1 else ''}",
        f"begins as {_kind(first[0])}{_kind(first[-1])}",
        f"ends as {_kind(last[0])}{_kind(last[-1])}",
        f"words {int(log2(len(words)) * 1.5)}",
        f"letters {int(len(text) / len(words))}",
        f"sentences {min(len(_STOP.findall(text)), 3)}",
        f"capitals {int(5 * capitals / len(words))}",
        f"digits {int(10 * digits / len(text))}",
        *(f"holds {mark}" for mark in marks),
        *(() if marks else ("lacks marks",)),
    }


def _digits_and_marks(text: str) -> tuple[int, set[str]]:
    """How many digits it has, and which marks; in a fraction of the time where it is ASCII."""
    if not text.isascii():
        return len(_DIGIT.findall(text)), set(_MARKS.findall(text))
    raw = text.encode()
    return len(raw) - len(raw.translate(None, _DIGITS)), set(raw.translate(None, _NO_MARKS).decode())


def _kind(sign: str) -> str:
    return "A" if sign.isupper() else "a" if sign.isalpha() else "1" if sign.isdigit() else sign
