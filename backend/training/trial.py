"""One trial of a search: a short training with some settings, looked at whenever it has seen half a pass of rows."""

from __future__ import annotations

import math
import os
import random
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import optuna
from transformers import TrainerCallback

from backend.training.config import Knobs
from backend.training.failures import out_of_memory
from backend.training.preflight import as_it_was
from backend.training.session import Session
from backend.training.space import Space, as_trial, settings_of
from backend.training.study import BY_ROW, DIVERGED, ROWS_SEEN, again
from backend.training.watch import Diverged, Report


class Cut(Exception):
    """The trial was told to stop: it does not count, and is tried again when the search goes on."""


class Rungs(TrainerCallback):  # type: ignore[misc]
    """Reports the validation measure by rows seen, and ends the trial where it is given up or told to stop."""

    def __init__(self, session: Session, trial: optuna.Trial, batch: int) -> None:
        self.session, self.trial, self.batch = session, trial, batch
        self.parent = os.getppid()
        self.pruned = self.cut = False
        self.seen = 0
        self.value = math.nan

    def on_evaluate(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
        self.seen, self.value = state.global_step * self.batch, float(rest["metrics"][self.session.key])
        if state.global_step < state.max_steps and math.isfinite(self.value):
            self.trial.report(self.value, self.seen)
            self.pruned = self.trial.should_prune()
            control.should_training_stop = self.pruned

    def on_step_end(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
        # A process whose parent has gone was helping a worker that was killed.
        self.cut = self.session.asked.stop or os.getppid() != self.parent
        control.should_training_stop = self.cut


@contextmanager
def borrowed(session: Session, knobs: Knobs) -> Iterator[tuple[Any, Knobs]]:
    """(the model to train, the settings that fit); afterwards the base model is as before."""
    model = session.adapted(knobs)
    whole = knobs.method == "full"  # its weights are put back; an adapter is taken off
    try:
        with as_it_was(model) if whole else nullcontext():
            yield model, session.fitted(model, knobs)
    finally:
        if not whole:
            model.unload()


def run_trial(session: Session, space: Space, trial: optuna.Trial) -> float:
    """The validation measure after the trial's passes. Raises TrialPruned, Diverged, Cut, or what a run may raise."""
    rows = len(session.train)
    knobs = as_trial(settings_of(session.knobs, space.draw(trial), rows), space, rows)
    part = random.Random(session.knobs.seed).sample(session.train, min(space.rows, rows))  # noqa: S311 (a sample)
    try:
        with borrowed(session, knobs) as (model, fitted):
            rungs = Rungs(session, trial, fitted.batch_size)
            steps = max(1, round(space.rows * fitted.epochs / fitted.batch_size))
            callbacks = [Report(), rungs]
            session.trainer(model, fitted, session.run_dir / "trials", callbacks, steps, rows=part).train()
            trial.set_user_attr(ROWS_SEEN, rungs.seen)
            if rungs.cut:
                raise Cut
            if rungs.pruned:
                raise optuna.TrialPruned
            if not math.isfinite(rungs.value):
                raise Diverged("The validation loss is not a number.")
            trial.set_user_attr(BY_ROW, session.by_row(model))
            return rungs.value
    except Diverged:
        trial.set_user_attr(DIVERGED, True)
        raise
    except Exception as error:
        if isinstance(error, Cut) or out_of_memory(error):  # tried again; in smaller portions
            again(trial.study, trial)
        raise
