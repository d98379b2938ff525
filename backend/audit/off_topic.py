"""Off-topic rows: rows whose words are foreign to the rest, alone or as a group of their own."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from backend.audit.labels import label_key
from backend.domain import Example, Task

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

SAMPLE = 20_000
SAMPLE_OF_MANY = 2_000
"""Rows looked at where there are more than `SAMPLE`."""
MIN_ROWS = 100
FEW_WORDS = 8
MIN_WORDS = 5
"""Words a row must have to be judged alone."""
FOREIGN_GROUP = 0.20
"""Foreignness of a group, 0–1, from which on it can be from elsewhere …"""
TIMES_THE_REST = 1.5
"""… if it is that many times the foreignness below which four rows in five lie."""
OWN_WORDS = 3
TYPICAL = 0.22
"""Words of its own, and foreignness of its typical words, that a group must have: a turn of phrase is no subject."""
CLASS_SHARE = 0.60
FOREIGN_ROW = 0.33
FOREIGN_SHORT_ROW = 0.60
SPREADS = 7.0
"""A row alone: so far above the median, in distances from the median to the upper quartile."""
LOOKS = 2
GROWTH = 2.5
"""Times the rows of the groups up to which rows of their kind may be found elsewhere."""
MANY = 0.10
TIMES_WHERE_MANY = 2.5
"""Where the foreign groups hold more than that share of the rows they must be stranger by far: a tenth is no slip."""
MOST = 0.25
"""Share of rows above which groups are parts of a broad subject, not strangers."""
BROAD = 0.45
BROAD_ALONE = 0.60
"""Foreignness that half the groups, or half the rows, have where the subject is too broad to say what is foreign."""


def off_topic(examples: Sequence[Example], task: Task, seed: int = 0) -> tuple[tuple[int, ...] | None, int]:
    """(rows off topic, rows looked at); None for the rows when the data is too broad or too small to tell.

    Groups of rows whose words the others do not use come first; a learner then says for every row whether it is of
    their kind, which adds strangers that fell into other groups and clears members that fell into theirs. Rows in
    which almost every word is foreign are found one by one.
    """
    from backend.audit.subjects import bags, repeated

    chosen = list(examples)
    if len(chosen) > SAMPLE:
        chosen = random.Random(seed).sample(chosen, SAMPLE_OF_MANY)  # noqa: S311  # a repeatable sample, no secret
    if len(chosen) < MIN_ROWS:
        return None, len(chosen)
    texts = [example.input if task == "classify" else f"{example.input} {example.answer}" for example in chosen]
    try:
        matrix = bags(texts)
    except ValueError:  # no word occurs twice
        return None, len(chosen)
    common = repeated(matrix)
    if common.shape[1] < 10:
        return None, len(chosen)
    labels = np.array([label_key(example.answer) for example in chosen]) if task == "classify" else None
    strange = _strange_groups(common, labels, seed)
    if strange is None:
        return None, len(chosen)
    alone = _strange_alone(matrix, strange)
    if alone is None:
        return None, len(chosen)
    strange |= alone
    return tuple(sorted(chosen[at].row for at in np.flatnonzero(strange))), len(chosen)


def _strange_groups(matrix: csr_matrix, labels: np.ndarray | None, seed: int) -> np.ndarray | None:
    """(rows,) of True for rows like those of foreign groups; None when every group is foreign to the others.

    A second look without the rows found finds strangers of another kind, which those had company in.
    """
    from backend.audit.subjects import belonging

    rows = matrix.shape[0]
    strange = np.zeros(rows, dtype=bool)
    for look in range(LOOKS):
        rest = np.flatnonzero(~strange)
        found = _foreign_groups(matrix[rest], None if labels is None else labels[rest], seed)
        if found is None:
            return None if look == 0 else strange
        seeds = strange.copy()
        seeds[rest[found]] = True
        if not len(found) or seeds.sum() > MOST * rows:
            break
        alike = seeds
        for _ in range(2):
            if 5 <= alike.sum() <= MOST * rows:
                alike = belonging(matrix, alike, seed) > 0.5
        grown = seeds.sum() <= MANY * rows < alike.sum()
        if grown or alike.sum() > GROWTH * seeds.sum():  # the learner did not grasp what they have in common
            alike &= seeds
        if alike.sum() > MOST * rows:
            break
        strange = alike
    return strange if labels is None else strange & ~_whole_classes(labels, strange)


def _foreign_groups(matrix: csr_matrix, labels: np.ndarray | None, seed: int) -> np.ndarray | None:
    """Indices of rows in groups foreign to all others; None when half of all rows are in such groups."""
    from backend.audit.subjects import groupings, repeated

    rows = matrix.shape[0]
    found: set[int] = set()
    # coarse and fine, since strangers come as one subject or as several
    counts = [int(np.clip(rows / share, 4, 40)) for share in (200, 60, 25)]
    for parts in filter(None, groupings(repeated(matrix), counts, seed)):
        each = np.repeat([group.foreignness for group in parts], [len(group.rows) for group in parts])
        if np.median(each) > BROAD:
            return None
        limit = max(FOREIGN_GROUP, TIMES_THE_REST * float(np.quantile(each, 0.8)))
        foreign = [
            group
            for group in parts
            if group.foreignness >= limit
            and group.typical >= TYPICAL
            and group.own_words >= OWN_WORDS
            and not (labels is not None and _is_a_class(labels, group.rows))
        ]
        if sum(len(group.rows) for group in foreign) > MANY * rows:
            foreign = [group for group in foreign if group.foreignness >= limit * TIMES_WHERE_MANY / TIMES_THE_REST]
        for group in foreign:
            found.update(group.rows.tolist())
    return np.array(sorted(found), dtype=int)


def _whole_classes(labels: np.ndarray, strange: np.ndarray) -> np.ndarray:
    """(rows,) of True where most rows of a label are marked strange: that is a class; strangers carry any label."""
    whole = [name for name in np.unique(labels) if strange[labels == name].mean() > CLASS_SHARE]
    return np.isin(labels, whole)


def _is_a_class(labels: np.ndarray, members: np.ndarray) -> bool:
    """Whether most rows of the group carry one label that is much rarer elsewhere: then it is a class, no stranger."""
    names, counts = np.unique(labels[members], return_counts=True)
    share = counts.max() / len(members)
    return bool(share >= CLASS_SHARE and share >= 2 * (labels == names[counts.argmax()]).mean())


def _strange_alone(matrix: csr_matrix, strange: np.ndarray) -> np.ndarray | None:
    """(rows,) of True for rows whose words hardly any row but the strange ones uses; None when most are like that."""
    from backend.audit.subjects import foreign_to

    lengths = np.asarray(matrix.sum(axis=1)).ravel()
    rest = np.asarray(matrix[~strange].sum(axis=0)).ravel()
    foreign = foreign_to(np.maximum(rest - 1, 0), float((~strange).sum()))  # the row itself does not count
    share = (matrix @ foreign) / np.maximum(lengths, 1)
    judged = (lengths >= MIN_WORDS) & ~strange
    if judged.sum() < MIN_ROWS:
        return np.zeros(len(strange), dtype=bool)
    middle, upper = np.quantile(share[judged], [0.5, 0.75])
    if middle > BROAD_ALONE:
        return None
    least = np.where(lengths < FEW_WORDS, FOREIGN_SHORT_ROW, FOREIGN_ROW)
    alone: np.ndarray = judged & (share >= np.maximum(least, middle + SPREADS * (upper - middle)))
    return alone
