"""The learning curve of a cheap proxy learner: would more rows help a simple model, and so probably a large one?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from backend.audit.labels import label_key
from backend.domain import Example, Task
from rules.facts import CurveFacts

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

    from backend.audit.proxy import CrossLearnt

SHARES = (0.125, 0.25, 0.5, 1.0)
"""Parts of the training rows that are learnt from: each twice the one before. Our choice."""
FEWEST_LEARNT = 20
"""Rows of the smallest part at least: our choice."""
SEEDS = 5
"""Orders in which the rows are drawn, for the smaller parts: our choice."""
MIN_TRAIN, MIN_VALIDATION = 80, 20
"""Rows below which a score swings too much for a curve of it: our choice."""
MIN_OF_CLASS = 5
"""Training rows a label must have on average: with fewer most are not in the smallest part. Our choice."""
MAX_TRAIN = 20_000
"""Rows above which the curve is that of a sample (`curve_of_sample`), and the power law is followed up to all of them:
our choice."""
FLAT = 0.01
"""Gain in accuracy, 0–1. Doubling the rows for less than one point is not worth the collecting: our choice."""
RESAMPLES = 500
"""Times that rows and seeds are drawn anew for the range of the gain."""


def learning_curve(
    train: Sequence[Example], validation: Sequence[Example], task: Task, seed: int = 0
) -> CurveFacts | None:
    """Accuracy (0–1) on the validation rows after learning from 12.5, 25, 50 and 100 % of the training rows.

    The error of the three larger parts is fitted as a · n^-b (a power law, Hestness et al. 2017, arXiv 1712.00409),
    over and over on validation rows and seeds drawn anew: that gives the 95 % range of the gain from twice the rows.
    (Of 24 curves of film reviews, 400 to 1,800 rows, 23 gains fell within it; with the smallest part, where the law
    bends, 16.) `flat` is True where the whole range is at most `FLAT`, False where it is above 0, and None where it
    cannot be told. `seed` draws the rows. None for tasks other than classification, and where there is too little or
    too much to learn from.
    """
    if task != "classify" or not MIN_TRAIN <= len(train) <= MAX_TRAIN or len(validation) < MIN_VALIDATION:
        return None
    from backend.audit.proxy import NAME
    from backend.audit.word_features import features

    rng = np.random.default_rng(seed)
    names = sorted({label_key(example.answer) for example in (*train, *validation)})
    if len(names) < 2 or len(names) > len(train) / MIN_OF_CLASS:
        return None
    number = {name: at for at, name in enumerate(names)}
    labels = np.array([number[label_key(example.answer)] for example in (*train, *validation)])
    try:
        matrix = features([example.input for example in (*train, *validation)])
    except ValueError:  # no word occurs twice: nothing to learn from
        return None
    sizes = _sizes(len(train))
    return _facts(_right(matrix, labels, len(train), sizes, rng), sizes, rng, len(train), NAME)


def curve_of_sample(said: CrossLearnt, total: int, seed: int = 0) -> CurveFacts:
    """The same where only a sample was learnt from, in folds (`said`): each fold is tested on what the others teach.

    For the largest part the scores are there already; for the smaller ones so many rows of the other folds are learnt
    from anew. The power law is followed up to `total` training rows.
    """
    from backend.audit.proxy import NAME, NAME_WITH_MEANINGS

    rng = np.random.default_rng(seed)
    folds = np.bincount(said.fold)
    tested, sizes = folds.min(), _sizes(len(said.labels) - int(folds.max()))
    right = np.zeros((len(sizes), len(folds), tested))
    for number in range(len(folds)):
        train, rest = rng.permutation(np.flatnonzero(said.fold != number)), np.flatnonzero(said.fold == number)
        for at, size in enumerate(sizes):
            scores = said.scores[rest]
            if size < sizes[-1]:
                scores = said.likeness.scores(train[:size], rest, said.labels, scores.shape[1])
            right[at, number] = (scores.argmax(axis=1) == said.labels[rest])[:tested]
    return _facts(right, sizes, rng, total, NAME_WITH_MEANINGS if said.likeness.meanings.size else NAME)


def _sizes(rows: int) -> list[int]:
    return [max(FEWEST_LEARNT, round(share * rows)) for share in SHARES]


def _facts(right: np.ndarray, sizes: list[int], rng: np.random.Generator, total: int, learner: str) -> CurveFacts:
    """`right` is (sizes, repeats, rows tested), 1 where the answer was right."""
    low, high = _gain_range(right[1:], sizes[1:], rng, total)
    points = tuple((size, float(score)) for size, score in zip(sizes, right.mean(axis=(1, 2)), strict=True))
    flat = True if high <= FLAT else False if low > 0 else None
    return CurveFacts(points=points, flat=flat, gain_of_doubling=(low, high), learner=learner)


def _right(matrix: csr_matrix, labels: np.ndarray, rows: int, sizes: list[int], rng: np.random.Generator) -> np.ndarray:
    """Was each validation row answered right? (sizes, seeds, validation rows) of 0 and 1."""
    from backend.audit.proxy import Likeness

    likeness, held_out, classes = Likeness(matrix), np.arange(rows, len(labels)), int(labels.max()) + 1
    right = np.zeros((len(sizes), SEEDS, len(labels) - rows))
    for repeat in range(SEEDS):
        order = rng.permutation(rows)
        for at, size in enumerate(sizes):
            if size == rows and repeat:  # all rows: every order learns the same
                right[at, repeat] = right[at, 0]
                continue
            scores = likeness.scores(order[:size], held_out, labels, classes)
            right[at, repeat] = scores.argmax(axis=1) == labels[rows:]
    return right


def _drawn(rng: np.random.Generator, resamples: int, count: int) -> np.ndarray:
    """(resamples, count) how often each of `count` things is drawn when so many are drawn with replacement."""
    drawn = rng.integers(0, count, (resamples, count)) + count * np.arange(resamples)[:, None]
    return np.bincount(drawn.ravel(), minlength=resamples * count).reshape(resamples, count)


def _gain_range(
    right: np.ndarray, sizes: list[int], rng: np.random.Generator, total: int
) -> tuple[float, float]:
    """2.5 and 97.5 % quantiles of the forecast gain in accuracy from twice the `total` training rows."""
    log_sizes = np.log(sizes)
    from_mean = log_sizes - log_sizes.mean()
    repeats, tested = right.shape[1:]
    rows, seeds = _drawn(rng, RESAMPLES, tested), _drawn(rng, RESAMPLES, repeats)
    drawn = (right.reshape(-1, tested) @ rows.T).reshape(len(sizes), repeats, RESAMPLES)
    errors = 1 - (drawn * seeds.T).sum(axis=1).T / (tested * repeats)  # (resamples, sizes)
    logs = np.log(np.maximum(errors, 0.5 / tested))  # no error seen is not no error at all
    slope = logs @ from_mean / (from_mean @ from_mean)  # least squares, (resamples,)
    start = logs.mean(axis=1) - slope * log_sizes.mean()
    now, then = (np.exp(start + slope * np.log(size)) for size in (total, 2 * total))
    gains = now - then
    low, high = np.quantile(gains, [0.025, 0.975])
    return float(low), float(high)
