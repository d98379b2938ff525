"""A closer look at the rows most likely from elsewhere: what each says as a whole, beside a sample of the file.

To read a text as a whole takes a thousand times as long as to look its words up, so few rows are read: those that the
first looks suspect, those with most words of their own, and some of the rest; then those that share words with what was
found. Rows asked and written as the file's own are, in words that most texts have, show only here. And what only has
words or a form to itself, but speaks of what the file is about, shows to be no stranger (docs/decisions/0039).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from backend.audit.closer_signs import Apart, apart, closer_signs, remote, signs_again
from backend.audit.kinship import told_by
from backend.audit.trees import LEAST, Trees, likeliest

if TYPE_CHECKING:
    from backend.audit.bags import Bags
    from backend.audit.sentence_vectors import SentenceVectors

SUSPECTED, MOST_SUSPECTED = 0.1, 300
"""Chance from which on all rows are read, and how many at most."""
LIKELY, OTHERS = 100, 160
"""Rows read besides: so many of the likeliest or strangest, and so many drawn from the rest to stand for the file."""
NAMED, MEAN, MEAN_WITH_LABELS = 0.5, 0.65, 0.8
"""Chance that a row named has at least, and that those named have on average; the last where rows have labels, whose
classes may be few and far from one another."""
DOUBTED = 0.06
"""Chance below which a row is not named, whatever the looks before say of it."""
GAP = 2.0
"""Of log odds, from which on what lies above it is set off from what lies below."""
SUBJECT, LARGEST_SUBJECT = 0.08, 0.6
"""Share of the rows from which on rows may be a subject of the file's own, and of the rest that one has at most."""
SURELY_FARTHER = ((1.05, 0.65), (1.1, 0.45), (1.2, 0.25))
"""Pairs of how many times as far from all other rows as the farthest subject of the file's own those from elsewhere are
at least, and of the chance that they have on average: one of them is reached."""
TIGHT, A_TEMPLATE_FARTHER = 1.15, ((1.2, 0.8), (1.8, 0.65))
"""How many times as alike as the rest rows are at most that are no single template; and the same pairs for one: a
template of a file of several is far from the others, and has words to itself."""
SPREADS, MOST_OF_KIND = 6.0, 0.67
"""How many times their own spread the log odds of two kinds of rows are apart, where these are two; and the share of
the kind from elsewhere that is named row by row from which on the others stay unnamed."""
KIN, FEWEST, SURE = 120, 5, 0.7
"""Rows read besides where at least so many are named, the likest to them in words, and the chance that these need."""
SHARED = 0.02
"""Share of the rows, three at least, that begin alike where these words are left out of what is read."""
Reader = Callable[[np.ndarray], np.ndarray]
"""(some,) numbers of rows → (some, axes) vectors of length 1 of what they say."""


class Beside(NamedTuple):
    """How a group of rows lies beside the rest."""

    far: float
    """How far from the nearest rows of the rest (`remote`)."""
    farthest: float
    """How far the farthest subject of the rest is from what is around it."""
    alike: float
    """Length of the mean of its vectors: how alike its rows are."""
    usual: float
    """The same of the rest."""


@dataclass(frozen=True)
class Read:
    """Rows that were read, of a file's."""

    rows: np.ndarray
    """(some,) their numbers."""
    stands: np.ndarray
    """(some,) of bool: those drawn to stand for the file."""
    vectors: np.ndarray
    """(some, axes) of length 1: what they say."""
    last: np.ndarray
    """(rows,) chances of being from elsewhere by the last look before this, of all rows."""
    foreign: np.ndarray
    """(rows,) how many words a row has to itself, against their spread."""

    def signs(self, branches: Apart) -> dict[str, np.ndarray]:
        """Name → (some,) signs as they are at first."""
        return closer_signs(self.vectors, self.stands, self.last[self.rows], self.foreign[self.rows], branches)

    def chances(self, trees: Mapping[str, Trees]) -> np.ndarray:
        """(some,) of being from elsewhere."""
        branches = apart(self.vectors)
        signs = self.signs(branches)
        once = trees["answers, closer"].chances(signs)
        again = signs_again(self.vectors, self.stands, once, branches)
        return trees["answers, closer again"].chances(signs | again)

    def has_as_subject(self, named: np.ndarray, chances: np.ndarray) -> bool:
        """Whether the rows `named`, (rows,) of bool, are many, and not surely farther off than the file's subjects:
        where each of five has a fifth of the rows, the strangest is the file's own, and so is that of a few templates.
        """
        of_them = named[self.rows]
        return bool(named.mean() >= SUBJECT and of_them.any() and not self.surely_farther(of_them, chances))

    def surely_farther(self, group: np.ndarray, chances: np.ndarray) -> bool:
        """Whether the `group`, (some,) of bool, is likely from elsewhere by the `chances`, and farther from the nearest
        rows of the rest than any subject of the rest from the nearest outside it."""
        rest, sure = self.vectors[~group & self.stands], chances[group].mean()
        if 2 * len(rest) < self.stands.sum() or sure < min(least for _, least in SURELY_FARTHER):
            return False
        lies = beside(self.vectors[group], rest)
        limits = SURELY_FARTHER if lies.alike <= TIGHT * lies.usual else A_TEMPLATE_FARTHER
        return any(lies.far >= times * lies.farthest and sure >= least for times, least in limits)

    def of_another_kind(self, chances: np.ndarray) -> np.ndarray:
        """(rows,) of bool: where the rows are of two kinds by the `chances` of those read, the likelier kind, if it is
        surely farther off than the file's subjects; else none: then the chances of single rows tell."""
        group = two_kinds(np.log(chances / (1 - chances)))
        kind = np.zeros(len(self.last), bool)
        if group.sum() >= SUBJECT * len(self.last) and self.surely_farther(group, chances):
            kind[self.rows[group]] = True
        return kind


def beside(group: np.ndarray, rest: np.ndarray) -> Beside:
    """Of (some, axes) and (others, axes) vectors of length 1."""
    farthest = apart(rest, LARGEST_SUBJECT).farthest(SUBJECT * len(rest))
    alike, usual = (float(np.linalg.norm(rows.mean(axis=0))) for rows in (group, rest))
    return Beside(remote(group @ rest.T), farthest, alike, usual)


def closer_look(
    read: Reader, found: Mapping[str, np.ndarray], chances: tuple[np.ndarray, np.ndarray], seed: int
) -> Read:
    """`found`: the signs of the first look; `chances`: (rows,) of the first and of the last look before this."""
    first, last = (np.clip(of, LEAST, 1 - LEAST) for of in chances)
    foreign = found["foreign, spread"]
    rows, stands = rows_to_read(first, last, foreign, seed)
    return Read(rows, stands, read(rows), last, foreign)


def named_closer(
    looked: Read, read: Reader, bags: Bags, strange: np.ndarray, trees: Mapping[str, Trees], seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """(rows,) of bool, twice: those of the `strange`, named by the looks before, that stay so; and those named here."""
    chances = looked.chances(trees)
    mean = MEAN if bags.labels is None else MEAN_WITH_LABELS
    stay, here = strange.copy(), np.zeros_like(strange)
    stay[looked.rows[chances < DOUBTED]] = False
    here[looked.rows[likeliest(chances, NAMED, mean)]] = True
    unread = len(strange) - len(looked.rows)
    if unread and (stay | here).sum() >= FEWEST:
        told = told_by(bags.holds, stay | here, seed)
        told[looked.rows] = -np.inf
        kin = np.argsort(-told, kind="stable")[: min(KIN, unread)]
        sure = _with_kin(looked, kin, read).chances(trees)[len(looked.rows) :] >= SURE
        here[kin[sure]] = True
    if looked.has_as_subject(stay | here, chances):
        return np.zeros_like(stay), np.zeros_like(here)
    if bags.labels is None:
        kind = looked.of_another_kind(chances)
        if (stay | here).sum() < MOST_OF_KIND * kind.sum():
            here |= kind
    if bags.labels is None and here.sum() >= FEWEST:
        here[looked.rows[set_off(chances)]] = True
    return stay, here


def set_off(chances: np.ndarray) -> np.ndarray:
    """(some,) of bool: the likeliest, down to the widest gap of their log odds below `NAMED`; none where it is narrow.

    Where some are named, those next to them that lie far above all others are of their kind.
    """
    order = np.argsort(-chances, kind="stable")
    odds = np.log(chances / (1 - chances))[order]
    gaps = odds[:-1] - odds[1:]
    ends = (chances[order[1:]] < NAMED) & (chances[order[:-1]] >= DOUBTED)
    rows = np.zeros(len(chances), bool)
    if ends.any() and gaps[ends].max() >= GAP:
        rows[order[: np.where(ends, gaps, 0).argmax() + 1]] = True
    return rows


def two_kinds(odds: np.ndarray) -> np.ndarray:
    """(some,) of bool: the likelier of two kinds of rows by their log `odds`, cut where their means differ most (Otsu
    1979); none where they differ little beside their spread."""
    order = np.argsort(-odds, kind="stable")
    above = np.arange(1, len(odds))
    sums = np.cumsum(odds[order])
    means = sums[:-1] / above, (sums[-1] - sums[:-1]) / (len(odds) - above)
    between = above * (len(odds) - above) * (means[0] - means[1]) ** 2
    rows = np.zeros(len(odds), bool)
    rows[order[: between.argmax() + 1]] = True
    spread = np.sqrt((odds[rows].var() + odds[~rows].var()) / 2)
    rows &= odds[rows].mean() - odds[~rows].mean() > SPREADS * spread
    return rows


def _with_kin(looked: Read, kin: np.ndarray, read: Reader) -> Read:
    rows, stands = np.r_[looked.rows, kin], np.r_[looked.stands, np.zeros(len(kin), bool)]
    return replace(looked, rows=rows, stands=stands, vectors=np.vstack([looked.vectors, read(kin)]))


def reader(asked: Sequence[str], answered: Sequence[str], vectors: SentenceVectors) -> Reader:
    """Of what is asked, without the words that many rows begin with, and answered."""
    bare = without_lead(asked)
    return lambda rows: vectors.of([f"{bare[row]} {answered[row]}" for row in rows])


def rows_to_read(first: np.ndarray, last: np.ndarray, foreign: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """(some,) numbers of the rows to be read, and (some,) of bool: those drawn to stand for the file, all where few.

    `first`, `last`: (rows,) chances; `foreign`: (rows,) how many words a row has to itself, against their spread.
    """
    places = [np.argsort(np.argsort(-of, kind="stable"), kind="stable") for of in (np.maximum(first, last), foreign)]
    order = np.argsort(np.minimum(*places), kind="stable")
    suspected = np.flatnonzero(last > SUSPECTED)
    suspected = suspected[np.argsort(-last[suspected], kind="stable")][:MOST_SUSPECTED]
    rest = order[~np.isin(order, suspected)]
    others = np.random.default_rng(seed).permutation(rest[LIKELY:])[:OTHERS]
    read = np.r_[suspected, rest[:LIKELY], others]
    few = len(read) == len(last)
    return read, np.arange(len(read)) >= (0 if few else len(read) - len(others))


def without_lead(texts: Sequence[str]) -> list[str]:
    """The texts without the words they begin with that several share: what is asked of all tells of no subject."""
    words = [text.split() for text in texts]
    fewest = max(3, SHARED * len(texts))
    lengths = [0] * len(texts)
    leads: dict[int, tuple[str, ...]] = dict.fromkeys(range(len(texts)), ())
    while leads:
        leads = {at: (*lead, words[at][len(lead)]) for at, lead in leads.items() if len(words[at]) > len(lead)}
        counts = Counter(leads.values())
        leads = {at: lead for at, lead in leads.items() if counts[lead] >= fewest}
        for at, lead in leads.items():
            lengths[at] = len(lead)
    return [" ".join(of[length:]) for of, length in zip(words, lengths, strict=True)]
