"""A run as its folder tells it, while it goes on and long after: what it depends on, its curves, what it answered."""

from __future__ import annotations

from pathlib import Path

from backend.events import AnyEvent, Began, Failed, Progress, Samples, Validated, read
from backend.record import Frozen
from backend.training import launch
from backend.training.config import Result, TrainingConfig, Value, read_config
from backend.training.launch import Status
from rules.facts import RunFacts

Points = tuple[tuple[int, float], ...]
"""(step, value) in the order of the steps."""


class Story(Frozen):
    """One run. `about` is what it depends on, by kind (data, model, settings, program) and name.

    `curves` are points by the name of the field they come from; `validation_loss` and `score` are those of the
    validations. `kept` is the validation of the state that is kept, `at` when the run first began.
    """

    run_id: str
    at: str
    state: Status
    task: str
    metric: str
    labels: tuple[str, ...]
    about: dict[str, dict[str, Value]]
    curves: dict[str, Points]
    samples: tuple[Samples, ...]
    kept: Validated | None = None
    facts: RunFacts | None = None
    seconds: float | None = None
    failed: str = ""

    @property
    def steps(self) -> int:
        """Optimiser steps done."""
        return self.curves["loss"][-1][0] if self.curves["loss"] else 0


def story(run_dir: Path) -> Story:
    """Read the run's folder. Raises InputError when it is no run."""
    config = read_config(run_dir)
    events, _ = read(run_dir / "events.jsonl")
    # A resumed run says some steps twice, and a stopped one has an earlier result: the later word counts.
    steps = {event.step: event for event in events if isinstance(event, Progress)}
    tries = {event.step: event for event in events if isinstance(event, Validated)}
    read_out = {event.step: event for event in events if isinstance(event, Samples)}
    state = launch.status(run_dir)
    result = launch.result(run_dir) if (run_dir / "result.json").exists() else None
    last = events[-1] if events else None
    return Story(
        run_id=config.run_id,
        at=events[0].at if events else "",
        state=state,
        task=config.task,
        metric=config.metric,
        labels=config.labels,
        about=_about(config, events, result),
        curves={
            "loss": tuple((step, one.loss) for step, one in sorted(steps.items())),
            "validation_loss": tuple((step, one.loss) for step, one in sorted(tries.items())),
            "score": tuple((step, one.score) for step, one in sorted(tries.items()) if one.score is not None),
            "learning_rate": tuple((step, one.learning_rate) for step, one in sorted(steps.items())),
            "grad_norm": tuple((step, one.grad_norm) for step, one in sorted(steps.items()) if one.grad_norm),
            "tokens_per_s": tuple((step, one.tokens_per_s) for step, one in sorted(steps.items())),
            "memory_gib": tuple((step, one.memory_gib) for step, one in sorted(steps.items())),
        },
        samples=tuple(one for _, one in sorted(read_out.items())),
        kept=next((one for _, one in sorted(tries.items(), reverse=True) if one.best), None),
        facts=result.facts if result else None,
        seconds=result.seconds if result else None,
        failed=last.what if state == "failed" and isinstance(last, Failed) else "",
    )


def _about(config: TrainingConfig, events: list[AnyEvent], result: Result | None) -> dict[str, dict[str, Value]]:
    """What was recorded; a name is missing where it was not."""
    began = next((event for event in reversed(events) if isinstance(event, Began)), None)
    data: dict[str, Value] = {"version": config.data_version} if config.data_version else {}
    model: dict[str, Value] = {"base model": Path(config.model).name}
    program: dict[str, Value] = {}
    if began:
        data |= {"training rows": began.train_sha256, "validation rows": began.validation_sha256}
        model |= {"fingerprint": began.base}
        program |= {"Tunewise": began.program, "hardware": began.hardware, **began.versions}
    elif result:
        program |= {"hardware": result.hardware, **result.versions}
    if result:
        data |= {"rows learnt": result.rows, "rows left out": result.rows_left_out}
    prompt = config.prompt
    model |= {"prompt": prompt.name, "system prompt": prompt.system, "user prompt": prompt.user}
    settings = result.settings if result else began.settings if began else config.settings
    return {"data": data, "model": model, "settings": settings, "program": program}
