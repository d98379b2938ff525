"""The branches of a file's tree: what each says and how it is built beside the rest, and which is from elsewhere.

A subject of the file's own shares about as many words with the rest as the others do, whether that is most of them (as
in texts of one register) or few (as in a mixture), and is asked and answered in much the same forms. One from elsewhere
shares less than any other, of both, and its rows are the strangest. None of the three tells it alone: some subject of a
file always shares fewest words, a template of the file's own has a form to itself, and some rows are the strangest.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from backend.audit.strangeness import foreign_to

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

    from backend.audit.bags import Bags

FEWEST, MOST = 3, 0.25
"""Rows, and share of the rows, of a branch that can be from elsewhere."""
MOST_HELD_AGAINST = 0.4
"""Share of the rows of a branch that it is held against, which has half of its rows at least: few rows have few words
to themselves."""
FROM_ELSEWHERE = ((0.3, 0.12, 0.18, 0.45), (0.6, 0.17, 0.03, 0.6))
"""Two sets of four limits: a branch from elsewhere reaches all four of one set. They are for

- how much stranger its rows are than the likeliest others (`lead`, log odds);
- how much more of its words it has to itself than any other branch (`own`);
- how much less usual its forms are elsewhere than those of any other branch (`built`, log);
- which share of its different words it has to itself (`breadth`): the frame of a template is only a few words.

The second set is for texts built like the others, which need more words of their own (docs/decisions/0038)."""
LEAST_OF_SUBJECT, BROAD = 0.03, 0.6
"""Least share of the rows that a subject has; and share of its words that a subject has to itself above which, for half
the rows, the file has no elsewhere."""


@dataclass(frozen=True)
class Branches:
    """Those of `FEWEST` rows and more, each a run of rows in the order of the tree's leaves."""

    order: np.ndarray
    """(rows,) numbers of the rows as the leaves stand."""
    starts: np.ndarray
    """(branches,) the place in `order` at which each begins."""
    sizes: np.ndarray
    """(branches,) how many rows each has."""
    own: np.ndarray
    """(branches,) the median over its rows of the share of a row's words, rare ones counted more, that hardly any row
    outside of the branch holds."""
    breadth: np.ndarray
    """(branches,) how many different such words it has, as a share of all its different words. How many is told by
    their spread: e to the entropy, which is their number where all are as frequent."""
    built: np.ndarray
    """(branches,) how much more usual the forms of its rows are inside than outside: mean logarithm."""

    @cached_property
    def beyond(self) -> np.ndarray:
        """(branches,) how much more of its words each has to itself than any other beside it (`beyond_others`)."""
        return beyond_others(self.starts, self.sizes, self.own)

    def rows(self, branch: int) -> np.ndarray:
        """(rows,) of bool: those of the branch of that number."""
        of_it = np.zeros(len(self.order), bool)
        of_it[self.order[self.starts[branch] :][: self.sizes[branch]]] = True
        return of_it

    def from_elsewhere(self, chances: np.ndarray) -> np.ndarray:
        """(rows,) of bool: the branch from elsewhere that has most to itself; none where there is none."""
        built, rows = beyond_others(self.starts, self.sizes, self.built), len(chances)
        has = np.array([self.lead(chances), self.beyond, built, self.breadth])
        fits = (has >= np.array(FROM_ELSEWHERE)[:, :, None]).all(axis=1).any(axis=0) & (self.sizes <= MOST * rows)
        if not fits.any():
            return np.zeros(rows, bool)
        return self.rows(int(np.where(fits, self.beyond * self.sizes, -np.inf).argmax()))

    def lead(self, chances: np.ndarray) -> np.ndarray:
        """(branches,) by how much, in log odds, the mean `chances` of its rows are above those of the likeliest rows of
        all but as many as it has, the next in turn."""
        return lead(self.order, self.starts, self.sizes, np.log(chances / (1 - chances)))

    def too_broad(self) -> bool:
        """Whether every subject has most of its words to itself, so that none is strange beside the others."""
        rows = len(self.order)
        own = np.zeros(rows)
        for start, size, share in zip(self.starts, self.sizes, self.own, strict=True):
            if LEAST_OF_SUBJECT * rows <= size <= MOST * rows:
                own[start : start + size] = np.maximum(own[start : start + size], share)
        return bool(np.median(own) > BROAD)


def lead(order: np.ndarray, starts: np.ndarray, sizes: np.ndarray, odds: np.ndarray) -> np.ndarray:
    """(branches,) by how much the mean of the `odds`, (rows,), of its rows is above that of the likeliest rows of all
    but as many as it has, the next in turn."""
    passed, likeliest = (np.r_[0, np.cumsum(of)] for of in (odds[order], -np.sort(-odds)))
    next_in_turn = likeliest[np.minimum(2 * sizes, len(odds))] - likeliest[sizes]
    mean: np.ndarray = (passed[starts + sizes] - passed[starts] - next_in_turn) / sizes
    return mean


def beyond_others(starts: np.ndarray, sizes: np.ndarray, values: np.ndarray) -> np.ndarray:
    """(branches,) how much greater the value of each is than that of any branch beside it; none has less than 0.

    Only branches of half as many rows or more count.
    """
    ends = starts + sizes
    beyond = np.empty(len(values))
    for at, (start, end, size) in enumerate(zip(starts, ends, sizes, strict=True)):
        beside = ((ends <= start) | (starts >= end)) & (sizes >= size / 2)
        beyond[at] = values[at] - values[beside].max(initial=0.0) if beside.any() else 0.0
    return beyond


def branches(bags: Bags) -> Branches:
    """The branches of the tree of meanings that have `FEWEST` rows or more, and few enough to be held against."""
    order, starts, sizes = leaves(bags.tree)
    kept = np.flatnonzero((sizes >= FEWEST) & (sizes <= MOST_HELD_AGAINST * len(order)))
    runs = list(zip(starts[kept].tolist(), sizes[kept].tolist(), strict=True))
    words, forms = bags.holds[order], bags.forms[order]
    holding, having = (np.asarray(of.sum(axis=0)).ravel() for of in (words, forms))
    said = [_said(words, holding, bags.rarity, start, size) for start, size in runs]
    built = [_built(forms, having, start, size) for start, size in runs]
    own, breadth = np.array(said).reshape(-1, 2).T
    return Branches(order, starts[kept], sizes[kept], own, breadth, np.array(built))


def _said(words: csr_matrix, holding: np.ndarray, rarity: np.ndarray, start: int, size: int) -> tuple[float, float]:
    """Which share of their words the rows of a run have to themselves, and of how many words these are."""
    rows = len(words.indptr) - 1
    ends = words.indptr[start : start + size + 1]
    held = words.indices[ends[0] : ends[-1]]
    outside, weights = holding[held], rarity[held]
    held = _renumbered(held, len(holding))  # a branch holds few of all words
    outside = outside - np.bincount(held)[held]
    own = foreign_to(outside, rows - size) * weights
    owner = np.repeat(np.arange(size), np.diff(ends))
    shares = np.bincount(owner, own, size) / np.maximum(np.bincount(owner, weights, size), 1e-6)
    breadth = np.exp(_entropy(np.bincount(held, own)) - _entropy(np.bincount(held, weights)))
    return float(np.median(shares)), float(breadth)


def _renumbered(numbers: np.ndarray, size: int) -> np.ndarray:
    """Of numbers below `size`: the place at which each comes last, so that none is as large as they are many."""
    places = np.empty(size, np.int64)
    places[numbers] = np.arange(len(numbers))
    return np.asarray(places[numbers])


def _entropy(amounts: np.ndarray) -> float:
    """Of how they are shared out; minus infinity where there is nothing."""
    some = amounts[amounts > 0]
    return float(np.log(some.sum()) - (some * np.log(some)).sum() / some.sum()) if len(some) else -np.inf


def _built(forms: csr_matrix, having: np.ndarray, start: int, size: int) -> float:
    """How much more usual the forms of the rows of a run are in it than outside: mean logarithm."""
    rows = len(forms.indptr) - 1
    have = forms.indices[forms.indptr[start] : forms.indptr[start + size]]
    inside = np.bincount(have)[have]
    usual = (having[have] - inside + 0.5) / (rows - size + 1)
    return float(np.log((inside + 0.5) / (size + 1) / usual).mean())


def leaves(tree: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(rows,) the order of the leaves, and of each merge of the tree, (merges, 4), its first leaf and their number."""
    rows = len(tree) + 1
    sizes = np.r_[np.ones(rows, int), tree[:, 3].astype(int)]
    starts = np.zeros(2 * rows - 1, int)
    for node in range(2 * rows - 2, rows - 1, -1):
        left, right = tree[node - rows, :2].astype(int)
        starts[left], starts[right] = starts[node], starts[node] + sizes[left]
    return np.argsort(starts[:rows]), starts[rows:], sizes[rows:]
