"""How well each row of a file with labels fits the label it has, and whether its words are those of any class.

A class of a file's own, however rare, has one label; rows from elsewhere have labels anyhow, and fit none. Each row is
left out of what it is held against. Classes of a few rows are taken together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from backend.audit.bags import against

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

    from backend.audit.bags import Bags

FEWEST = 8
"""Rows of a class that is looked at by itself."""
GENERAL, OF_FILE = 400.0, 150.0
"""How many words read what is known of words in general counts for, and in a class what is known of the file."""
SHRUNK = 0.3
"""Of the spread of meanings, along all axes alike (as for Mahalanobis's distance in `strangeness`)."""
CONCENTRATION = 1.0
"""Of the labels that a group of the file's own is thought to have: about one."""
COARSE = 200
"""Rows of a group from which on there are too few groups to hold one against the others."""
WHOLE_CLASS, FEWEST_OF_CLASS = 0.5, 3
"""Share of the rows with a label from which on these are a class of the file's own, however far from the rest, and the
fewest rows of a class: an answer that no other row has is no label."""
OF_GROUPS = ("words", "forms", "letters")


@dataclass(frozen=True)
class Fit:
    """What labels tell of rows."""

    classes: np.ndarray
    """(rows,) numbers of the labels, those of few rows taken together."""
    own: dict[str, np.ndarray]
    """Name → (rows,) how well a row fits the label it has."""
    any_class: dict[str, np.ndarray]
    """Name → (rows,) whether its words and forms are those of its class, or of any."""


def of_classes(labels: np.ndarray, strange: np.ndarray) -> np.ndarray:
    """(rows,) of bool: those with a label of which half of the rows are `strange`: a class of the file's own."""
    rows, of_them = np.bincount(labels), np.bincount(labels, strange)
    classes: np.ndarray = ((of_them >= WHOLE_CLASS * rows) & (rows >= FEWEST_OF_CLASS))[labels]
    return classes


def fit(bags: Bags) -> Fit:
    """For a file with labels."""
    assert bags.labels is not None
    classes = _classes(bags.labels)
    words = _words(bags.holds, bags.rarity, classes)
    forms = _forms(bags.forms, classes)
    letters = _forms(bags.letters, classes)
    far = _far(bags.meanings, classes)
    rows = np.arange(len(classes))
    others = [np.where(np.eye(far.shape[1], dtype=bool)[classes], -np.inf, of) for of in (words, forms, letters, -far)]
    best = [of.max(axis=1) if far.shape[1] > 1 else np.zeros(len(rows)) for of in others]
    sizes = np.bincount(classes)
    logs = np.log(sizes / len(rows)) - far / 2
    logs -= logs.max(axis=1, keepdims=True)
    chances = np.exp(logs)
    chances /= chances.sum(axis=1, keepdims=True)
    given = [of[rows, classes] for of in (words, forms, letters)]
    own = {
        "words": given[0] - best[0],
        "forms": given[1] - best[1],
        "letters": given[2] - best[2],
        "meaning": np.log(chances[rows, classes] + 1e-3),
        "gain": np.log((chances[rows, classes] + 1e-3) / (sizes[classes] / len(rows))),
    }
    any_class = {
        "words": words.max(axis=1),
        "own words": given[0],
        "forms": forms.max(axis=1),
        "own forms": given[1],
        "letters": letters.max(axis=1),
        "own letters": given[2],
        "unsure": -(chances * np.log(chances + 1e-9)).sum(axis=1),
    }
    return Fit(classes, own, any_class)


def signs_of_labels(bags: Bags, near: np.ndarray, grouped: Mapping[int, np.ndarray]) -> dict[str, np.ndarray]:
    """Name of a sign → (rows,) values: how well rows, those near them and those grouped with them fit their labels.

    `near`: (rows, some) numbers of the rows nearest to each; `grouped`: level → (rows,) numbers of groups.
    """
    from scipy.sparse import csr_matrix

    rows, some = near.shape
    fitting = fit(bags)
    likely = _likely_words(bags)
    around = np.hstack([near, np.arange(rows)[:, None]])
    members = csr_matrix((np.ones(around.size), around.ravel(), np.arange(rows + 1) * (some + 1)))
    values = {f"fits by {name}": of for name, of in fitting.own.items()}
    values |= {f"any class, {name}": of for name, of in fitting.any_class.items()}
    values |= {f"fit by {name}, near": members @ of / (some + 1) for name, of in fitting.own.items()}
    values |= {"settled, near": settled(fitting.classes, members), "likely words": likely}
    found = {"classes": np.full(rows, np.log(fitting.classes.max() + 1))}
    for name, of in values.items():
        found |= {name: of, f"{name}, spread": against(of, 0.1, 0.02), f"{name}, usual": np.full(rows, np.median(of))}
    for level, groups in grouped.items():
        sizes = np.bincount(groups)
        members = csr_matrix((np.ones(rows, np.float32), (groups, np.arange(rows))))
        of_group = {f"fit by {name}": members @ of / sizes for name, of in fitting.own.items()}
        of_group |= {f"any class, own {name}": members @ fitting.any_class[f"own {name}"] / sizes for name in OF_GROUPS}
        of_group |= {"settled": settled(fitting.classes, members), "likely words": members @ likely / sizes}
        for name, of in of_group.items():
            found |= {f"{name}, {level}": of[groups]}
            if level < COARSE:
                found |= {f"{name}, spread, {level}": against(of[groups], 0.1, 0.02)}
    return found


def _likely_words(bags: Bags) -> np.ndarray:
    """(rows,) how much likelier the words of a row are in the rest of the file than in general: mean log ratio."""
    general = _general(bags.rarity)
    lengths = np.maximum(np.diff(bags.holds.indptr), 1)
    ratio: np.ndarray = bags.holds @ np.log(_of_file(bags.holds, general) / general) / lengths
    return ratio


def settled(labels: np.ndarray, members: csr_matrix) -> np.ndarray:
    """(groups,) how much likelier labels of the group's own are than labels drawn anyhow from those of the file, by
    row: the logarithm of the Bayes factor of a Dirichlet-multinomial against the file's shares, or against equal ones
    where these are likelier.
    """
    from scipy.special import gammaln

    kinds = int(labels.max()) + 1
    usual = (np.bincount(labels, minlength=kinds) + 0.5) / (len(labels) + 0.5 * kinds)
    counts = members @ np.eye(kinds)[labels]
    sizes = counts.sum(axis=1)
    prior = CONCENTRATION * usual
    own = gammaln(CONCENTRATION) - gammaln(CONCENTRATION + sizes)
    own += (gammaln(counts + prior) - gammaln(prior)).sum(axis=1)
    anyhow = np.maximum(counts @ np.log(usual), -sizes * np.log(kinds))
    factor: np.ndarray = (own - anyhow) / np.maximum(sizes, 1)
    return factor


def _classes(labels: np.ndarray) -> np.ndarray:
    large = np.bincount(labels) >= FEWEST
    number = np.where(large, np.cumsum(large), 0)
    classes: np.ndarray = np.unique(number[labels], return_inverse=True)[1]
    return classes


def _general(rarity: np.ndarray) -> np.ndarray:
    """(words,) share of a word in general, from which `WordVectors.of` took its rarity."""
    return np.asarray(1e-3 * (1 / rarity.astype(np.float64) - 1))


def _of_file(holds: csr_matrix, general: np.ndarray) -> np.ndarray:
    """(words,) share of a word among those of all rows but the one that holds it."""
    holding = np.asarray(holds.sum(axis=0)).ravel()
    shares: np.ndarray = (np.maximum(holding - 1, 0) + GENERAL * general) / (holding.sum() + GENERAL)
    return shares


def _left_out(held: csr_matrix, classes: np.ndarray, prior: np.ndarray, weight: float) -> np.ndarray:
    """(rows, classes) mean logarithm of the share that what a row holds has in a class without that row."""
    kinds = int(classes.max()) + 1
    table = np.asarray(held.T @ np.eye(kinds, dtype=np.float32)[classes], np.float64)  # (what is held, classes)
    total = table.sum(axis=0) + weight
    lengths = np.maximum(np.diff(held.indptr), 1)[:, None]
    added = weight * prior[:, None]
    means = np.asarray(held @ np.log((table + added) / total)) / lengths
    without = np.asarray(held @ np.log((np.maximum(table - 1, 0) + added) / total)) / lengths
    logs: np.ndarray = np.where(np.eye(kinds, dtype=bool)[classes], without, means)
    return logs


def _words(holds: csr_matrix, rarity: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """(rows, classes) how much likelier the words of a row are in a class than in general."""
    general = _general(rarity)
    lengths = np.maximum(np.diff(holds.indptr), 1)
    usual = np.asarray(holds @ np.log(general)) / lengths
    ratio: np.ndarray = _left_out(holds, classes, _of_file(holds, general), OF_FILE) - usual[:, None]
    return ratio


def _forms(forms: csr_matrix, classes: np.ndarray) -> np.ndarray:
    """(rows, classes) how usual the forms of a row, or its runs of letters, are in a class: mean logarithm."""
    holding = np.asarray(forms.sum(axis=0)).ravel()
    prior = (np.maximum(holding - 1, 0) + 0.5) / (holding.sum() + 0.5 * len(holding))
    return _left_out(forms, classes, prior, OF_FILE)


def _far(meanings: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """(rows, classes) Mahalanobis's distance, squared, from the middle of each class by the spread within classes."""
    rows, axes = meanings.shape
    kinds = int(classes.max()) + 1
    one_of = np.eye(kinds, dtype=np.float32)[classes]
    sizes = one_of.sum(axis=0)
    middles = (one_of.T @ meanings) / sizes[:, None]
    rest = meanings - middles[classes]
    spread = rest.T @ rest / rows
    spread[np.diag_indices(axes)] += SHRUNK * np.trace(spread) / axes + 1e-6
    solved = np.linalg.solve(spread, np.vstack([meanings, middles]).T.astype(np.float64)).T
    of_rows, of_middles = solved[:rows], solved[rows:]
    far: np.ndarray = (
        (meanings * of_rows).sum(axis=1)[:, None]
        - 2 * meanings @ of_middles.T
        + (middles * of_middles).sum(axis=1)[None, :]
    )
    own = far[np.arange(rows), classes]
    size = np.maximum(sizes[classes], 2)
    weight = size / (size - 1) / rows
    crossed = (rest * of_rows).sum(axis=1)[:, None] - rest @ of_middles.T  # of the row's rest and its way to a middle
    without = far + crossed**2 * (weight / np.maximum(1 - weight * own, 1e-3))[:, None]
    far = np.where(one_of > 0, without * ((size / (size - 1)) ** 2)[:, None], without)
    return far
