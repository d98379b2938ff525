"""The cheap proxy learner of the audit: TF-IDF words and word pairs into ridge regression, in plain matrix products.

Regression on class membership judges as well as logistic regression or a support vector machine at a fraction of the
effort (Rifkin, Yeo & Poggio 2003, "Regularized least-squares classification"). It is solved by conjugate gradients
(Hestenes & Stiefel 1952). Where no other reason is given, the constants are our choice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

NAME = "TF-IDF words and word pairs, ridge regression"
"""How the learner is called in a report."""
NAME_WITH_MEANINGS = "TF-IDF words and word pairs, and what the words mean, ridge regression"
"""The same where there are word vectors."""
RIDGE = 0.5
"""Added to the likeness of a text to itself, which is 1."""
SHARPNESS = 8.0
"""The scores, of which 1 is certain and 0 is not at all, are multiplied by it before they are made probabilities."""
STEPS, EXACT = 40, 1e-2
"""Steps of conjugate gradients at most, and the share of the error left at which to stop sooner."""
SMOOTHING = 0.1
"""Added to each count of naive Bayes, so that a word that a class has never had does not rule the class out."""
DENSE = 4_000
"""Rows up to which all likenesses are worked out once and kept: 64 MB."""
MEANING = 0.5
"""How much the likeness of meanings counts beside that of words, which counts 1, where meanings are given."""
MOST = 0.7
"""Share of the rows above which multiplying all their likenesses takes less time than picking out some of them."""
COMMON = 0.02
"""Share of rows above which a feature is multiplied as a dense column, which is faster then."""


class Likeness:
    """How alike rows are, and what can be learnt from that: ridge regression on the cosine of their features.

    `matrix` is (rows, features), `meanings` (rows, axes), or None where only the features count; both have rows of
    length 1. All likenesses are worked out once and kept for up to `DENSE` rows.
    """

    def __init__(self, matrix: csr_matrix, meanings: np.ndarray | None = None) -> None:
        if meanings is None:
            meanings = np.zeros((matrix.shape[0], 0), dtype=np.float32)
        else:
            words, meant = np.float32(1 / np.sqrt(1 + MEANING)), np.float32(np.sqrt(MEANING / (1 + MEANING)))
            matrix, meanings = matrix * words, meanings * meant  # kept in 32 bits: 64 take a multiple of the time
        self.matrix, self.meanings = matrix, meanings
        self.all = _products(matrix) + meanings @ meanings.T if matrix.shape[0] <= DENSE else None

    def scores(self, train: np.ndarray, rest: np.ndarray, labels: np.ndarray, classes: int) -> np.ndarray:
        """(rest, classes): about 1 for the class of a row and 0 for others, learnt from the rows `train`.

        `train` and `rest` are indices of rows; `labels` are class numbers of all rows.
        """
        wanted = np.eye(classes, dtype=np.float32)[labels[train]]
        usual = wanted.mean(axis=0)
        weights = self._solved(train, wanted - usual)
        if self.all is not None:
            return np.asarray(self.all[rest] @ _padded(weights, train, len(self.all)) + usual)
        meant = self.meanings[rest] @ (self.meanings[train].T @ weights)
        return np.asarray(self.matrix[rest] @ (self.matrix[train].T @ weights) + meant + usual)

    def scores_left_out(self, fold: np.ndarray, labels: np.ndarray, classes: int) -> np.ndarray:
        """(rows, classes) the scores of each row by what is learnt from the rows that are not of its `fold`.

        As `scores`, of all folds at once where all likenesses are kept: reading them is what takes the time.
        """
        folds = int(fold.max()) + 1
        if self.all is None:
            scores = np.zeros((len(labels), classes), dtype=np.float32)
            for number in range(folds):
                train, rest = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
                scores[rest] = self.scores(train, rest, labels, classes)
            return scores
        member = np.eye(classes, dtype=np.float32)[labels]
        usual = np.stack([member[fold != number].mean(axis=0) for number in range(folds)])
        taught = (fold[:, None] != np.arange(folds)).astype(np.float32)  # (rows, folds)
        wanted = ((member[:, None] - usual) * taught[:, :, None]).reshape(len(labels), -1)
        taught = np.repeat(taught, classes, axis=1)  # (rows, folds * classes), as all that follow
        alike = self.all
        weights = _conjugate_gradients(lambda toward: (alike @ toward) * taught, wanted, folds)
        said = (self.all @ weights).reshape(len(labels), folds, classes)
        return np.asarray(said[np.arange(len(labels)), fold] + usual[fold])

    def _solved(self, train: np.ndarray, wanted: np.ndarray) -> np.ndarray:
        """(train, classes) weights w with (likeness + RIDGE) w = wanted, each class by itself."""
        most = self.all is not None and len(train) > MOST * len(self.all)
        own = self.matrix[train] if self.all is None else self.all if most else self.all[np.ix_(train, train)]
        meant = self.meanings[train]

        def by_likeness(toward: np.ndarray) -> np.ndarray:
            if self.all is None:
                return np.asarray(own @ (own.T @ toward) + meant @ (meant.T @ toward))
            return np.asarray((own @ _padded(toward, train, len(own)))[train] if most else own @ toward)

        return _conjugate_gradients(by_likeness, wanted)


def _conjugate_gradients(
    by_likeness: Callable[[np.ndarray], np.ndarray], wanted: np.ndarray, systems: int = 1
) -> np.ndarray:
    """(rows, columns) weights w with by_likeness(w) + RIDGE w = wanted, each column by itself.

    The columns are those of so many `systems`, side by side; a system whose columns are all exact enough is left alone.
    """
    weights = np.zeros_like(wanted)
    rest, toward = wanted.copy(), wanted.copy()
    left = start = np.maximum((rest * rest).sum(axis=0), 1e-20)  # (columns,) squared error
    going = np.ones(systems, dtype=bool)
    for _ in range(STEPS):
        moved = by_likeness(toward) + RIDGE * toward
        step = np.repeat(going, len(start) // systems) * left / np.maximum((toward * moved).sum(axis=0), 1e-20)
        weights += step * toward
        rest -= step * moved
        now = np.maximum((rest * rest).sum(axis=0), 1e-20)
        going &= (now > EXACT**2 * start).reshape(systems, -1).any(axis=1)
        if not going.any():
            break
        toward = rest + (now / left) * toward
        left = now
    return weights


def _padded(values: np.ndarray, rows: np.ndarray, size: int) -> np.ndarray:
    """(size, columns) with the values in their rows and 0 elsewhere."""
    padded = np.zeros((size, values.shape[1]), dtype=np.float32)
    padded[rows] = values
    return padded


@dataclass(frozen=True)
class CrossLearnt:
    """What learners said of rows that they had not seen.

    `labels` (rows,): class numbers. `fold` (rows,): the number of the part that a row was left out with. `scores` and
    `probabilities` are (rows, classes): the first by ridge regression alone, the second with naive Bayes as well.
    """

    labels: np.ndarray
    fold: np.ndarray
    likeness: Likeness
    scores: np.ndarray
    probabilities: np.ndarray


def cross_learn(
    matrix: csr_matrix, labels: np.ndarray, seed: int, folds: int = 5, meanings: np.ndarray | None = None
) -> CrossLearnt:
    """Have every row predicted by learners that have not seen it.

    Its probabilities are the geometric mean of those of ridge regression and naive Bayes, which err differently: on
    5 % flipped labels the two together named fewer sound rows than either. `matrix` is (rows, features), `labels`
    (rows,) class numbers from 0, `meanings` (rows, axes) or None. Every class needs at least `folds` rows. `seed` deals
    the rows into folds.
    """
    classes = int(labels.max()) + 1
    likeness = Likeness(matrix, meanings)
    fold = _folds(labels, folds, seed)
    scores, probabilities = likeness.scores_left_out(fold, labels, classes), np.zeros((len(labels), classes))
    for number in range(folds):
        train, rest = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        two = _naive_bayes(matrix[train], labels[train], matrix[rest], classes)
        both = np.sqrt(_shares(SHARPNESS * scores[rest]) * two) + 1e-12
        probabilities[rest] = both / both.sum(axis=1, keepdims=True)
    return CrossLearnt(labels, fold, likeness, scores, probabilities)


def _products(matrix: csr_matrix) -> np.ndarray:
    """(rows, rows) of the rows with one another."""
    common = matrix.getnnz(axis=0) > COMMON * matrix.shape[0]
    dense = matrix[:, np.flatnonzero(common)].toarray()
    seldom = matrix[:, np.flatnonzero(~common)]
    return np.asarray(dense @ dense.T + (seldom @ seldom.T).toarray(), dtype=np.float32)


def _folds(labels: np.ndarray, folds: int, seed: int) -> np.ndarray:
    """(rows,) fold of each row, with every class spread evenly over all folds."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(labels))
    order = order[np.argsort(labels[order], kind="stable")]
    fold = np.empty(len(labels), dtype=np.int64)
    fold[order] = np.arange(len(labels)) % folds
    return fold


def _naive_bayes(known: csr_matrix, labels: np.ndarray, asked: csr_matrix, classes: int) -> np.ndarray:
    """(asked, classes) probabilities by multinomial naive Bayes over weighted counts (Rennie et al. 2003)."""
    member = np.eye(classes, dtype=np.float32)[labels]
    said = np.asarray(known.T @ member, dtype=np.float64).T + SMOOTHING  # (classes, features)
    chances = np.log(said) - np.log(said.sum(axis=1, keepdims=True))
    prior = np.log(np.maximum(member.sum(axis=0), 1e-9) / len(labels))
    return _shares(np.asarray(asked @ chances.T) + prior)


def _shares(scores: np.ndarray) -> np.ndarray:
    """(rows, classes) that sum to one: the softmax of the scores."""
    raised = np.exp(scores.astype(np.float64) - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))
