"""Beside step 2: the learning curve of the model itself, measured by a detached process on parts of the rows."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from backend.domain import Estimate, Example, Goal, LearningCurve, Plan, Prompt, PromptTrials, Split
from backend.errors import InputError
from backend.events import AnyEvent, Failed, read
from backend.events import follow as follow_events
from backend.models.estimate import train_hours, train_speed
from backend.models.folder import ModelFolder
from backend.models.machine import machine
from backend.models.resolve import resolve
from backend.project import Project
from backend.prompts.improve import improved_prompts
from backend.steps import data
from backend.steps.arms import metrics_of
from backend.steps.plan import derived_settings, plain, training_prompt
from backend.steps.prompt import labels
from backend.training import launch
from backend.training.config import CurveWanted, Knobs, TrainingConfig
from backend.training.curve import FOUND, Found, planned_parts, steps_for

MOST_ROWS = 8192
"""Rows of the largest part: a law carries on from there to all rows."""
FEWEST_ROWS = 128
"""Rows of the largest part at least: an eighth of fewer is no training."""


@dataclass(frozen=True)
class CurveState:
    """The measuring as it is now. `events` are all so far, oldest first."""

    folder: Path
    state: Literal["running", "ended", "failed"]
    events: tuple[AnyEvent, ...]


def start_curve(project: Project, home: Path, model: str | None, minutes: float) -> Estimate:
    """Start measuring, or go on where it was stopped; the hours it will take at most, as an estimate.

    Model, prompt and settings are the plan's where there is one, else the best prompt's, else `model` and a suggestion.
    The largest part is chosen so that the estimate stays within the `minutes` (0: no limit).
    Raises InputError while it is going on, without rows enough, or when no model is known.
    """
    folder = project.folder / "curve"
    if launch.alive(folder):
        raise InputError("The learning curve is already being measured.", do="Wait for it, or stop it.")
    goal, split = project.need(Goal, "Set the goal first."), project.need(Split, "Add data first (step 2).")
    rows = data.examples(project, split.train)
    base, prompt, own = _planned(project, home, goal, rows, model)
    settings, lengths = derived_settings(base, prompt, rows, goal, own)
    values = {setting.name: setting.value for setting in settings}
    values |= {"processes": 1, "spread": "copies", "search_trials": 0}
    knobs = Knobs.model_validate(values)
    if knobs.choose_by == "score":
        values["score_rows"] = knobs.validation_rows
    if len(rows) < FEWEST_ROWS:
        raise InputError(
            f"{len(rows)} training rows are too few for a learning curve.",
            do=f"Collect at least {FEWEST_ROWS} clean rows to train on first.",
        )
    speed = train_speed(base.shape, machine(goal.hardware), knobs.method)
    each = sum(map(sum, lengths)) / len(lengths)
    most = min(len(rows), MOST_ROWS)
    while True:
        steps = sum(steps_for(knobs, size) for size, _ in planned_parts(most))
        cost = train_hours(speed, steps * knobs.batch_size * each)
        if not minutes or 60 * cost.typical <= minutes or most // 2 < FEWEST_ROWS:
            break
        most //= 2
    config = TrainingConfig(
        run_id="curve", model=str(base.path), prompt=prompt, settings=values, task=goal.task,
        metric=metrics_of(goal)[0], labels=labels(goal, rows), signed=measured_for(project),
        curve=CurveWanted(rows=most, total=len(rows), minutes=minutes),
    )  # fmt: skip
    if _config(folder) != config:
        shutil.rmtree(folder, ignore_errors=True)
        launch.prepare(folder, config, rows, data.examples(project, split.validation))
    launch.start(folder, home)
    return cost.model_copy(update={"name": "curve_hours"})


def curve_state(project: Project) -> CurveState | None:
    """The newest measuring; None before the first. Takes its result in."""
    folder = project.folder / "curve"
    config = _config(folder)
    if config is None:
        return None
    take_in(project)
    alive = launch.alive(folder)
    events = read(folder / "events.jsonl")[0] if alive else list(follow_curve(project))
    failed = bool(events) and isinstance(events[-1], Failed)
    return CurveState(folder, "running" if alive else "failed" if failed else "ended", tuple(events))


def follow_curve(project: Project) -> Iterator[AnyEvent]:
    """Replay and tail the newest measuring until it ends."""
    folder = project.folder / "curve"
    return follow_events(folder / "events.jsonl", lambda: launch.alive(folder))


def stop_curve(project: Project) -> None:
    """Ask it to stop; what is measured stays, and it can go on later. Harmless when it has ended."""
    launch.stop(project.folder / "curve", home=project.home)


def take_in(project: Project) -> None:
    """Take in what was measured on the data and goal as they are now, once it has ended or was stopped."""
    folder = project.folder / "curve"
    config, kept = _config(folder), folder / FOUND
    if config is None or not kept.exists() or launch.alive(folder) or config.signed != measured_for(project):
        return
    found = Found.model_validate_json(kept.read_bytes())
    known = project.fresh(LearningCurve)
    if known is not None and known.facts == found.facts:
        return
    with project.changing():
        project.save(
            LearningCurve(
                model=Path(config.model).name, prompt=config.prompt.name, parts=found.parts, seconds=found.seconds,
                facts=found.facts,
            )
        )  # fmt: skip


def _planned(
    project: Project, home: Path, goal: Goal, rows: tuple[Example, ...], model: str | None
) -> tuple[ModelFolder, Prompt, dict[str, float | int | str | bool]]:
    """Model, prompt and the person's own settings, from the furthest step that is done."""
    plan, trials = project.fresh(Plan), project.fresh(PromptTrials)
    if plan is not None and model in (None, plan.model):
        own = {setting.name: setting.value for setting in plan.settings if setting.source == "you"}
        return resolve(plan.model, home), plan.prompt, own
    if trials is not None and model in (None, trials.model):
        return resolve(trials.model, home), training_prompt(trials, None), {}
    if model is None:
        raise InputError("No model is chosen yet.", do="Name the model whose learning curve is to be measured.")
    suggested = improved_prompts(goal, rows, labels(goal, rows))
    return resolve(model, home), plain(next((one for one in suggested if one.kind == "prompt"), suggested[0])), {}


def measured_for(project: Project) -> str:
    """What a curve is measured on: the split, and what of the goal decides the measure."""
    return "/".join(project.fingerprint(source) for source in ("split", "goal.task,metric"))


def _config(folder: Path) -> TrainingConfig | None:
    try:
        return TrainingConfig.model_validate_json((folder / "config.json").read_bytes())
    except (FileNotFoundError, ValidationError):  # none yet, or of an older Tunewise: measured anew
        return None
