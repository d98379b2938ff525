"""What a search over settings will cost, for the plan: said before it is agreed to."""

from __future__ import annotations

from collections.abc import Sequence

from backend.domain import Estimate, Goal, Setting
from backend.models.estimate import search_hours
from backend.report.page import duration
from backend.training.config import Knobs
from backend.training.space import space_of

OFFERED = 8
"""Trials whose cost is named where none are planned: enough to say what mattered where it mattered much."""
FORWARD = 1 / 3
"""What a token costs that is only looked at, as a share of one that is learnt from."""


def with_search(
    settings: Sequence[Setting], figures: dict[str, Estimate], lengths: Sequence[tuple[int, int]], goal: Goal
) -> tuple[tuple[Setting, ...], dict[str, Estimate]]:
    """Settings and estimates with what the search will take, or would take where none is planned.

    No more passes may be searched than the hours of the goal allow.
    """
    value = {setting.name: setting.value for setting in settings}
    knobs = Knobs.model_validate(value)
    allowed, hours = goal.training_hours, figures["train_hours"].typical
    passes = knobs.search_passes
    while allowed is not None and passes > knobs.epochs and hours * passes / knobs.epochs > allowed:
        passes -= 1
    knobs = knobs.model_copy(update={"search_passes": passes})
    trials = knobs.search_trials or OFFERED
    cost = search_hours(figures["train_speed"], trials, _tokens(knobs, lengths), knobs.search_at_once)
    if knobs.search_minutes:
        most = knobs.search_minutes / 60
        low, typical, high = (min(most, each) for each in (cost.low, cost.typical, cost.high))
        formula = f"{cost.formula}, at most {knobs.search_minutes:g} minutes"
        cost = cost.model_copy(update={"low": low, "typical": typical, "high": high, "formula": formula})
    least, usual, longest = (duration(3600 * each) for each in (cost.low, cost.typical, cost.high))
    told = f"{trials} trials would take {usual}, between {least} and {longest} (an estimate)."
    planned = bool(knobs.search_trials)
    reason = next(setting.reason for setting in settings if setting.name == "search_trials")
    said: dict[str, dict[str, object]] = {
        "search_trials": {"reason": f"{reason if planned else 'No search over settings.'} {told}"}
    }
    if passes != value["search_passes"]:
        said["search_passes"] = {"value": passes, "reason": f"The most that the {allowed:g} hours of the goal allow."}
    changed = tuple(setting.model_copy(update=said.get(setting.name, {})) for setting in settings)
    return changed, {**figures, "search_hours": cost} if planned else figures


def _tokens(knobs: Knobs, lengths: Sequence[tuple[int, int]]) -> tuple[float, float, float]:
    """Training tokens' worth of work of a trial: given up at its first look, typical, the longest."""
    space = space_of(knobs, len(lengths))
    each = sum(asked + answered for asked, answered in lengths) / len(lengths)
    looks = FORWARD * each * knobs.validation_rows
    passes = getattr(space.ranges.get("epochs"), "choices", (knobs.epochs,))
    half, whole, longest = 0.5, sum(passes) / len(passes), max(passes)
    few, typical, most = (rows * space.rows * each + (2 * rows + 1) * looks for rows in (half, whole, longest))
    return few, typical, most
