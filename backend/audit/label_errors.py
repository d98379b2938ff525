"""Likely label errors: rows whose label a cheap learner that has not seen them finds far less likely than a slip.

The learner's out-of-fold probabilities p and the labels are taken as drawn from a mixture: with chance 1 - e the label
follows p (sharpened or flattened by one exponent, temperature scaling of Guo et al. 2017, arXiv 1706.04599), with
chance e it is a slip to any of the other labels. Where the learner tells the classes apart, half of the slips are taken
as to those that rows like it bear (noise that depends on the class, as in Northcutt et al. 2021, arXiv 1911.00068):
people mix up what is alike, but a learner that does so itself cannot blame them. Exponent and e are fitted by maximum
likelihood, and a row is suspect when a slip is the likelier explanation. A weak learner explains its own mistakes by a
flat p, so it accuses nobody. What comes out is a reading list, not a verdict.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backend.audit.labels import label_key
from backend.audit.proxy import CrossLearnt, cross_learn
from backend.domain import Example

SAMPLE = 20_000
SAMPLE_OF_MANY = 2_000
"""Rows looked at where there are more than `SAMPLE`: the learner takes the longest of all measurements."""
FOLDS = 5
"""Parts the rows are dealt into; each is judged by a learner of the others, so a class needs as many rows."""
MIN_ROWS = 100
"""Rows below which there is too little to learn from: our choice."""
SUSPECT = 0.5
"""Chance of a slip, given label and text, above which a row is named."""
RIGHT = 2 / 3
"""Share of labels that the learner must say right: in sound sets where it did not, up to 5 % of the rows were named."""
TELLS_APART = 0.85
"""Share of labels said right above which slips are likelier to classes that are alike: our choice."""
EVIDENCE = 6.63
"""How much better slips must explain the labels than their absence: likelihood ratio, 1 % point of chi-square."""
EXPONENTS = np.exp(np.linspace(-1.5, 2.0, 29))
STEPS, SETTLED = 40, 1e-5
"""Steps at most, and the change of the share of slips at which to stop."""
FEWEST = 1e-9


@dataclass(frozen=True)
class Learnt:
    """Learners of `rows`, the row numbers in the order of theirs; None where there is too little to learn from.

    `looked_at`: how many rows they were chosen from, those with a label and an input of all or of a sample of the `of`.
    """

    rows: tuple[int, ...]
    said: CrossLearnt | None
    looked_at: int
    of: int


def label_errors(examples: Sequence[Example], seed: int = 0) -> tuple[tuple[int, ...] | None, int]:
    """(suspect rows worst first, rows looked at), as `suspects` says."""
    learnt = learn(examples, seed)
    return suspects(learnt), learnt.looked_at


def suspects(learnt: Learnt) -> tuple[int, ...] | None:
    """Suspect rows, worst first.

    None when it can't be told: under 100 rows, one class, a learner that is wrong on every third row, or one no better
    than always giving the commonest label. Classes of fewer than five rows are not judged.
    """
    said = learnt.said
    if said is None or not _can_tell(said.probabilities, said.labels):
        return None
    slips = chance_of_slip(said.probabilities, said.labels)
    likely = np.flatnonzero(slips > SUSPECT)
    return tuple(learnt.rows[index] for index in likely[np.argsort(-slips[likely], kind="stable")])


def learn(examples: Sequence[Example], seed: int = 0) -> Learnt:
    """Learn labels from texts, each row's by learners that have not seen it; of many rows from a sample."""
    from backend.audit.word_features import features

    of, drawn = len(examples), examples
    if of > SAMPLE:
        drawn = random.Random(seed).sample(examples, SAMPLE_OF_MANY)  # noqa: S311  # a repeatable sample, no secret
    chosen = [example for example in drawn if example.answer.strip() and example.input.strip()]
    keys = [label_key(example.answer) for example in chosen]
    counts = Counter(keys)
    names = {name: at for at, name in enumerate(sorted(name for name, rows in counts.items() if rows >= FOLDS))}
    kept = [at for at, key in enumerate(keys) if key in names]
    if len(kept) < MIN_ROWS or len(names) < 2:
        return Learnt((), None, len(chosen), of)
    labels = np.array([names[keys[at]] for at in kept])  # (rows,)
    try:
        texts = [chosen[at].input for at in kept]
        matrix, meanings = features(texts), _meanings(texts)
    except ValueError:  # no word occurs twice: nothing to learn from
        return Learnt((), None, len(chosen), of)
    said = cross_learn(matrix, labels, seed, FOLDS, meanings)
    return Learnt(tuple(chosen[at].row for at in kept), said, len(chosen), of)


def _meanings(texts: Sequence[str]) -> np.ndarray | None:
    """(texts, axes) what each text means against the others, of length 1; None where there are no word vectors."""
    from backend.audit.bags import words
    from backend.audit.word_vectors import word_vectors

    vectors = word_vectors()
    if vectors is None:
        return None
    meant = words(texts, vectors)[2]
    meant = meant - meant.mean(axis=0)
    lengths: np.ndarray = np.linalg.norm(meant, axis=1, keepdims=True) + 1e-9
    return np.asarray(meant / lengths, dtype=np.float32)


def chance_of_slip(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """(rows,) chance that the label given is a slip, by the fitted mixture.

    `probabilities` is (rows, classes), out of fold; `labels` are class numbers.
    """
    logs = np.log(np.maximum(probabilities, FEWEST))  # (rows, classes)
    tells_apart = float((probabilities.argmax(axis=1) == labels).mean()) >= TELLS_APART
    given, wrong = np.empty((2, len(EXPONENTS), len(labels)))  # chance of the label given, if it is right, if a slip
    for at, exponent in enumerate(EXPONENTS):
        shares = _power(logs, exponent)
        given[at] = shares[np.arange(len(labels)), labels]
        wrong[at] = (1 - given[at]) / (probabilities.shape[1] - 1)
        if tells_apart:
            wrong[at] = (wrong[at] + _mixed_up(shares, labels)) / 2
    rate = np.full((len(EXPONENTS), 1), 0.05)
    for _ in range(STEPS):  # expectation maximisation for the share of slips, with all exponents at once
        slipped = rate * wrong
        slips = slipped / ((1 - rate) * given + slipped + FEWEST)
        before, rate = rate, slips.mean(axis=1, keepdims=True)
        if np.abs(rate - before).max() < SETTLED:
            break
    likelihoods = np.log((1 - rate) * given + rate * wrong + FEWEST).mean(axis=1)
    best, sound = int(likelihoods.argmax()), np.log(given + FEWEST).mean(axis=1).max()
    evidence = 2 * len(labels) * (likelihoods[best] - sound)
    return slips[best] if evidence > EVIDENCE else np.zeros(len(labels))


def _mixed_up(shares: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """(rows,) chance of the label given, were it a slip, by how often rows of the other classes bear it."""
    borne = np.eye(shares.shape[1])[labels].T @ shares  # (given, true)
    np.fill_diagonal(borne, 0)
    borne /= np.maximum(borne.sum(axis=0), FEWEST)
    return np.asarray((shares * borne[labels]).sum(axis=1))


def _power(logs: np.ndarray, exponent: float) -> np.ndarray:
    """(rows, classes) probabilities raised to the exponent and made to sum to one again."""
    scaled = logs * exponent
    raised = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    shares: np.ndarray = raised / raised.sum(axis=1, keepdims=True)
    return shares


def _can_tell(probabilities: np.ndarray, labels: np.ndarray) -> bool:
    """Whether the learner is right on two rows in three, and more often than the commonest label, by more than two
    standard errors."""
    commonest = np.bincount(labels).max() / len(labels)
    right = float((probabilities.argmax(axis=1) == labels).mean())
    return right > RIGHT and bool(right - commonest > 2 * math.sqrt(commonest * (1 - commonest) / len(labels)))
