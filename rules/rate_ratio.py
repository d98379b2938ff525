"""Ratio of two rates with its interval and test, and the correction for making several comparisons."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

Z95 = 1.959964
"""Standard deviations to either side of the mean that hold 95 % of a normal distribution."""


class RateRatio(NamedTuple):
    """Rate of one group over that of another, its 95% interval, and the two-sided p-value of no difference."""

    ratio: float
    low: float
    high: float
    p_value: float


def rate_ratio(good: int, of: int, other_good: int, other_of: int) -> RateRatio:
    """`good` of `of` rows against `other_good` of `other_of`: their ratio, its interval, and whether it can be chance.

    The interval is taken on the log scale (Katz et al. 1978, Biometrics 34:469). Where `good` is 0, which has no
    logarithm, half a case is added to all four counts for it. The p-value is that of the two-proportion z-test with the
    pooled rate. Raises ValueError unless both groups have rows and the other one has a favourable answer.
    """
    if not (0 <= good <= of and 0 < other_good <= other_of and of):
        raise ValueError("a ratio of rates needs rows in both groups and a favourable answer in the second")
    ratio = (good / of) / (other_good / other_of)
    extra = 0.0 if good else 0.5
    a, n, b, m = good + extra, of + extra, other_good + extra, other_of + extra
    spread = math.sqrt(max(0.0, 1 / a - 1 / n + 1 / b - 1 / m))
    middle = math.log((a / n) / (b / m))
    pooled = (good + other_good) / (of + other_of)
    error = math.sqrt(pooled * (1 - pooled) * (1 / of + 1 / other_of))
    p_value = math.erfc(abs(good / of - other_good / other_of) / error / math.sqrt(2)) if error else 1.0
    return RateRatio(ratio, math.exp(middle - Z95 * spread), math.exp(middle + Z95 * spread), p_value)


def holm(p_values: Sequence[float], comparisons: int = 0) -> list[float]:
    """P-values adjusted for how many comparisons were made, in the order given (Holm 1979, Scand. J. Statist. 6:65).

    `comparisons` is how many there were, where only those that stood out are given.
    """
    comparisons = max(comparisons, len(p_values))
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    for done, at in enumerate(sorted(range(len(p_values)), key=lambda at: p_values[at])):
        highest = max(highest, min(1.0, (comparisons - done) * p_values[at]))
        adjusted[at] = highest
    return adjusted
