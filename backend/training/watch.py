"""What happens beside the steps: progress events, sealing checkpoints, early stopping, divergence."""

from __future__ import annotations

import math
import resource
import sys
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from statistics import mean
from typing import Any

from transformers import TrainerCallback

from backend.events import Event, Progress, Saved
from backend.store import write_text
from backend.training import ranks
from backend.training.asked import Asked
from backend.training.base import BASE
from backend.training.checkpoints import seal
from backend.training.choice import ChooseBy, worn_out

Say = Callable[[Event], None]
EVERY_S = 2.0
"""Seconds between two readings of the loss on a GPU: a reading waits for the card, which then has nothing to do until
the next step is sent to it."""


def silent(event: Event) -> None:
    """For a trial of the search, whose steps are nobody's news."""


SOON = 5
"""Steps whose mean tells that the loss has left for good, beyond half as much again and two nats above its best such
mean (our choice): one odd row makes a peak, five steps together do not."""


class Diverged(RuntimeError):
    """The loss is not a number any more, or grows instead of falling."""


class NeverANumber(RuntimeError):
    """The loss is not a number before anything was learnt: no setting of the learning can be the cause."""


class Report(TrainerCallback):  # type: ignore[misc]
    """Writes progress, and refuses to go on with a loss that is no number or grows."""

    def __init__(self, say: Say = silent) -> None:
        self.say = say
        self.trainer: Any = None
        self.losses: list[float] = []
        self.best = math.inf
        self.took: deque[float] = deque(maxlen=20)  # seconds a step, of the last readings
        self.begun = 0.0  # when the first step since the last reading began; 0: none did
        self.step = self.tokens = 0
        self.last: Progress | None = None

    def on_step_begin(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
        if not self.begun:
            self.begun, self.step, self.tokens = time.monotonic(), state.global_step, self.trainer.tokens

    def on_step_end(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
        ends = state.global_step in {1, state.max_steps} or control.should_training_stop
        control.should_log = ranks.any_of(ends or args.use_cpu or time.monotonic() - self.begun >= EVERY_S)

    def on_log(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
        logs: dict[str, float] = rest["logs"]
        if "loss" not in logs or "learning_rate" not in logs:
            return
        self.losses.append(logs["loss"])
        self._check()
        took, self.begun = time.monotonic() - self.begun, 0.0
        self.took.append(took / (state.global_step - self.step))
        each = mean(self.took)
        left = state.max_steps - state.global_step
        validations = math.ceil(left / args.eval_steps)
        self.last = Progress(
            step=state.global_step,
            of=state.max_steps,
            loss=logs["loss"],
            learning_rate=logs["learning_rate"],
            tokens_per_s=(self.trainer.tokens - self.tokens) / took,
            memory_gib=memory_gib(),
            eta_s=left * each + validations * self.trainer.validation_s,
            epoch=state.epoch or 0.0,
            grad_norm=logs.get("grad_norm"),
        )
        self.say(self.last)

    def _check(self) -> None:
        last = self.losses[-1]
        if not math.isfinite(last):
            if len(self.losses) == 1 and self.trainer.state.global_step <= 1:
                raise NeverANumber("The loss is not a number, before anything was learnt.")
            raise Diverged(f"The loss is not a number any more, at step {self.trainer.state.global_step}.")
        lately = mean(self.losses[-SOON:])
        self.best = min(self.best, lately) if len(self.losses) > 1 else math.inf
        if len(self.losses) > SOON and lately > 1.5 * self.best + 2:
            raise Diverged(f"The loss grows instead of falling: it was down to {self.best:.2f}, now {lately:.2f}.")
        if len(self.losses) >= 30:
            first, now = sum(self.losses[:5]) / 5, sum(self.losses[-10:]) / 10
            if now > 1.5 * first + 1:
                raise Diverged(f"The loss grows instead of falling: {first:.2f} at the start, {now:.2f} now.")


class Seal(TrainerCallback):  # type: ignore[misc]
    """Makes a checkpoint count, once all its files are written. `base` is the fingerprint of the base model."""

    def __init__(self, say: Say, base: str) -> None:
        self.say, self.base = say, base

    def on_save(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
        ranks.wait()  # each process has written its own state of chance
        if state.is_world_process_zero:
            folder = Path(args.output_dir) / f"checkpoint-{state.global_step}"
            write_text(folder / BASE, self.base)
            seal(folder)
            self.say(Saved(step=state.global_step, folder=str(folder.relative_to(folder.parents[1]))))


class Clean(TrainerCallback):  # type: ignore[misc]
    """Knows whether the weights are those of a whole step: not while the optimiser is changing them."""

    def __init__(self) -> None:
        self.clean = True

    @classmethod
    def of(cls, trainer: Any) -> bool:
        """Whether a trainer with such a callback has the weights of a whole step."""
        return all(one.clean for one in trainer.callback_handler.callbacks if isinstance(one, cls))

    def on_pre_optimizer_step(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
        self.clean = False

    def on_step_end(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
        self.clean = True


class Stop(TrainerCallback):  # type: ignore[misc]
    """Stops early when validation no longer improves, or when asked; `why` says which."""

    def __init__(self, asked: Asked, by: ChooseBy, patience: int | None) -> None:
        self.asked, self.by, self.patience = asked, by, patience
        self.why = ""

    def on_step_end(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
        if ranks.any_of(self.asked.stop) and state.global_step < state.max_steps:
            self.why = "stopped"
            control.should_training_stop = control.should_save = True

    def on_evaluate(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
        if worn_out(state.log_history, self.by, self.patience) and state.global_step < state.max_steps:
            self.why = self.why or "early stopping"
            control.should_training_stop = True


def memory_gib() -> float:
    """The most memory used so far: of the GPU where there is one, else of this process."""
    import torch

    if torch.cuda.is_available():
        return torch.cuda.max_memory_reserved() / 2**30
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**30 if sys.platform == "darwin" else peak / 2**20
