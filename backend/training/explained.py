"""From the trials of a search to what it found: which settings to take, and which setting mattered."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import optuna
from optuna.distributions import BaseDistribution, FloatDistribution
from optuna.importance import FanovaImportanceEvaluator, get_param_importances

from backend.searched import Searched, Tried

RESAMPLES = 4000
CLEAR = 0.05
"""Chance up to which a setting is said to have mattered."""
FEWEST = 6
"""Trials below which nothing is said about what mattered: a parabola through five points explains anything."""


@dataclass(frozen=True)
class Evidence:
    """A trial, the ranges it was drawn from, and its value by validation row (lower is better; empty unless it ran to
    its end)."""

    tried: Tried
    ranges: dict[str, BaseDistribution]
    by_row: tuple[float, ...] = ()


def explain_search(trials: Sequence[Evidence], measure: str, higher_is_better: bool, **known: object) -> Searched:
    """What to take from these trials and what to say of them. `known` are further fields of `Searched`."""
    ended = [one for one in trials if one.tried.state == "complete" and one.tried.value is not None]
    sign = -1.0 if higher_is_better else 1.0
    best = min(ended, key=lambda one: sign * float(one.tried.value or 0.0), default=None)
    given = next((one for one in ended if one.tried.given), None)
    found: dict[str, object] = {"best": best and best.tried.number, "given": given and given.tried.number}
    chosen = best
    if best and given and best is not given:
        gain, low, high, error = against_given(given, best, ended)
        found |= {"gain": gain, "low": low, "high": high, "rows": len(given.by_row)}
        chosen = best if gain > error else given
    importance, mattered, chance = what_mattered(trials, sign)
    return Searched.model_validate({
        "measure": measure, "higher_is_better": higher_is_better, "tried": [one.tried for one in trials],
        "chosen": chosen and chosen.tried.number, "importance": importance, "mattered": mattered, "chance": chance,
        **found, **known,
    })  # fmt: skip


def against_given(given: Evidence, best: Evidence, ended: Sequence[Evidence]) -> tuple[float, float, float, float]:
    """(gain, low, high, its standard error): by how much the best is better than the given settings, row for row.

    The best of many looks better than it is. So the interval is one that holds for all trials at once: its width comes
    from the largest of the differences to the given settings in rows drawn anew (the bootstrap's form of Dunnett's
    comparison with a control; Westfall & Young 1993). The standard error is that of this one difference: settings
    within one of the given ones are not taken (the one-standard-error rule of Breiman et al. 1984).
    """
    others = [one for one in ended if one is not given]
    gaps = np.array([np.subtract(given.by_row, one.by_row) for one in others])  # (trials, rows), above 0: better
    rows = gaps.shape[1]
    drawn = np.random.default_rng(0).multinomial(rows, [1 / rows] * rows, size=RESAMPLES)  # (resamples, rows)
    means, seen = gaps @ drawn.T / rows, gaps.mean(axis=1)  # (trials, resamples), (trials,)
    errors = means.std(axis=1)
    differ = errors > 0
    spread = np.abs(means - seen[:, None])[differ] / errors[differ, None]
    wide = float(np.quantile(spread.max(axis=0), 0.95)) if differ.any() else 0.0
    at = others.index(best)
    gain, error = float(seen[at]), float(errors[at])
    return gain, gain - wide * error, gain + wide * error, error


def what_mattered(trials: Sequence[Evidence], sign: float) -> tuple[dict[str, float], str, float | None]:
    """(share of each setting, the one that mattered most or "", how often chance alone would make it look so).

    The shares are fANOVA's (Hutter et al. 2014) on the places of the trials, first to last, so that one that went
    wrong does not outweigh the rest; one that was given up counts with its last value, one that diverged as worst.
    Shares add up to 1 even for pure noise, so the first is only named when the places, dealt out at random, would be
    explained as well in at most 5 of 100 such searches.
    """
    names = [
        name for name in (trials[0].ranges if trials else {}) if len({one.tried.settings[name] for one in trials}) > 1
    ]
    if len(trials) < FEWEST or not names:
        return {}, "", None
    values = [math.inf if one.tried.value is None else sign * one.tried.value for one in trials]
    places = np.searchsorted(np.sort(values), values).astype(float)
    if len(set(places)) == 1:
        return {}, "", None
    shares = _shares(trials, names, places)
    first = max(shares, key=lambda name: shares[name])
    chance = min(1.0, len(names) * _chance(trials, first, places))  # the first of several: Bonferroni
    return shares, first if chance <= CLEAR else "", chance


def _shares(trials: Sequence[Evidence], names: Sequence[str], places: np.ndarray) -> dict[str, float]:
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study()
    for one, place in zip(trials, places, strict=True):
        study.add_trial(
            optuna.create_trial(
                value=float(place),
                params={name: one.tried.settings[name] for name in names},
                distributions={name: one.ranges[name] for name in names},
            )
        )
    found = get_param_importances(study, evaluator=FanovaImportanceEvaluator(seed=0), params=list(names))
    return {name: float(share) for name, share in found.items()}


def _chance(trials: Sequence[Evidence], name: str, places: np.ndarray) -> float:
    """How often the setting explains as much of the places when these are dealt out at random."""
    values = [one.tried.settings[name] for one in trials]
    if isinstance(trials[0].ranges[name], FloatDistribution):
        at = np.log(np.array(values, dtype=float))
        design = np.vander((at - at.mean()) / (at.std() or 1.0), 3)  # a parabola: too small and too large are both bad
    else:
        design = np.array([[value == kind for kind in sorted(set(values), key=float)] for value in values], dtype=float)
    basis, _ = np.linalg.qr(design)
    rng = np.random.default_rng(0)
    dealt = np.array([rng.permutation(places) for _ in range(RESAMPLES)])  # (resamples, trials)
    explained = np.square(dealt @ basis).sum(axis=1)
    seen = float(np.square(places @ basis).sum())
    return float(((explained >= seen - 1e-9).sum() + 1) / (RESAMPLES + 1))
