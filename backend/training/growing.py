"""From trainings on growing parts of the rows to a learning curve, and to what twice as many rows would bring.

The law is that of the audit's cheap learner (`backend.audit.curve`): what is still missing falls as a · n^-b (Hestness
et al. 2017, arXiv 1712.00409).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from backend.audit.curve import FLAT
from backend.record import Frozen
from rules.facts import CurveFacts

RESAMPLES = 2000
FLAT_LOSS, FLAT_NATS = 0.02, 0.02
"""Share of the loss, and nats. A doubling that lowers the loss by less than either is not worth collecting for: with
the exponents that Hestness et al. saw (0.07 and more) it lowers it by 5 % at least, and 0.02 nats make a right token
2 % likelier. Our choice."""
FEWEST_SIZES, FEWEST_REPEATS = 3, 2
"""Sizes that a law may be fitted to, and repeats beyond the first from which the play of chance is known."""


class Part(Frozen):
    """One training on `rows` rows, the `repeat`-th of that size. `by_row` is what is missing at each validation row:
    its loss, or 1 - its score."""

    rows: int
    repeat: int
    by_row: tuple[float, ...]
    seconds: float


def curve_of(parts: Sequence[Part], total: int, measure: str, learner: str) -> CurveFacts | None:
    """The curve, and what twice the `total` rows would bring; None with fewer than three sizes.

    Its ranges hold the chance of validation rows (drawn anew) and of training (which rows, which order, which start:
    the spread of the repeats around their size's mean, common to all sizes). `flat` is None where they hold both
    no gain and a worthwhile one, or where too little was repeated to know that spread.
    """
    by_size: dict[int, list[Part]] = defaultdict(list)
    for part in parts:
        by_size[part.rows].append(part)
    sizes = sorted(by_size)
    if len(sizes) < FEWEST_SIZES:
        return None
    rng = np.random.default_rng(0)
    tested = len(parts[0].by_row)
    drawn = rng.multinomial(tested, [1 / tested] * tested, size=RESAMPLES) / tested  # (resamples, rows)
    logs = np.empty((RESAMPLES, len(sizes)))
    means, apart, repeats = [], 0.0, 0
    for at, size in enumerate(sizes):
        missing = np.array([part.by_row for part in by_size[size]])  # (repeats, rows)
        # What was never missing is not never missing: half a row of it may be.
        each = np.maximum(missing @ drawn.T, 0.5 * max(missing.max(), 1e-9) / tested)  # (repeats, resamples)
        logs[:, at] = np.log(each).mean(axis=0)
        seen = np.log(np.maximum(missing.mean(axis=1), 1e-9))
        apart, repeats = apart + float(np.square(seen - seen.mean()).sum()), repeats + len(seen) - 1
        means.append(float(missing.mean()))
    if repeats:  # Student's t: a spread that is itself known from a few repeats only
        chance = rng.standard_t(repeats, size=logs.shape) * np.sqrt(apart / repeats)
        logs += chance / np.sqrt([len(by_size[size]) for size in sizes])
    low, high = _gain(logs, np.log(sizes), total)
    ends = np.exp(np.quantile(logs, [0.025, 0.975], axis=0)).T  # (sizes, 2)
    lost = measure == "loss"
    enough = max(FLAT_LOSS * means[-1], FLAT_NATS) if lost else FLAT
    flat = None if repeats < FEWEST_REPEATS else True if high <= enough else False if low > 0 else None
    shown = [value if lost else 1 - value for value in means]
    return CurveFacts(
        points=tuple(zip(sizes, shown, strict=True)),
        flat=flat,
        gain_of_doubling=(low, high),
        learner=learner,
        measure=measure,
        ranges=tuple((float(a), float(b)) if lost else (1 - float(b), 1 - float(a)) for a, b in ends),
        measured=True,
    )


def _gain(logs: np.ndarray, log_sizes: np.ndarray, total: int) -> tuple[float, float]:
    """2.5 and 97.5 % quantiles of how much less is missing with twice the rows."""
    from_mean = log_sizes - log_sizes.mean()
    slope = logs @ from_mean / (from_mean @ from_mean)  # (resamples,)
    start = logs.mean(axis=1) - slope * log_sizes.mean()
    now, then = (np.exp(start + slope * np.log(size)) for size in (total, 2 * total))
    low, high = np.quantile(now - then, [0.025, 0.975])
    return float(low), float(high)
