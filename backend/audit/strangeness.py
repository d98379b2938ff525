"""How strange each row of a file is to the others: what its words mean, who else uses them, what it groups with.

Rows are grouped by Ward's method (1963) on the meaning of their words, at four levels from coarse to fine, since
strangers come alone, as a few or as a subject of their own. A group is held against all rows outside of it. Every sign
comes as it is and against the spread of the same sign in the file, so that a mixed file excuses what a uniform one
does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from backend.audit.bags import Bags, against, unit
from backend.audit.belonging import signs_of_labels

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

LEVELS, LEVELS_OF_LABELLED = (60, 25, 10), (200, 60, 25, 10)
"""Rows a group holds on average, coarse to fine; the same where rows have labels."""
MOST_OF_PART = 0.35
"""Share of the rows that a part of the file has at most."""
LEAST_OF_PART = 0.02
"""Share of the rows from which on a part of the file tells how far apart its parts are."""
FEWEST_GROUPS, MOST_GROUPS = 3, {200: 60, 60: 60, 25: 60, 10: 250}
"""Fewest groups of a level, and for each level the most."""
IN_USE = 0.01
"""Share of the other rows, and about two rows more, that must hold a word for it not to be foreign at all."""
TYPICAL = 0.02
"""Share of its rows, at least two, in which a word must stand to be typical of a group."""
OWN = 0.5
"""Foreignness of a word from which on it is the group's own."""
NEIGHBOURS = 10
"""Nearest rows to which a row's likeness is averaged."""


def signs(bags: Bags) -> dict[str, np.ndarray]:
    """Name of a sign → (rows,) values.

    `…, spread`: against how the same sign is spread in the file. `…, usual`: the same for all rows, what is usual in
    the file. A number behind the name is the level of the groups.
    """
    from scipy.cluster.hierarchy import fcluster

    rows = len(bags.meanings)
    holding = np.asarray(bags.holds.sum(axis=0)).ravel()
    lengths = np.maximum(np.diff(bags.holds.indptr), 1)
    found: dict[str, np.ndarray] = {"rows": np.full(rows, np.log(rows)), "words": np.log1p(lengths)}
    centre = bags.meanings.mean(axis=0)
    for _ in range(3):  # without the quarter that is farthest from it
        near = bags.meanings @ centre
        centre = bags.meanings[near >= np.quantile(near, 0.25)].mean(axis=0)
    near = bags.meanings @ (centre / (np.linalg.norm(centre) + 1e-9))
    low, middle = np.quantile(near, [0.1, 0.5])
    found |= {"central": near, "central, spread": against(near), "central, usual": np.full(rows, middle),
              "central, width": np.full(rows, middle - low)}  # fmt: skip
    foreign = bags.holds @ foreign_to(np.maximum(holding - 1, 0), rows - 1) / lengths
    found |= {"foreign": foreign, "foreign, spread": against(foreign),
              "foreign, usual": np.full(rows, np.median(foreign))}  # fmt: skip
    manner = bags.manner - np.median(bags.manner, axis=0)
    manner = np.clip(manner / (np.quantile(np.abs(manner), 0.75, axis=0) + 0.02), -6, 6)
    odd = np.abs(manner).mean(axis=1)
    found |= {"manner": odd, "manner, spread": against(odd, 0.1, 0.05)}
    outside = beyond(bags.meanings)
    unusual, alone = _unusual(bags.forms)
    asked, _ = _unusual(bags.asked)
    found |= {"beyond": outside, "beyond, spread": against(outside), "unusual": unusual,
              "unusual, spread": against(unusual, 0.1, 0.05), "unusual, usual": np.full(rows, np.median(unusual)),
              "alone": alone, "alone, spread": against(alone, 0.1, 0.02), "asked": asked,
              "asked, spread": against(asked, 0.1, 0.05), "asked, usual": np.full(rows, np.median(asked))}  # fmt: skip
    likeness = bags.meanings @ bags.meanings.T
    np.fill_diagonal(likeness, -1)
    near_rows = np.argpartition(likeness, rows - NEIGHBOURS, axis=1)[:, rows - NEIGHBOURS :]
    nearest = np.take_along_axis(likeness, near_rows, axis=1).mean(axis=1)
    found |= {"near others": nearest, "near others, spread": against(nearest)}
    tree = bags.tree
    if bags.labels is None:
        found |= _of_parts(bags, parts(tree), holding, lengths, manner)
    grouped = {}
    for level in LEVELS if bags.labels is None else LEVELS_OF_LABELLED:
        count = int(np.clip(rows / level, FEWEST_GROUPS, MOST_GROUPS[level]))
        grouped[level] = fcluster(tree, count, "maxclust") - 1
        for name, values in _of_groups(bags, grouped[level], holding, lengths, manner)[0].items():
            found[f"{name}, {level}"] = values
    return found if bags.labels is None else found | signs_of_labels(bags, near_rows, grouped)


def parts(tree: np.ndarray) -> np.ndarray:
    """(rows,) numbers of the largest branches of the tree, (merges, 4), that have few enough of the rows."""
    rows = len(tree) + 1
    number = np.full(2 * rows - 1, -1)
    sizes = np.r_[np.ones(rows), tree[:, 3]]
    for node in range(2 * rows - 2, -1, -1):
        if number[node] < 0 and sizes[node] <= MOST_OF_PART * rows:
            number[node] = node
        if node >= rows:
            number[tree[node - rows, :2].astype(int)] = number[node]
    numbered: np.ndarray = np.unique(number[:rows], return_inverse=True)[1]
    return numbered


def _of_parts(
    bags: Bags, groups: np.ndarray, holding: np.ndarray, lengths: np.ndarray, manner: np.ndarray
) -> dict[str, np.ndarray]:
    """Name → (rows,) signs of the part each row is in, and how much farther it stands apart than any other part.

    A file of many subjects has many parts that stand apart, and a subject from elsewhere stands farther than they do.
    """
    found, of_part = _of_groups(bags, groups, holding, lengths, manner)
    shares = np.bincount(groups) / len(groups)
    counted = shares >= LEAST_OF_PART
    signs_of = {f"{name}, parts": values for name, values in found.items() if not name.endswith(", spread")}
    signs_of["number, parts"] = np.full(len(groups), np.log1p(counted.sum()))
    for name, values in of_part.items():
        farther = -values if name == "common" else values
        others = np.where(np.eye(len(farther), dtype=bool) | ~counted, -np.inf, farther).max(axis=1)
        others = np.where(np.isfinite(others), others, np.median(farther[groups]))
        signs_of[f"{name}, beyond others, parts"] = (farther - others)[groups]
    return signs_of


def beyond(meanings: np.ndarray, usual: np.ndarray | None = None) -> np.ndarray:
    """(rows,) how far each row lies outside of where the `usual` lie (all, if not given), in logarithms: Mahalanobis's
    distance, the row left out."""
    rows, axes = meanings.shape
    usual = np.ones(rows, bool) if usual is None else usual
    middled = meanings - meanings[usual].mean(axis=0)
    spread = middled[usual].T @ middled[usual]
    spread[np.diag_indices(axes)] += 0.3 * np.trace(spread) / axes + 1e-6
    pull = np.einsum("ij,ij->i", middled @ np.linalg.inv(spread), middled)
    pull = np.where(usual, pull / np.maximum(1 - pull, 1e-3), pull)
    far: np.ndarray = np.log(pull * usual.sum() + 1e-9)
    return far


def _unusual(built: csr_matrix) -> tuple[np.ndarray, np.ndarray]:
    """(rows,) how rare the forms of a row are among the others, in all; and the share of its forms that are foreign."""
    rows = built.shape[0]
    others = np.maximum(np.asarray(built.sum(axis=0)).ravel() - 1, 0)
    count = np.maximum(np.diff(built.indptr), 1)
    rare = built @ -np.log((others + 0.5) / rows) / count
    return rare, built @ foreign_to(others, rows - 1) / count


def foreign_to(holding: np.ndarray, rows: np.ndarray | float) -> np.ndarray:
    """1 for words none of the rows hold, falling to 0 for words that enough of them hold."""
    shares: np.ndarray = np.clip(1 - np.log1p(holding) / np.log1p(IN_USE * rows + 2), 0, 1)
    return shares


def _of_groups(
    bags: Bags, groups: np.ndarray, holding: np.ndarray, lengths: np.ndarray, manner: np.ndarray
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Name → (rows,) signs of the group each row is in, and name → (groups,) those of the groups alone."""
    from scipy.sparse import csr_matrix

    rows, count = len(groups), int(groups.max()) + 1
    sizes = np.bincount(groups, minlength=count)
    members = csr_matrix((np.ones(rows, np.float32), (groups, np.arange(rows))), shape=(count, rows))
    held = members @ bags.holds  # (groups, words), of which each group holds few
    have = (members @ bags.forms).toarray()  # (groups, forms)
    expected, within = _built(bags.forms, have, groups, sizes)
    asked, _ = _built(bags.asked, have, groups, sizes)
    own, foreign = held.toarray(), np.zeros(held.shape, np.float32)
    holder = np.repeat(np.arange(count), np.diff(held.indptr))
    foreign[holder, held.indices] = foreign_to(holding[held.indices] - held.data, (rows - sizes)[holder])
    owners = np.repeat(np.arange(rows), np.diff(bags.holds.indptr))
    strange = foreign[groups[owners], bags.holds.indices]
    weights = bags.rarity[bags.holds.indices]
    said = np.bincount(owners, strange, rows) / lengths
    meant = np.bincount(owners, strange * weights, rows) / np.maximum(np.bincount(owners, weights, rows), 1e-6)
    typical = own >= np.maximum(2.0, TYPICAL * sizes)[:, None]
    sums = members @ bags.meanings  # (groups, axes)
    elsewhere = sums.sum(axis=0) - sums
    centres = unit(sums)
    beside = centres @ centres.T
    np.fill_diagonal(beside, -1)
    of_group = {
        "said": _medians(said, groups, count),
        "meant": _medians(meant, groups, count),
        "typical": (foreign * typical).sum(axis=1) / np.maximum(typical.sum(axis=1), 1),
        "own": np.log1p((typical & (foreign > OWN)).sum(axis=1)),
        "common": (centres * unit(elsewhere)).sum(axis=1),
        "tight": np.linalg.norm(sums, axis=1) / sizes,
        "beside": beside.max(axis=1),
        "manner": _apart(manner, members, sizes),
        "built": within - expected,
        "unusual": -expected,
        "asked": -asked,
    }
    found = {"share": np.log(sizes / rows)[groups]}
    for name, values in of_group.items():
        found[name] = values[groups]
        found[f"{name}, spread"] = against(values[groups], 0.15, 0.02)
    found["meant, usual"] = np.full(rows, np.median(found["meant"]))
    found["meant, upper"] = np.full(rows, np.quantile(found["meant"], 0.8))
    found["common, usual"] = np.full(rows, np.median(found["common"]))
    found["common, lower"] = np.full(rows, np.quantile(found["common"], 0.2))
    found["labels differ"] = (
        np.zeros(rows) if bags.labels is None else labels_differ(bags.labels, members, sizes)[groups]
    )
    return found, of_group


def _apart(manner: np.ndarray, members: csr_matrix, sizes: np.ndarray) -> np.ndarray:
    """(groups,) how far the mean manner of a group is from that of the rest, in standard deviations of both."""
    sums, squares = members @ manner, members @ manner**2
    others = (sizes.sum() - sizes)[:, None]
    sizes = sizes[:, None]
    means, elsewhere = sums / sizes, (sums.sum(axis=0) - sums) / np.maximum(others, 1)
    inside = squares / sizes - means**2
    outside = (squares.sum(axis=0) - squares) / np.maximum(others, 1) - elsewhere**2
    apart: np.ndarray = (np.abs(means - elsewhere) / np.sqrt(0.05 + np.maximum(inside + outside, 0))).mean(axis=1)
    return apart


def labels_differ(labels: np.ndarray, members: csr_matrix, sizes: np.ndarray) -> np.ndarray:
    """(groups,) how far a group's labels are from those of all, beyond chance: a class of its own is no stranger."""
    kinds = int(labels.max()) + 1
    shares = (members @ np.eye(kinds, dtype=np.float32)[labels]) / sizes[:, None]
    usual = np.bincount(labels, minlength=kinds) / len(labels)
    apart: np.ndarray = 0.5 * np.abs(shares - usual).sum(axis=1) - 0.5 * np.sqrt(np.minimum(kinds, sizes) / sizes)
    return apart


def _built(
    forms: csr_matrix, have: np.ndarray, groups: np.ndarray, sizes: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(groups,) how usual the forms of its rows are elsewhere, and within it: mean logarithms.

    `have`: (groups, forms) how many rows of a group have a form; `sizes`: of the groups.
    """
    owner, form = np.repeat(groups, np.diff(forms.indptr)), forms.indices
    of_form = have[owner, form]
    usual = np.log((have.sum(axis=0)[form] - of_form + 0.5) / (len(groups) - sizes + 1.0)[owner])
    itself = np.log((of_form + 0.5) / (sizes + 1.0)[owner])
    count = np.bincount(owner, minlength=len(sizes))
    elsewhere: np.ndarray = np.bincount(owner, usual, len(sizes)) / count
    within: np.ndarray = np.bincount(owner, itself, len(sizes)) / count
    return elsewhere, within


def _medians(values: np.ndarray, groups: np.ndarray, count: int) -> np.ndarray:
    """(groups,) the median of the values of each group; none is empty."""
    in_order = values[np.lexsort((values, groups))]
    sizes = np.bincount(groups, minlength=count)
    starts = np.cumsum(sizes) - sizes
    medians: np.ndarray = (in_order[starts + (sizes - 1) // 2] + in_order[starts + sizes // 2]) / 2
    return medians
