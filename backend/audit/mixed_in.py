"""A group of rows that was mixed in: many, of one kind, sharing hardly any words with the rest.

Where a tenth or a fifth of the rows speak of another thing, all alike, no row of them is strange by its chances: it has
as many kin as the file's own subjects. But subjects of a file share words with one another, such as what all of them
are about, and these rows share fewer with the rest than any subject of the rest does. A template of the file's own may
too; its words are few, though, and what it says lies nearer (docs/decisions/0044).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from backend.audit.belonging import of_classes
from backend.audit.branches import MOST
from backend.audit.closer_look import SUBJECT, Reader, beside
from backend.audit.columns import inputs
from backend.audit.slips import shared_beginning
from backend.domain import Example

if TYPE_CHECKING:
    from backend.audit.bags import Bags

BEYOND, BREADTH = 0.23, 0.7
"""How much more of its words the group has to itself than any other of half its size and more, and which share of its
different words that is at least, counted as `Branches.breadth` does."""
RIVAL = 0.5
"""Share of its words that any other of half its size has to itself at most: where each subject has words to itself, as
in a mixture of templates, one has most."""
ALIKE = 0.85
"""How alike its rows are at least, as a share of how alike the others are: strangers of several kinds are told one by
one."""
OWN_CLASS = 0.5
"""Share of its rows that are of classes of the file's own from which on the group is one of them."""
PART = 0.25
"""Share of its rows from which on a branch within it that has more to itself shows that it is of two kinds."""
ADDRESSED = 20
"""One row of so many, at either end of the alphabet, may be addressed otherwise."""
OF_GROUP, OF_OTHERS = 60, 160
"""Rows read at most, of the group and of the rest."""
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+")
"""A capital within a sentence."""


def mixed_in(bags: Bags, examples: Sequence[Example], read: Reader, seed: int) -> np.ndarray:
    """(rows,) of bool: the group that was mixed in; none where there is none."""
    group = parted_by_words(bags)
    if not group.any() or of_one_house(examples) or _of_own_classes(bags, group):
        return np.zeros_like(group)
    rng = np.random.default_rng(seed)
    within, outside = (
        read(rng.permutation(np.flatnonzero(of))[:most]) for of, most in ((group, OF_GROUP), (~group, OF_OTHERS))
    )
    lies = beside(within, outside)
    far = lies.alike >= ALIKE * lies.usual and lies.far >= lies.farthest
    return group if far else np.zeros_like(group)


def _of_own_classes(bags: Bags, group: np.ndarray) -> bool:
    return bags.labels is not None and of_classes(bags.labels, group)[group].mean() >= OWN_CLASS


def of_one_house(examples: Sequence[Example]) -> bool:
    """Whether nearly all rows are addressed alike, by a name: two departments of it may share few words."""
    asked, systems = sorted(inputs(examples)), sorted(example.system for example in examples)
    few = len(asked) // ADDRESSED
    ends = ((texts[few], texts[-1 - few]) for texts in (asked, systems))
    return any(_NAME.search(first[: shared_beginning(first, last)]) for first, last in ends)


def parted_by_words(bags: Bags) -> np.ndarray:
    """(rows,) of bool: the branch that has most words to itself, if that is far more than any other has, by rows."""
    found, rows = bags.branches, bags.holds.shape[0]
    many = (found.sizes >= SUBJECT * rows) & (found.sizes < MOST * rows)
    fits = many & (found.beyond >= BEYOND) & (found.own - found.beyond <= RIVAL) & (found.breadth >= BREADTH)
    for most in np.flatnonzero(fits)[np.argsort(-(found.beyond * found.sizes)[fits])]:
        start, size = found.starts[most], found.sizes[most]
        inside = (found.starts >= start) & (found.starts + found.sizes <= start + size) & (found.sizes >= PART * size)
        if found.own[inside].max() <= found.own[most]:
            return found.rows(int(most))
    return np.zeros(rows, bool)
