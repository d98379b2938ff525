"""The wordings that requests are put in: `Write a text with these words: …`, `What comes after this sentence? …`.

A file may have several, and what is asked in the rarer one may be about the same as all the rest: the answers tell.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

RUN, SHARE, FEWEST = 3, 0.02, 5
"""So many words in a row belong to a wording where this share of the requests have them, and this many at least."""
OPENS, CLOSES = 12, 6
"""Words of a request in which its wording stands."""
MOSTLY, OTHERS = 0.5, 0.8
"""Rows may be named for their wording where this share of all rows in it are named; and for having none where this
share of the rows not named have one."""
FEW = 8
"""Fewest rows named in a wording for their answers to say anything."""
DRAWS = 10
"""Times as many other rows are drawn, to tell how many words rows have to themselves by chance."""
BEYOND = 0.12
"""How much more of their words rows from elsewhere have to themselves than rows drawn by chance, of what these leave.
Rows drawn from sound files have 0.08 more at most, rows of sound files wrongly named 0.116; rows from elsewhere in 90
files 0.124 at least, in all but two 0.15 (docs/decisions/0038)."""
WORDS = 3
"""Words an answer has on average from which on it says whether it is like the others; of names and codes, most of
which stand in a file once, the questions decide, without the words of wordings."""
_WORD = re.compile(r"\w+")

Words = tuple["csr_matrix", np.ndarray]


def named_for_wording(asked: Sequence[str], answers: Sequence[str], named: np.ndarray, seed: int) -> np.ndarray:
    """(rows,) of bool: those of the rows `named` (rows,) that have nothing in common but how they ask.

    Most of the rows in their wording are named, and their answers are in the words of all others; where there are such,
    so may be the answers of the rest.
    """
    by_wording = np.zeros(len(named), bool)
    told: Words | None = None
    for rows in _alike(asked, named):
        if told is None and (told := _words(answers)) is None:
            return by_wording  # no word occurs twice
        if not _from_elsewhere(told, asked, rows, named, seed):
            by_wording[rows] = True
    rest = np.flatnonzero(named & ~by_wording)
    if told and by_wording.any() and len(rest) and not _from_elsewhere(told, asked, rest, named, seed):
        by_wording[rest] = True  # which were named as kin of those
    return by_wording


def _from_elsewhere(told: Words, asked: Sequence[str], rows: np.ndarray, named: np.ndarray, seed: int) -> bool:
    """Whether the rows have words of their own in their answers, or where these are too short in their questions."""
    holds, rarity = told
    if np.diff(holds.indptr)[rows].mean() >= WORDS:
        return have_own_words(holds, rarity, rows, named, seed)
    questions = _words(asked)
    if questions is None:
        return False
    holds, rarity = questions
    of_wordings = np.asarray(holds.sum(axis=0)).ravel() >= max(FEWEST, SHARE * len(asked))
    return have_own_words(holds, rarity * ~of_wordings, rows, named, seed)


def _alike(asked: Sequence[str], named: np.ndarray) -> Iterator[np.ndarray]:
    """Numbers of the rows named in each wording that most of its rows are named in; of those in none, if most others
    have one."""
    having: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for row, text in enumerate(asked):
        found = _WORD.findall(text.lower())
        if len(found) > OPENS + CLOSES:
            found = [*found[:OPENS], *found[-CLOSES:]]
        for run in set(zip(*(found[at:] for at in range(RUN)), strict=False)):
            having[run].append(row)
    least = max(FEWEST, SHARE * len(asked))
    wordings = {tuple(rows) for rows in having.values() if len(rows) >= least}
    plain = np.ones(len(named), bool)
    for rows in wordings:
        plain[list(rows)] = False
    seen = set()
    for rows in wordings:
        of = np.array(rows)[named[list(rows)]]
        if len(of) >= max(FEW, MOSTLY * len(rows)) and of.tobytes() not in seen:
            seen.add(of.tobytes())
            yield of
    if (plain & named).sum() >= FEW and (~plain[~named]).mean() >= OTHERS:
        yield np.flatnonzero(plain & named)


def _words(texts: Sequence[str]) -> Words | None:
    """(rows, words) of 0 and 1, which words texts hold, and (words,) how rare these are in general."""
    from backend.audit.bags import words
    from backend.audit.word_vectors import word_vectors

    vectors = word_vectors()
    assert vectors is not None
    try:
        holds, rarity, _ = words(texts, vectors)
    except ValueError:
        return None
    return holds, rarity


def have_own_words(holds: csr_matrix, rarity: np.ndarray, rows: np.ndarray, named: np.ndarray, seed: int) -> bool:
    """Whether the rows have words that no row holds but those named, more than others drawn by chance have."""
    weight = np.maximum(holds @ rarity, 1e-6)
    of_others = np.asarray(holds[~named].sum(axis=0)).ravel()

    def to_themselves(those: np.ndarray, outside: np.ndarray) -> float:
        return float(((holds[those] @ (rarity * (outside == 0))) / weight[those]).mean())

    rng, others, by_chance = np.random.default_rng(seed), np.flatnonzero(~named), 0.0
    for _ in range(DRAWS):
        drawn = rng.choice(others, min(len(rows), len(others)), replace=False)
        by_chance += to_themselves(drawn, of_others - np.asarray(holds[drawn].sum(axis=0)).ravel()) / DRAWS
    return to_themselves(rows, of_others) >= by_chance + BEYOND * (1 - by_chance)
