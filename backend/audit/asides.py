"""Asides: what rows say whatever they are about, as `My budget is 80 euros` and `A second opinion costs little`.

Who writes rows from parts gives those from elsewhere the same asides as the rest, and half of what they say is then
alike. An aside comes again and again, in rows that otherwise have no more in common than any two rows of the file; a
sentence on one of its subjects stands in rows that are all on that subject.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from backend.audit.bags import holding
from backend.domain import Example

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

SHARE, FEWEST = 0.02, 3
"""Share of the rows, and how many at least, that a sentence stands in which comes again and again."""
TOGETHER, LEFT = 0.8, 0.4
"""Share of a sentence's rows from which on another goes with it, as a reply does with what it replies to: these tell
nothing of what the rows are about, if so much of the words of its rows is left without them."""
AS_ALIKE = 1.6
"""Times as alike as any two rows that those of an aside are at most. On hand-written files asides had 0.7 to 1.2, and
sentences on a subject 2.2 to 5."""
EMPTIED = 0.5
"""Share of the rows that would ask nothing, or answer nothing, without their asides, above which these are none."""
FEWEST_LEFT = 4
"""Words of a row without its asides; one that would have fewer is left as it is."""
_END = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])|\n+")
_WORD = re.compile(r"\w+(?:['’]\w+)?")
Sentence = tuple[int, str]
"""The column where it stands, and its words, with names as `_` and what has digits as `0`."""


class Bare(NamedTuple):
    """Rows without their asides."""

    rows: list[Example]
    asides: np.ndarray
    """(rows,) how many each had."""
    left: np.ndarray
    """(rows,) of bool: those of which enough is left; the others are as they were."""


def without_asides(examples: Sequence[Example]) -> Bare | None:
    """None where no sentence is an aside, or asides are all that is said."""
    small = {word for one in examples for text in (one.input, one.answer) for word in _WORD.findall(text)}
    written = [[_sentences(text, small) for text in (one.input, one.answer)] for one in examples]
    said = [{(column, words) for column, texts in enumerate(row) for _, words in texts} for row in written]
    found = _asides(said)
    asides = np.array([len(found & row) for row in said])
    if not asides.any():
        return None
    bare, left = list(examples), np.ones(len(examples), bool)
    emptied = 0
    for at in np.flatnonzero(asides).tolist():
        asked, told = (
            " ".join(text for text, words in texts if (column, words) not in found)
            for column, texts in enumerate(written[at])
        )
        emptied += not (asked and told)
        left[at] = len(asked.split()) + len(told.split()) >= FEWEST_LEFT
        if left[at]:
            bare[at] = examples[at]._replace(input=asked, answer=told)
    return None if emptied > EMPTIED * len(examples) else Bare(bare, asides, left)


def _sentences(text: str, small: set[str]) -> list[tuple[str, str]]:
    """Each as it is written, and its words; `small`: words of the file as they are written, to tell names by."""
    parts = [part.strip() for part in _END.split(text)]
    return [(part, _as_form(_WORD.findall(part), small)) for part in parts if part]


def _as_form(words: Sequence[str], small: set[str]) -> str:
    form = []
    for at, word in enumerate(words):
        lower = word.lower()
        named = word[0].isupper() and (at > 0 or lower not in small)
        form.append("0" if any(map(str.isdigit, word)) else "_" if named else lower)
    return " ".join(form)


def _asides(said: Sequence[set[Sentence]]) -> set[Sentence]:
    """Those of the sentences of all rows that stand in rows of any subject."""
    times = Counter(chain.from_iterable(said))
    again = {one for one, rows in times.items() if rows >= max(FEWEST, SHARE * len(said)) and " " in one[1]}
    if not again:
        return set()
    holds, number = holding([dict.fromkeys(word for _, words in sorted(row) for word in words.split()) for row in said])
    rarity = np.log(len(said) / np.asarray(holds.sum(axis=0)).ravel())
    sizes, weighed = np.asarray(holds.sum(axis=1)).ravel(), holds.multiply(rarity).tocsr()
    usual = _alike(weighed)
    having: dict[Sentence, list[int]] = defaultdict(list)
    for at, row in enumerate(said):
        for one in row & again:
            having[one].append(at)
    found = set()
    for one, rows in having.items():
        beside = Counter(chain.from_iterable(said[at] & again for at in rows))
        with_it = [other for other, both in beside.items() if both >= TOGETHER * len(rows)]
        others = np.ones(len(number), np.float32)
        others[[number[word] for _, words in with_it for word in words.split()]] = 0
        if (holds[rows] @ others).sum() < LEFT * sizes[rows].sum():
            continue
        if _alike(weighed[rows].multiply(others).tocsr()) < AS_ALIKE * usual:
            found.add(one)
    return found


def _alike(rows: csr_matrix) -> float:
    """The mean cosine of two rows; 0 where fewer than two hold anything."""
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    some = lengths > 0
    if some.sum() < 2:
        return 0.0
    middle = (1 / lengths[some]) @ rows[some]
    return float((middle @ middle - some.sum()) / (some.sum() * (some.sum() - 1)))
