"""What a search may change, given the rows, the method and the machine; and the settings that a trial stands for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution

from backend.training.config import Knobs
from backend.training.methods import HIGHEST_FULL_RATE
from backend.training.settings import ENOUGH_STEPS, largest_divisor

RATES = {"lora": (5e-5, 1e-3), "qlora": (5e-5, 1e-3), "full": (5e-6, HIGHEST_FULL_RATE)}
RANKS = (8, 16, 32)
LARGEST_BATCH = 32
"""LoRA learns worse with more rows per step (Schulman et al. 2025, LoRA Without Regret)."""
WHOLE = 0.5
"""Share of the training rows a trial must see for the number of passes to be tried: on few rows more passes always look
better."""


@dataclass(frozen=True)
class Space:
    """The ranges to try, the training rows of one pass of a trial, and why a setting is not tried."""

    ranges: dict[str, BaseDistribution]
    rows: int
    fixed: dict[str, str]

    def draw(self, trial: optuna.Trial) -> dict[str, Any]:
        """One value of each range."""
        return {name: _drawn(trial, name, one) for name, one in self.ranges.items()}


def space_of(knobs: Knobs, rows: int) -> Space:
    """The space around the given settings for `rows` training rows; the given settings always lie in it."""
    fixed = {}
    low, high = RATES[knobs.method]
    ranges: dict[str, BaseDistribution] = {
        "learning_rate": FloatDistribution(
            min(low, knobs.learning_rate), max(high, knobs.learning_rate), log=True
        )
    }
    if knobs.method == "full":
        fixed["rank"] = "training all weights has none"
    else:
        ranges["rank"] = CategoricalDistribution(sorted({*RANKS, knobs.rank}))
    batches = _batches(knobs, rows)
    if len(batches) > 1:
        ranges["batch_size"] = CategoricalDistribution(batches)
    else:
        fixed["batch_size"] = f"with others, the run would have fewer than {ENOUGH_STEPS} steps or too large ones"
    part = min(rows, max(knobs.search_rows, 1))
    part = max(part // (2 * batches[-1]) * 2 * batches[-1], batches[-1])
    passes = [*range(1, int(max(knobs.search_passes, knobs.epochs)) + 1)] if knobs.epochs >= 1 else []
    if part < WHOLE * rows:
        fixed["epochs"] = (
            f"a trial sees {part:,} of {rows:,} rows, and on few rows more passes always look better"
        )
    elif len({*passes, knobs.epochs}) == 1:
        fixed["epochs"] = "the plan allows no more than the one pass"
    else:
        ranges["epochs"] = CategoricalDistribution(sorted({*map(float, passes), knobs.epochs}))
    return Space(ranges, part, fixed)


def given(knobs: Knobs, space: Space) -> dict[str, Any]:
    """The given settings as a trial."""
    return {name: getattr(knobs, name) for name in space.ranges}


def settings_of(knobs: Knobs, params: dict[str, Any], rows: int) -> Knobs:
    """The settings of the run with a trial's values; what is counted in steps keeps its share of the `rows`."""
    changed = knobs.model_copy(update=params)
    before, now = (rows * one.epochs / one.batch_size for one in (knobs, changed))
    each = changed.batch_size // changed.processes
    return changed.model_copy(
        update={
            "alpha": knobs.alpha * changed.rank // knobs.rank,
            "micro_batch": largest_divisor(each, knobs.micro_batch),
            "warmup_steps": round(knobs.warmup_steps * now / before),
            "evaluate_every": max(1, round(knobs.evaluate_every * knobs.batch_size / changed.batch_size)),
        }
    )


def as_trial(knobs: Knobs, space: Space, rows: int) -> Knobs:
    """The same settings on the rows of a trial: looked at after every half of a pass, whatever the rows per step."""
    each = knobs.batch_size
    return knobs.model_copy(
        update={
            "warmup_steps": round(knobs.warmup_steps * space.rows / rows),
            "evaluate_every": max(1, space.rows // (2 * each)),
        }
    )


def _drawn(trial: optuna.Trial, name: str, one: BaseDistribution) -> Any:
    if isinstance(one, FloatDistribution):
        return trial.suggest_float(name, one.low, one.high, log=one.log)
    assert isinstance(one, CategoricalDistribution)
    return trial.suggest_categorical(name, one.choices)


def _batches(knobs: Knobs, rows: int) -> list[int]:
    """Half and twice the given rows per step, where they leave enough steps and can be spread over the processes."""
    found = {knobs.batch_size}
    for batch in (knobs.batch_size // 2, 2 * knobs.batch_size):
        whole = batch >= 2 * knobs.processes and batch % knobs.processes == 0 and 2 * batch <= rows
        if whole and batch <= LARGEST_BATCH and rows * knobs.epochs / batch >= ENOUGH_STEPS:
            found.add(batch)
    return sorted(found)
