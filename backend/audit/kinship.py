"""Which rows are of a kind with rows already suspected, and which of the suspected are not: signs of a second look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from backend.audit.bags import Bags
from backend.audit.belonging import settled
from backend.audit.strangeness import foreign_to, labels_differ

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

SUSPECTED = 0.3
"""Chance above which a row is suspected."""
DOUBTED = 0.1
"""Chance above which a row that is not suspected is in doubt."""
FOLDS = 5
"""Parts the rows are dealt into, so that naive Bayes judges none that it has seen."""
FEWEST_TO_LEARN = 5
"""Fewest suspected rows to learn from."""
NEIGHBOURS, FELLOWS = 5, 10
"""Nearest rows of the suspected and of the rest to which likeness is averaged; and those of all rows among which the
suspected are counted."""
MOST = 0.35
"""Share of the rows above which the suspected are part of a broad subject, and nothing is learnt from them."""
NAMES = (
    "words", "forms", "neighbours", "centres", "foreign", "share", "looked", "sure", "doubt", "labels", "own label",
    "letters", "settled", "fit", "expected", "clear", "clear at first", "width at first", "tight", "rest tight",
    "apart", "told by words", "told by forms", "fellows",
)  # fmt: skip
"""The signs, in the order of the values that `kinship` works out."""


def too_few(chances: np.ndarray) -> bool:
    """Whether fewer than two rows are suspected: one alone has no kin."""
    return int((chances > SUSPECTED).sum()) < 2


def alike(meanings: np.ndarray) -> np.ndarray:
    """(rows, rows) how alike (rows, axes) vectors of length 1 are (cosine).

    -1 for a row and itself, so that it is never its own kin.
    """
    likeness: np.ndarray = meanings @ meanings.T
    np.fill_diagonal(likeness, -1)
    return likeness


def kinship(
    bags: Bags, likeness: np.ndarray, first: np.ndarray, chances: np.ndarray, seed: int, found: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Name of a sign → (rows,) values by the `chances` so far; all 0 where under two rows or too many are suspected.

    `likeness`: what `alike` says; `first`: the chances at first; `found`: the signs that they come from.
    """
    from scipy.sparse import csr_matrix

    suspected = chances > SUSPECTED
    rows, some = len(suspected), int(suspected.sum())
    if too_few(chances) or some > MOST * rows:
        return {f"kin, {name}": np.zeros(rows) for name in NAMES}
    rest = ~suspected
    count = min(NEIGHBOURS, some - 1)
    to_some, to_rest = (_nearest(likeness[:, of], count) for of in (suspected, rest))
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
    differ = own_label = letters = settle = fits = np.zeros(rows)
    if bags.labels is not None:
        if some >= FEWEST_TO_LEARN:
            letters = told_by(bags.letters, suspected, seed)
        fits = np.full(rows, found["fits by gain"][suspected].mean() - found["fits by gain"][rest].mean())
        members = csr_matrix(np.stack([rest, suspected]), dtype=np.float32)
        settle = np.full(rows, settled(bags.labels, members)[1])
        differ = np.full(rows, labels_differ(bags.labels, members, np.array([rows - some, some]))[1])
        kinds = bags.labels.max() + 1
        among, others = (np.bincount(bags.labels[of], minlength=kinds) + 1.0 for of in (suspected, rest))
        own_label = np.log(among / among.sum() * others.sum() / others)[bags.labels]
    by_words, by_forms = (
        told_by(held, suspected, seed) if some >= FEWEST_TO_LEARN else np.zeros(rows)
        for held in (bags.holds, bags.forms)
    )
    odds, first_odds = (np.log(of / (1 - of)) for of in (chances, first))
    middles = [bags.meanings[of].mean(axis=0) for of in (suspected, rest)]
    tight, rest_tight = (np.linalg.norm(middle) for middle in middles)
    fellows = np.argpartition(likeness, rows - FELLOWS, axis=1)[:, rows - FELLOWS :]
    values = (
        by_words,
        by_forms,
        to_some - to_rest,
        centres[0] - centres[1],
        np.where(suspected, own, other),
        np.full(rows, some / rows),
        np.ones(rows),
        np.full(rows, chances[suspected].mean()),
        np.full(rows, (rest & (chances > DOUBTED)).sum() / some),
        differ,
        own_label,
        letters,
        settle,
        fits,
        np.full(rows, np.log(chances.sum() / some)),
        np.full(rows, _clear(odds, suspected)),
        np.full(rows, _clear(first_odds, suspected)),
        np.full(rows, first_odds[suspected].std()),
        np.full(rows, tight),
        np.full(rows, rest_tight),
        np.full(rows, middles[0] @ middles[1] / (tight * rest_tight + 1e-9)),
        np.full(rows, by_words[suspected].mean() - by_words[rest].mean()),
        np.full(rows, by_forms[suspected].mean() - by_forms[rest].mean()),
        suspected[fellows].mean(axis=1),
    )
    return dict(zip((f"kin, {name}" for name in NAMES), values, strict=True))


def _clear(odds: np.ndarray, suspected: np.ndarray) -> float:
    """How far the odds of the suspected are above those of as many others, the likeliest."""
    others = np.sort(odds[~suspected])[-int(suspected.sum()) :]
    return float(odds[suspected].mean() - others.mean())


def _nearest(likeness: np.ndarray, count: int) -> np.ndarray:
    """(rows,) mean of the `count` greatest of each row."""
    nearest: np.ndarray = np.partition(likeness, likeness.shape[1] - count, axis=1)[:, -count:].mean(axis=1)
    return nearest


def told_by(all_held: csr_matrix, suspected: np.ndarray, seed: int) -> np.ndarray:
    """(rows,) a fifth of the log odds of being suspected, -4 to 4, by naive Bayes that has not seen the row."""
    holding = np.asarray(all_held.sum(axis=0)).ravel()
    holds = all_held[:, np.flatnonzero(holding >= 2)]
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
