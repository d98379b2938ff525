"""Interval and paired test of corpus metrics: rows are drawn again, their counts added up, the score retaken."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from backend.evaluation.metric import Metric
from backend.statistics import Z95, Comparison, Interval, Verdict

DRAWS = 10_000


def corpus_interval(metric: Metric, counts: np.ndarray, seed: int = 0) -> Interval:
    """Percentile bootstrap over rows (Efron 1979; for BLEU Koehn 2004), widened to hold the score itself.

    counts: (rows, k). Corpus scores of redrawn rows are biased a little, so that without widening the score
    measured could lie outside.
    """
    assert metric.total is not None
    value = float(metric.total(counts.sum(axis=0, keepdims=True))[0])
    scores = np.concatenate([metric.total(weights @ counts) for weights in _weights(len(counts), seed)])  # (draws,)
    low, high = (float(x) for x in np.quantile(scores, [0.025, 0.975]))
    return Interval(value, min(low, value), max(high, value), len(counts))


def compare_corpus(metric: Metric, first: np.ndarray, second: np.ndarray, seed: int = 0) -> Comparison:
    """Is the second better than the first on the same rows? Both: (rows, k).

    Interval: paired bootstrap, the same rows drawn for both. p-value: approximate randomisation, the two
    answers of a row swapped at random (Riezler & Maxwell 2005). Verdict as in `backend.statistics`.
    Raises ValueError when the shapes differ or there are no rows.
    """
    if first.shape != second.shape or not len(first):
        raise ValueError(f"paired counts must have one shape and at least one row: {first.shape}, {second.shape}")
    total = metric.total
    assert total is not None
    rows = len(first)
    difference = float((total(second.sum(axis=0, keepdims=True)) - total(first.sum(axis=0, keepdims=True)))[0])
    gaps = np.concatenate([total(w @ second) - total(w @ first) for w in _weights(rows, seed)])  # (draws,)
    low, high = (float(x) for x in np.quantile(gaps, [0.025, 0.975]))
    low, high = min(low, difference), max(high, difference)
    p_value = _swap_test(metric, first, second, abs(difference), seed)
    verdict: Verdict = "can't tell"
    if p_value < 0.05 and low > 0:
        verdict = "better"
    elif p_value < 0.05 and high < 0:
        verdict = "worse"
    needed = _needed(gaps, difference, rows) if verdict == "can't tell" else None
    return Comparison(difference, low, high, p_value, verdict, rows, needed)


def _weights(rows: int, seed: int) -> Iterator[np.ndarray]:
    """How often each row is drawn: blocks of (draws, rows), each block under ~80 MB."""
    rng = np.random.default_rng(seed)
    block = max(1, min(DRAWS, 5_000_000 // rows))
    for start in range(0, DRAWS, block):
        draws = min(block, DRAWS - start)
        drawn = rng.integers(0, rows, size=(draws, rows)) + rows * np.arange(draws)[:, None]
        yield np.bincount(drawn.ravel(), minlength=draws * rows).reshape(draws, rows).astype(np.float32)


def _swap_test(metric: Metric, first: np.ndarray, second: np.ndarray, seen: float, seed: int) -> float:
    assert metric.total is not None
    rng = np.random.default_rng(seed)
    gap = second - first  # (rows, k)
    block = max(1, min(DRAWS, 5_000_000 // len(gap)))
    hits = 0
    for start in range(0, DRAWS, block):
        swapped = rng.integers(0, 2, size=(min(block, DRAWS - start), len(gap))).astype(np.float32) @ gap
        one, other = first.sum(axis=0) + swapped, second.sum(axis=0) - swapped
        hits += int((np.abs(metric.total(other) - metric.total(one)) >= seen - 1e-9).sum())
    return (hits + 1) / (DRAWS + 1)


def _needed(gaps: np.ndarray, difference: float, rows: int) -> int | None:
    spread = float(gaps.std(ddof=1)) * math.sqrt(rows)
    if difference == 0 or spread == 0:
        return None
    return max(rows + 1, math.ceil((Z95 * spread / difference) ** 2))
