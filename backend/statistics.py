"""Intervals and tests for scores: exact or well-known methods, each with its source."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

Z95 = 1.959963984540054
"""Two-sided 95 % quantile of the normal distribution."""

Verdict = Literal["better", "worse", "can't tell"]


@dataclass(frozen=True)
class Interval:
    """A score with its 95% interval. `rows` is the number of rows behind it."""

    value: float
    low: float
    high: float
    rows: int

    @property
    def error(self) -> float:
        """The standard error that an interval of this width stands for."""
        return (self.high - self.low) / (2 * Z95)


def interval_of(score: Mapping[str, float]) -> Interval:
    """A score in the contract's form, `{value, low, high, rows}`, as an interval."""
    return Interval(score["value"], score["low"], score["high"], int(score["rows"]))


@dataclass(frozen=True)
class Comparison:
    """A paired difference (second minus first) with its 95% interval and two-sided p-value.

    `rows_needed` estimates how many rows would settle a difference of this size; None when it is settled.
    """

    difference: float
    low: float
    high: float
    p_value: float
    verdict: Verdict
    rows: int
    rows_needed: int | None


def wilson(good: int, of: int, z: float = Z95) -> Interval:
    """Wilson score interval of a proportion (Wilson 1927, JASA 22:209). Raises ValueError for `of` < 1."""
    if of < 1 or not 0 <= good <= of:
        raise ValueError(f"a proportion needs 0 <= good <= of and of >= 1, not {good} of {of}")
    share = good / of
    centre = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return Interval(share, 0.0 if good == 0 else centre - half, 1.0 if good == of else centre + half, of)


def upper_bound(bad: int, of: int, confidence: float = 0.95) -> float:
    """One-sided exact upper bound of a proportion (Clopper & Pearson 1934). 1.0 when nothing was looked at."""
    if of == 0 or bad >= of:
        return 1.0
    from scipy.special import betaincinv  # far lighter to import than scipy.stats

    return float(betaincinv(bad + 1, of - bad, confidence))


def bootstrap_mean(scores: Sequence[float], seed: int = 0, resamples: int = 10_000) -> Interval:
    """Percentile bootstrap interval of a mean (Efron 1979); seeded, so the same scores give the same interval."""
    values = np.asarray(scores, dtype=float)  # (rows,)
    means = _resampled_means(values, seed, resamples)
    low, high = np.quantile(means, [0.025, 0.975])
    return Interval(float(values.mean()), float(low), float(high), len(values))


def score_interval(scores: Sequence[float]) -> Interval:
    """Wilson for scores that are all 0 or 1, bootstrap for anything else."""
    if all(score in (0, 1) for score in scores):
        return wilson(int(sum(scores)), len(scores))
    return bootstrap_mean(scores)


def compare_paired(first: Sequence[float], second: Sequence[float], seed: int = 0) -> Comparison:
    """Is the second better than the first, row for row?

    The interval is a seeded paired bootstrap of the difference (10,000 resamples). The p-value is exact
    McNemar (McNemar 1947) for 0/1 scores, otherwise the sign-flip permutation test. The verdict is 'better'
    or 'worse' only when p < 0.05 and the interval leaves out zero.
    Raises ValueError when the two differ in length or are empty.
    """
    if len(first) != len(second) or not first:
        raise ValueError(f"paired scores must be as many and at least one: {len(first)} and {len(second)}")
    gaps = np.asarray(second, dtype=float) - np.asarray(first, dtype=float)  # (rows,)
    low, high = (float(x) for x in np.quantile(_resampled_means(gaps, seed, 10_000), [0.025, 0.975]))
    binary = all(score in (0, 1) for score in (*first, *second))
    p_value = mcnemar(int((gaps > 0).sum()), int((gaps < 0).sum())) if binary else _sign_flip(gaps, seed)
    difference = float(gaps.mean())
    verdict: Verdict = "can't tell"
    if p_value < 0.05 and low > 0:
        verdict = "better"
    elif p_value < 0.05 and high < 0:
        verdict = "worse"
    needed = None if verdict != "can't tell" else _rows_needed(gaps)
    return Comparison(difference, low, high, p_value, verdict, len(gaps), needed)


def mcnemar(gained: int, lost: int) -> float:
    """Exact two-sided McNemar test: rows only the second got right against rows only the first got right."""
    if gained + lost == 0:
        return 1.0
    from scipy.stats import binomtest

    return float(binomtest(gained, gained + lost, 0.5).pvalue)


def rows_for_gain(gain: float, share: float = 0.5, z: float = Z95) -> int:
    """Test rows from which on a `gain` (0–1) is larger than half the 95 % interval of a score near `share` (0–1).

    n = z² p (1 − p) / gain² with p = `share`: the normal approximation solved for n. At p = 0.5 n is largest. Raises
    ValueError for a gain of 0 or below.
    """
    if gain <= 0:
        raise ValueError("the smallest gain worth having must be above 0")
    return math.ceil(z * z * share * (1 - share) / (gain * gain))


def half_width(rows: int, share: float = 0.5, z: float = Z95) -> float:
    """Half the 95 % interval (0–1) of a score near `share` on so many rows: z √(p (1 − p) / n), normal approximation.

    1 where there are no rows.
    """
    return 1.0 if rows == 0 else z * math.sqrt(share * (1 - share) / rows)


def cohen_kappa(first: Sequence[str], second: Sequence[str]) -> float | None:
    """Agreement beyond chance (Cohen 1960); None when there is nothing to compare or chance explains it all."""
    if len(first) != len(second):
        raise ValueError("two reviewers must have judged the same rows")
    if not first:
        return None
    rows = len(first)
    seen = sum(a == b for a, b in zip(first, second, strict=True)) / rows
    chance = sum((first.count(k) / rows) * (second.count(k) / rows) for k in set(first) | set(second))
    if chance == 1:
        return 1.0 if seen == 1 else None
    return (seen - chance) / (1 - chance)


def _resampled_means(values: np.ndarray, seed: int, resamples: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    block = max(1, min(resamples, 20_000_000 // max(1, len(values))))  # keeps memory under ~160 MB
    means = [
        values[rng.integers(0, len(values), size=(min(block, resamples - start), len(values)))].mean(axis=1)
        for start in range(0, resamples, block)
    ]
    return np.concatenate(means)  # (resamples,)


def _sign_flip(gaps: np.ndarray, seed: int, flips: int = 10_000) -> float:
    rng = np.random.default_rng(seed)
    seen = abs(gaps.sum()) - 1e-12
    hits = 0
    for _ in range(0, flips, 1000):
        signs = rng.choice((-1.0, 1.0), size=(1000, len(gaps)))  # (flips, rows)
        hits += int((np.abs(signs @ gaps) >= seen).sum())
    return (hits + 1) / (flips + 1)


def _rows_needed(gaps: np.ndarray) -> int | None:
    mean, spread = float(gaps.mean()), float(gaps.std(ddof=1)) if len(gaps) > 1 else 0.0
    if mean == 0 or spread == 0:
        return None
    return max(len(gaps) + 1, math.ceil((Z95 * spread / mean) ** 2))
