"""Likely label errors by confident learning on out-of-fold predictions of a cheap learner.

Northcutt, Jiang & Chuang 2021, "Confident learning: estimating uncertainty in dataset labels" (arXiv 1911.00068):
a row counts as suspect when the learner is more confident in another label than it usually is where that label is
given. What comes out is a reading list, not a verdict: about half the rows named are really wrong on hard texts.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

import numpy as np

from backend.audit.labels import label_key
from backend.domain import Example

SAMPLE = 20_000
FOLDS = 5
MIN_ROWS = 100
MIN_LIFT = 0.60
"""How much of the way from always guessing the commonest label to never erring the learner must go.

Measured on movie reviews with no, 5 % and 10 % of the labels flipped: a learner at 0.52 named 8 % of sound rows, one
at 0.73 named 2 %. Below the bar its own mistakes would outnumber the wrong labels.
"""


def label_errors(examples: Sequence[Example], seed: int = 0) -> tuple[tuple[int, ...] | None, int]:
    """(suspect rows worst first, rows looked at).

    None for the rows when it can't be told: under 100 rows, one class, or a learner too weak for this task. Classes of
    fewer than five rows are not judged.
    """
    from backend.audit.proxy import features, out_of_fold

    chosen = [example for example in examples if example.answer.strip() and example.input.strip()]
    if len(chosen) > SAMPLE:
        chosen = random.Random(seed).sample(chosen, SAMPLE)  # noqa: S311  # a repeatable sample, no secret
    looked_at = len(chosen)
    counts = Counter(label_key(example.answer) for example in chosen)
    names = sorted(name for name, rows in counts.items() if rows >= FOLDS)
    chosen = [example for example in chosen if counts[label_key(example.answer)] >= FOLDS]
    if len(chosen) < MIN_ROWS or len(names) < 2:
        return None, looked_at
    labels = np.array([names.index(label_key(example.answer)) for example in chosen])  # (rows,)
    try:
        matrix = features([example.input for example in chosen])
    except ValueError:  # no word occurs twice: nothing to learn from
        return None, looked_at
    probabilities = out_of_fold(matrix, labels, seed)
    majority = np.bincount(labels).max() / len(labels)
    accuracy = float((probabilities.argmax(axis=1) == labels).mean())
    if (accuracy - majority) / (1 - majority) < MIN_LIFT:
        return None, looked_at
    suspects = confident_disagreements(probabilities, labels)
    return tuple(chosen[index].row for index in suspects), looked_at


def confident_disagreements(probabilities: np.ndarray, labels: np.ndarray) -> list[int]:
    """Indices of rows off the diagonal of the confident joint, worst first.

    `probabilities` is (rows, classes), out of fold; `labels` are class numbers. A class's threshold is the mean
    probability it gets on the rows that carry it.
    """
    classes = probabilities.shape[1]
    thresholds = np.array([probabilities[labels == name, name].mean() for name in range(classes)])  # (classes,)
    confident = np.where(probabilities >= thresholds, probabilities, -1.0)
    believed = confident.argmax(axis=1)
    off = np.flatnonzero((confident.max(axis=1) > 0) & (believed != labels))
    margin = probabilities[off, believed[off]] - probabilities[off, labels[off]]
    return [int(index) for index in off[np.argsort(-margin, kind="stable")]]
