"""Which rows are of a kind with rows already suspected, and which of the suspected are not: signs of a second look."""

from __future__ import annotations

import numpy as np

from backend.audit.strangeness import Bags, foreign_to

FOLDS = 5
FEWEST_TO_LEARN = 5
NEIGHBOURS = 5
MOST = 0.35
"""Share of rows from which on the suspected are parts of a broad subject, and teach nothing."""


def kinship(bags: Bags, suspected: np.ndarray, seed: int) -> dict[str, np.ndarray]:
    """Name of a sign → (rows,) values, all 0 where fewer than two rows or too many are `suspected`, (rows,) of bool."""
    rows, some = len(suspected), int(suspected.sum())
    names = ("words", "neighbours", "centres", "foreign", "share", "looked")
    if some < 2 or some > MOST * rows:
        return {name: np.zeros(rows) for name in names}
    rest = ~suspected
    likeness = bags.meanings @ bags.meanings.T
    np.fill_diagonal(likeness, -1)
    count = min(NEIGHBOURS, some - 1)
    to_some, to_rest = (np.sort(likeness[:, of], axis=1)[:, -count:].mean(axis=1) for of in (suspected, rest))
    # each row is left out of the centre it is held against
    some_centre, rest_centre = (bags.meanings[of].sum(axis=0) - bags.meanings * of[:, None] for of in (suspected, rest))
    centres = [
        (bags.meanings * centre).sum(axis=1) / (np.linalg.norm(centre, axis=1) + 1e-9)
        for centre in (some_centre, rest_centre)
    ]
    holding = np.asarray(bags.holds[np.flatnonzero(rest)].sum(axis=0)).ravel()
    lengths = np.maximum(np.diff(bags.holds.indptr), 1)
    own, other = (
        bags.holds @ foreign_to(np.maximum(holding - itself, 0), float(rest.sum())) / lengths for itself in (0, 1)
    )
    values = (
        _by_words(bags, suspected, seed) if some >= FEWEST_TO_LEARN else np.zeros(rows),
        to_some - to_rest,
        centres[0] - centres[1],
        np.where(suspected, own, other),
        np.full(rows, some / rows),
        np.ones(rows),
    )
    return dict(zip(names, values, strict=True))


def _by_words(bags: Bags, suspected: np.ndarray, seed: int) -> np.ndarray:
    """(rows,) log odds of being suspected by naive Bayes that has not seen the row, between -4 and 4 (in fives)."""
    holding = np.asarray(bags.holds.sum(axis=0)).ravel()
    holds = bags.holds[:, np.flatnonzero(holding >= 2)]
    folds = np.random.default_rng(seed).permutation(len(suspected)) % FOLDS
    odds = np.zeros(len(suspected))
    for fold in range(FOLDS):
        rest = np.flatnonzero(folds == fold)
        logs = []
        for of in (suspected, ~suspected):
            taught = np.flatnonzero(of & (folds != fold))
            counts = np.asarray(holds[taught].sum(axis=0)).ravel() + 0.1
            logs.append((np.log(counts / counts.sum()), np.log((len(taught) + 1) / len(folds))))
        odds[rest] = holds[rest] @ (logs[0][0] - logs[1][0]) + logs[0][1] - logs[1][1]
    return np.clip(odds, -20, 20) / 5
