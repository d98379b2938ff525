"""`prompt` and `plan`: measure ways of asking the base model, then derive every training setting."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.commands.options import Home, Json, ProjectName
from advisor.terminal import Output

if TYPE_CHECKING:
    from backend.domain import Plan, Prompt, PromptTrials


def prompt(
    project: ProjectName,
    model: Annotated[str | None, typer.Option(help="A model's folder, catalogue name or hub name.")] = None,
    rows: Annotated[int, typer.Option(min=1, help="Validation rows to measure on, at most.")] = 150,
    prompts: Annotated[Path | None, typer.Option(metavar="FILE", help="Your own prompts: a JSON list.")] = None,
    json: Json = None,
    home: Home = None,
) -> None:
    """Measure prompts on the base model before any training. Without --model, show the prompts and the last result."""
    from backend import Workbench
    from backend.domain import PromptTrials

    wb = Workbench.open(project, home)
    out = Output(json)
    if model is not None:
        with out.progress() as tell:
            trials: PromptTrials | None = wb.try_prompts(model, _read(prompts) if prompts else None, rows, tell)
    else:
        trials = wb.project.fresh(PromptTrials)
    if trials is not None:
        _show_trials(out, trials)
        return
    suggested = wb.suggested_prompts()
    out.say("Nothing has been measured yet. Suggested prompts (save with --json, edit, give back with --prompts):")
    for one in suggested:
        out.say(f"\n{one.name} ({one.kind}, answers {'among the labels' if one.decoding == 'labels' else 'free'})",
                style="bold")
        out.say(f"{one.system}\n{one.user}".strip())
        if one.shots:
            out.say(f"with {len(one.shots)} solved examples from the training rows")
    out.say(f"\nMeasure them: tunewise prompt {wb.project.id} --model NAME")
    _say_models(out)
    out.result([one.model_dump(mode="json") for one in suggested])


def _say_models(out: Output) -> None:
    from backend.models.resolve import candidates

    out.say("Models known by name, those on this computer first:")
    for entry in candidates()[:8]:
        out.say(f"  {entry.name} ({entry.shape.billions:g}B parameters, {entry.licence})")


def _read(path: Path) -> list[Prompt]:
    from pydantic import TypeAdapter, ValidationError

    from backend import InputError
    from backend.domain import Prompt

    try:
        return TypeAdapter(list[Prompt]).validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise InputError(
            "The prompt file can't be used.", where=str(path), why=str(error).splitlines()[0],
            do='Give a JSON list such as [{"name": "short", "system": "…", "user": "Review: {input}"}].',
        ) from error


def _show_trials(out: Output, trials: PromptTrials) -> None:
    from advisor.words import score

    facts = trials.facts
    metric = next(iter(trials.arms[0].metrics))
    baseline = {"value": facts.baseline.value, "low": facts.baseline.low, "high": facts.baseline.high,
                "rows": facts.baseline.rows}
    out.say(f"Measured with {trials.model}:", style="bold")
    out.say(f"  {facts.baseline.name} (no model at all): {score(metric, baseline)}")
    for arm in trials.arms:
        best = arm.prompt.name == trials.best
        words = score(metric, arm.metrics[metric])
        out.say(f"  {arm.prompt.name}: {words}{'  ← best' if best else ''}", style="bold" if best else "")
    beats = {True: "The best prompt beats guessing without a model.",
             False: "The best prompt does not beat guessing without a model.",
             None: "It can't be told yet whether the best prompt beats guessing without a model."}
    out.say(beats[facts.beats_baseline])
    out.result({
        "model": trials.model,
        "best": trials.best,
        "baseline": {"name": facts.baseline.name, metric: baseline},
        "beats_baseline": facts.beats_baseline,
        "arms": {
            arm.prompt.name: {"kind": arm.prompt.kind, "decoding": arm.prompt.decoding, "metrics": arm.metrics}
            for arm in trials.arms
        },
    })


def plan(
    project: ProjectName,
    set_: Annotated[list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Override a setting.")] = None,
    prompt: Annotated[str | None, typer.Option(metavar="ARM", help="The prompt to train with; else the best.")] = None,
    rival: Annotated[list[str] | None, typer.Option(metavar="MODEL", help="Another model to compare with.")] = None,
    json: Json = None,
    home: Home = None,
) -> None:
    """Derive every training setting with its reason, and estimate memory, time and speed."""
    from backend import Workbench

    wb = Workbench.open(project, home)
    out = Output(json)
    with out.progress() as tell:
        made = wb.make_plan(_settings(set_ or []), prompt, rival or [], tell)
    _show_plan(out, made)
    out.result(made)


def _settings(pairs: list[str]) -> dict[str, float | int | str | bool]:
    from pydantic_core import from_json

    from backend import InputError

    found: dict[str, float | int | str | bool] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals or not name:
            raise InputError(f"{pair!r} sets nothing.", where="--set", do="Write NAME=VALUE, as in --set epochs=2.")
        try:
            value = from_json(text)
        except ValueError:
            value = text
        found[name] = value if isinstance(value, float | int | bool) else text
    return found


def _show_plan(out: Output, made: Plan) -> None:
    from advisor.words import estimate_in_words, figure

    size = f"{figure(made.model_facts.billions)} billion parameters"
    out.say(f"Model: {made.model} ({size}); prompt: {made.prompt.name}", style="bold")
    for setting in made.settings:
        out.say(f"  {setting.name} = {setting.value}: {setting.reason}")
    out.say("Estimates (replaced by measurements as soon as there are any):")
    for one in made.estimates:
        out.say(f"  {estimate_in_words(one)}")
