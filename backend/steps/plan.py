"""Step 4: the smallest set-up that can do it, every setting with its reason, every forecast with its formula."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from backend.domain import Candidate, Estimate, Example, Goal, Plan, Prompt, PromptTrials, Setting, Split
from backend.errors import InputError
from backend.flow import require
from backend.models.calibrate import calibrated, known_calibration
from backend.models.estimate import estimates
from backend.models.folder import ModelFolder, model_sha256
from backend.models.machine import Machine, free_gib, gpus_here, is_here, machine
from backend.models.resolve import resolve
from backend.project import Project
from backend.prompts.encode import token_lengths
from backend.prompts.render import render
from backend.steps import data
from backend.steps.plan_search import with_search
from backend.training.config import Knobs
from backend.training.methods import Here, refuse_impossible
from backend.training.settings import derive_settings, overridden
from backend.training.spread import spread_out
from backend.training.trackers import refuse_missing
from rules.facts import ModelFacts, PlanFacts, Range

Tell = Callable[[str, float], None]
ROWS_FOR_FIT = 100
"""Answers on which bits per byte is measured: enough to rank models, seconds to compute."""


def make_plan(
    project: Project,
    home: Path,
    settings: dict[str, Any],
    prompt: str | None,
    rivals: Sequence[str],
    tell: Tell,
) -> Plan:
    """Derive and estimate. Raises Blocked before the prompts are measured, InputError for an unknown setting or arm."""
    require(project, "plan")
    goal, split = project.need(Goal, "Set the goal first."), project.need(Split, "Add data first (step 2).")
    trials = project.need(PromptTrials, "Try prompts first (step 3).")
    tell("Looking at the model", 0.0)
    folder, here = resolve(trials.model, home), machine(goal.hardware)
    trained = training_prompt(trials, prompt)
    rows = data.examples(project, split.train)
    tell("Counting tokens", 0.1)
    derived, lengths = derived_settings(folder, trained, rows, goal, settings)
    tokens = sum(asked + answered for asked, answered in lengths)
    value = {setting.name: setting.value for setting in derived}
    refuse_missing(str(value["tracker"]), bool(value.get("tracker_online", False)))
    known = Here(here.gpu, find_spec("bitsandbytes") is not None or not is_here(goal.hardware))
    refuse_impossible(str(value["method"]), known, float(value["learning_rate"]))
    epochs, batch = float(value["epochs"]), int(value["batch_size"])
    sha256 = model_sha256(folder.path)
    formulas = estimates(
        folder.shape,
        here,
        batch=int(value["micro_batch"]),
        length=int(value["max_length"]),
        rank=int(value.get("rank", 16)),
        method=Knobs.model_validate(value).method,
        tokens=epochs * tokens,
        prompt=_middle([asked for asked, _ in lengths]),
        answer=_middle([answered for _, answered in lengths]),
        users=goal.users,
        gpus=int(value["processes"]),
        shards=int(value["processes"]) if value.get("spread") == "shards" else 1,
    )
    measured = known_calibration(project, sha256, goal.hardware)
    figures = {one.name: one for one in calibrated(project, formulas, measured)}
    derived, figures = with_search(derived, figures, lengths, goal)
    tell("How close is the model to the domain?", 0.2)
    validation = data.examples(project, split.validation)
    fits = _closeness(folder, [resolve(name, home) for name in rivals], trained, validation, split.seed, tell)
    plan = Plan(
        model=trials.model,
        model_sha256=sha256,
        prompt=trained,
        settings=derived,
        estimates=tuple(figures.values()),
        candidates=_candidates(folder, rivals, home, fits, trials, figures, here),
        model_facts=ModelFacts(
            name=trials.model,
            billions=folder.billions,
            context_tokens=folder.context_tokens,
            longest_input_tokens=max(asked for asked, _ in lengths),
            unsafe_files=folder.unsafe_files,
            remote_code=folder.remote_code,
            licence=folder.licence,
            bits_per_byte=fits[folder.name],
            rivals=tuple((name, bits) for name, bits in fits.items() if name != folder.name),
            smaller_failed=_smaller_failed(project, home, folder, goal),
            rows_too_long=_rows(rows, lengths, lambda asked, answered: asked + answered > int(value["max_length"])),
            rows_answer_cut=_rows(rows, lengths, lambda asked, answered: asked >= int(value["max_length"])),
            planned_tokens=int(value["max_length"]),
        ),
        facts=_plan_facts(goal, figures, here, value, steps=math.ceil(len(rows) / batch * epochs)),
    )
    with project.changing():
        return project.save(plan)


def derived_settings(
    folder: ModelFolder, prompt: Prompt, rows: Sequence[Example], goal: Goal, own: dict[str, Any]
) -> tuple[tuple[Setting, ...], list[tuple[int, int]]]:
    """The settings for these rows with the person's `own` in place, and the (prompt, answer) tokens of the rows."""
    from backend.models.load import load_tokenizer, stops_of

    tokenizer, here = load_tokenizer(folder.path), machine(goal.hardware)
    stops = stops_of(folder.path, tokenizer)
    lengths = token_lengths(tokenizer, [(render(prompt, row), row.answer) for row in rows], stops)
    gpus, mean = gpus_here() if is_here(goal.hardware) else 1, sum(map(sum, lengths)) / len(lengths)
    derived = derive_settings(
        len(rows), lengths, folder.billions, folder.context_tokens, here.gpu, str(own.get("method", "lora")), gpus
    )
    return overridden(spread_out(derived, folder.shape, here, gpus, free_gib(here), mean), own), list(lengths)


def training_prompt(trials: PromptTrials, name: str | None) -> Prompt:
    """The arm to train with: its wording, answered freely, without solved examples (tuning replaces them)."""
    wanted = name or trials.best
    for arm in trials.arms:
        if arm.prompt.name == wanted:
            return plain(arm.prompt)
    known = ", ".join(repr(arm.prompt.name) for arm in trials.arms)
    raise InputError(f"No measured prompt is named {wanted!r}.", do=f"Choose one of: {known}.")


def plain(prompt: Prompt) -> Prompt:
    """The same wording to train with: answered freely, without solved examples."""
    kind = "bare" if prompt.kind == "bare" else "prompt"
    called = f"{prompt.name} (its examples left out)" if prompt.shots else prompt.name
    return prompt.model_copy(update={"name": called, "shots": (), "decoding": "free", "kind": kind})


def _plan_facts(
    goal: Goal, figures: dict[str, Estimate], here: Machine, value: dict[str, Any], steps: int
) -> PlanFacts:
    hours = _range(figures["train_hours"])
    if "search_hours" in figures:
        searching = _range(figures["search_hours"])
        hours = (hours[0] + searching[0], hours[1] + searching[1], hours[2] + searching[2])
    price = goal.price_per_hour
    return PlanFacts(
        train_gib=_range(figures["train_memory"]),
        serve_gib=_range(figures["serve_memory"]),
        available_gib=here.memory_gib,
        hours=hours,
        hours_allowed=goal.training_hours,
        cost=(hours[0] * price, hours[1] * price, hours[2] * price) if price is not None else None,
        cost_allowed=goal.budget,
        ttft_ms=_range(figures["ttft"]),
        tpot_ms=_range(figures["tpot"]),
        ttft_target_ms=goal.ttft_ms,
        tpot_target_ms=goal.tpot_ms,
        steps=steps,
        early_stopping=bool(value["early_stopping"]),
        search_trials=int(value["search_trials"]),
    )


def _closeness(
    folder: ModelFolder,
    others: Sequence[ModelFolder],
    prompt: Prompt,
    validation: Sequence[Example],
    seed: int,
    tell: Tell,
) -> dict[str, float]:
    """Bits per byte of every candidate on the same right answers."""
    from backend.models.generate import LocalModel

    picked = random.Random(seed).sample(list(validation), min(ROWS_FOR_FIT, len(validation)))  # noqa: S311 (a sample)
    found = {}
    for place, candidate in enumerate((folder, *others)):
        tell(f"How close is {candidate.name} to the domain?", 0.2 + 0.7 * place / (1 + len(others)))
        model = LocalModel(candidate)
        found[candidate.name] = model.bits_per_byte([(render(prompt, row), row.answer) for row in picked])
    return found


def _candidates(
    folder: ModelFolder, rivals: Sequence[str], home: Path, fits: dict[str, float], trials: PromptTrials,
    figures: dict[str, Estimate], here: Machine,
) -> tuple[Candidate, ...]:
    found = []
    for candidate in (folder, *(resolve(name, home) for name in rivals)):
        own = tuple(figures.values()) if candidate is folder else estimates(candidate.shape, here)
        need = {one.name: one for one in own}["train_memory"]
        found.append(
            Candidate(
                name=candidate.name, billions=candidate.billions, licence=candidate.licence,
                bits_per_byte=fits[candidate.name], fits=need.typical <= here.memory_gib, estimates=own,
                baseline=trials.facts.best.value if candidate is folder else None,
            )
        )
    return tuple(found)


def _smaller_failed(project: Project, home: Path, folder: ModelFolder, goal: Goal) -> bool:
    """Whether a smaller model was measured on this project's prompts and missed the target."""
    tried = {trial.model: trial.facts.best.value for trial in project.history(PromptTrials)}
    return any(
        value < (goal.target or 1.0) and resolve(name, home).billions < folder.billions for name, value in tried.items()
    )


def _rows(
    rows: Sequence[Example], lengths: Sequence[tuple[int, int]], which: Callable[[int, int], bool]
) -> tuple[int, ...]:
    return tuple(row.row for row, (asked, answered) in zip(rows, lengths, strict=True) if which(asked, answered))


def _range(estimate: Estimate) -> Range:
    return (estimate.low, estimate.typical, estimate.high)


def _middle(values: Sequence[int]) -> int:
    return sorted(values)[len(values) // 2]
