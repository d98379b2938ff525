"""Likely label errors: rows whose label is likelier a slip than right, by what a cheap learner makes of the others.

The rows are dealt into parts. For each part a cheap learner is taught the rest, and says how likely each label is for
each row of the part: the probabilities p. Two explanations compete for the label that a row has. With chance 1 - e it
is right, and follows p, sharpened or flattened by one exponent for all rows (temperature scaling, Guo et al. 2017,
arXiv 1706.04599). With chance e it is a slip, to any other label alike. Where the learner tells the classes apart, half
of the slips go to labels that rows like this one have instead (noise that depends on the class, as in Northcutt et al.
2021, arXiv 1911.00068): people mix up what is alike, but a learner that does so itself cannot blame them. The exponent
and e are those under which the labels are likeliest (maximum likelihood). A weak learner explains its own mistakes by a
flat p, so it accuses nobody.

Where labels are plain, as of texts from templates, the learner is sure of all rows alike, and a flat p explains slips
as well as slips do. There its own mistakes would be on rows that it is less sure of than of others; where it
contradicts labels as surely as it confirms them, p is not flattened, and slips need no more evidence. What comes out is
a reading list, not a verdict.
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
"""Most rows that are all looked at: our choice."""
SAMPLE_OF_MANY = 2_000
"""Rows looked at where there are more than `SAMPLE`: the learner takes the longest of all measurements. Our choice."""
FOLDS = 5
"""Parts the rows are dealt into; each is judged by a learner of the others. A class needs as many rows. Our choice."""
MIN_ROWS = 100
"""Rows below which there is too little to learn from: our choice."""
SUSPECT = 0.5
"""Chance of a slip, given label and text, above which a row is named: a slip is the likelier explanation then."""
RIGHT = 2 / 3
"""Share of labels that the learner must say right: in sound sets where it did not, up to 5 % of the rows were named."""
TELLS_APART = 0.85
"""Share of labels said right above which slips are likelier to classes that are alike: our choice."""
EVIDENCE = 5.41
"""How much better slips must explain the labels than their absence: twice the log of the likelihood ratio, against its
1 % point. That is the 2 % point of chi-square with one degree of freedom, as in half of all files without slips the
fit has none: a share cannot be below 0 (Chernoff 1954)."""
NEARLY_ALL = 0.90
"""Share of labels said right from which labels may be plain; and share of these rows of which the learner is `SURE`."""
SURE = 0.55
"""By how much the score of a class leads where the learner is sure of it. Of sound sets in which mistakes were as sure
as the rest, nine rows of ten had 0.51 at most; of sets where slips were overlooked, 0.57 or more."""
AS_SURE, FEWEST_CONTRADICTED = 0.75, 5
"""Share of the rows contradicted that must be as sure as `NEARLY_ALL` others, and the fewest of them that tell: our
choice."""
EXPONENTS = np.exp(np.linspace(-1.5, 2.0, 29))
"""(29,) the exponents that are tried, from 0.22, which flattens p, to 7.4, which sharpens it."""
FIRST_RATE = 0.05
"""The share of slips from which the fit sets out: our choice."""
STEPS, SETTLED = 40, 1e-5
"""Steps of the fit at most, and the change of the share of slips at which to stop sooner."""
TINY = 1e-9
"""Put in the place of 0 where logs are taken or something is divided."""


@dataclass(frozen=True)
class Learnt:
    """What learners said of rows that they had not seen.

    `said` has its rows in the order of `rows`, which are `row` numbers; it is None where there is too little to learn
    from. `looked_at`: how many rows with a label and an input there were to choose from, in the file or the sample of
    it. `of`: how many rows the file has.
    """

    rows: tuple[int, ...]
    said: CrossLearnt | None
    looked_at: int
    of: int


def label_errors(examples: Sequence[Example], seed: int = 0) -> tuple[tuple[int, ...] | None, int]:
    """(the `row` numbers of suspect rows, worst first, or None; rows looked at): `learn` and `suspects` in one."""
    learnt = learn(examples, seed)
    return suspects(learnt), learnt.looked_at


def suspects(learnt: Learnt) -> tuple[int, ...] | None:
    """The `row` numbers of suspect rows, worst first.

    None when it can't be told: fewer than `MIN_ROWS` rows, one class, a learner that is wrong on every third row, or
    one no better than always giving the commonest label. Classes of fewer than `FOLDS` rows are not judged.
    """
    said = learnt.said
    if said is None or not _can_tell(said.probabilities, said.labels):
        return None
    slips = chance_of_slip(said.probabilities, said.labels, plain=_are_plain(said))
    likely = np.flatnonzero(slips > SUSPECT)
    return tuple(learnt.rows[index] for index in likely[np.argsort(-slips[likely], kind="stable")])


def learn(examples: Sequence[Example], seed: int = 0) -> Learnt:
    """Have each row's label predicted by learners that have not seen the row; of many rows those of a sample.

    `seed` draws the sample and deals the rows into parts.
    """
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
    """(texts, axes) what each text means, by its words, less what all mean on average; of length 1.

    None where there are no word vectors. Raises ValueError when no word occurs twice.
    """
    from backend.audit.bags import words
    from backend.audit.word_vectors import word_vectors

    vectors = word_vectors()
    if vectors is None:
        return None
    meant = words(texts, vectors)[2]
    meant = meant - meant.mean(axis=0)
    lengths: np.ndarray = np.linalg.norm(meant, axis=1, keepdims=True) + 1e-9
    return np.asarray(meant / lengths, dtype=np.float32)


def _are_plain(said: CrossLearnt) -> bool:
    """Whether the learner is nearly always right and sure, and as sure where it is not right."""
    ordered = np.sort(said.scores, axis=1)
    lead = ordered[:, -1] - ordered[:, -2]
    right = said.scores.argmax(axis=1) == said.labels
    if right.mean() < NEARLY_ALL or (~right).sum() < FEWEST_CONTRADICTED:
        return False
    usual = float(np.quantile(lead[right], 1 - NEARLY_ALL))
    return usual >= SURE and float((lead[~right] >= usual).mean()) >= AS_SURE


def chance_of_slip(probabilities: np.ndarray, labels: np.ndarray, *, plain: bool = False) -> np.ndarray:
    """(rows,) chance that the label given is a slip, by the fitted mixture; 0 for all where there is no `EVIDENCE`.

    `probabilities` is (rows, classes), each row's from learners that have not seen it; `labels` (rows,) are class
    numbers. With `plain` labels p is not flattened, and no evidence is asked for.
    """
    exponents = EXPONENTS[EXPONENTS > 0.99] if plain else EXPONENTS
    logs = np.log(np.maximum(probabilities, TINY))  # (rows, classes)
    tells_apart = float((probabilities.argmax(axis=1) == labels).mean()) >= TELLS_APART
    given, wrong = np.empty((2, len(exponents), len(labels)))  # chance of the label given, if it is right, if a slip
    for at, exponent in enumerate(exponents):
        shares = _power(logs, exponent)
        given[at] = shares[np.arange(len(labels)), labels]
        wrong[at] = (1 - given[at]) / (probabilities.shape[1] - 1)
        if tells_apart:
            wrong[at] = (wrong[at] + _mixed_up(shares, labels)) / 2
    rate = np.full((len(exponents), 1), FIRST_RATE)
    for _ in range(STEPS):  # expectation maximisation for the share of slips, with all exponents at once
        slipped = rate * wrong
        slips = slipped / ((1 - rate) * given + slipped + TINY)
        before, rate = rate, slips.mean(axis=1, keepdims=True)
        if np.abs(rate - before).max() < SETTLED:
            break
    likelihoods = np.log((1 - rate) * given + rate * wrong + TINY).mean(axis=1)
    best, sound = int(likelihoods.argmax()), np.log(given + TINY).mean(axis=1).max()
    evidence = 2 * len(labels) * (likelihoods[best] - sound)
    return slips[best] if plain or evidence > EVIDENCE else np.zeros(len(labels))


def _mixed_up(shares: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """(rows,) chance of the label given, were it a slip, by how often rows of the other classes have that label."""
    borne = np.eye(shares.shape[1])[labels].T @ shares  # (given, true)
    np.fill_diagonal(borne, 0)
    borne /= np.maximum(borne.sum(axis=0), TINY)
    return np.asarray((shares * borne[labels]).sum(axis=1))


def _power(logs: np.ndarray, exponent: float) -> np.ndarray:
    """(rows, classes) probabilities, given as logs, raised to the exponent and made to sum to one again."""
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
