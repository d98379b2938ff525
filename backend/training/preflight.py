"""Before the start, in well under a minute: the longest rows, then a few real steps on a state that is put back.

What would go wrong after an hour goes wrong here, and how long it will take is measured from now on, not estimated.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from statistics import mean
from typing import Any

import numpy
import torch
from transformers import TrainerCallback

from backend.events import Measured, Phase
from backend.prompts.encode import Encoded
from backend.store import write_text
from backend.training.config import Knobs
from backend.training.memory import release, together
from backend.training.session import Session
from backend.training.trainer import answer_loss, on
from backend.training.watch import NeverANumber, Report, memory_gib

MEASURED = "preflight.json"
"""In the run's folder once the trial went well: a resumed run does not need another."""
ENOUGH_S = 30.0
"""Seconds of steps after which no further one is begun."""
ANSWERED = 4
"""Validation rows answered to see how long that takes."""


def preflight(session: Session, model: Any, knobs: Knobs) -> None:
    """Say what was measured. Raises what a run would raise: out of memory, a loss that is no number, a full disk.

    Weights, gradients and the state of chance are as before afterwards, bit for bit.
    """
    if not knobs.preflight_steps or (session.run_dir / MEASURED).exists():
        return
    began = time.monotonic()
    tried = f"before the start: the longest rows, then {knobs.preflight_steps} real steps"
    session.say(Phase(name="checking", detail=tried))
    longest = sorted(session.train, key=len, reverse=True)[: knobs.micro_batch]
    watch = Report()
    with as_it_was(model):
        model.train()
        if not math.isfinite(together(lambda: session.attempt(model, longest))):
            raise NeverANumber("The loss is not a number, before anything was learnt.")
        model.zero_grad(set_to_none=True)
        out = session.run_dir / "preflight"
        trainer = session.trainer(model, knobs, out, [watch, Enough()], knobs.preflight_steps, evaluates=False)
        trainer.train()
        tokens = trainer.tokens / trainer.state.global_step
        validation_s = _validation_s(session, model, began)
    release()
    took = list(watch.took)[1:] or list(watch.took)  # the first step compiles and sets up
    ordinary = mean(map(len, session.train)) * knobs.batch_size / tokens  # rows of these steps against all rows
    step_s = mean(took) * ordinary
    steps = math.ceil(knobs.epochs * math.ceil(len(session.train) / knobs.batch_size))
    measured = Measured(
        steps=steps,
        step_s=step_s,
        validation_s=validation_s,
        eta_s=steps * step_s + math.ceil(steps / knobs.evaluate_every) * validation_s,
        tokens_per_s=tokens / mean(took),
        memory_gib=memory_gib(),
        took_s=time.monotonic() - began,
    )
    write_text(session.run_dir / MEASURED, measured.model_dump_json())
    session.say(measured)


class Enough(TrainerCallback):  # type: ignore[misc]
    """Ends the trial where single steps take very long."""

    def __init__(self) -> None:
        self.began = time.monotonic()

    def on_step_end(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
        if args.world_size == 1 and time.monotonic() - self.began > ENOUGH_S:  # several must all end at the same step
            control.should_training_stop = True


@contextmanager
def as_it_was(model: Any) -> Iterator[None]:
    """Whatever is trained within, afterwards weights and chance are those of before; gradients are gone."""
    trained = {name: part for name, part in model.named_parameters() if part.requires_grad}
    # On the processor: beside the model there may be no room for all its weights once more.
    kept = {name: part.detach().to("cpu", copy=True) for name, part in trained.items()}
    chance = (random.getstate(), numpy.random.get_state(), torch.get_rng_state())
    on_gpu = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []
    try:
        yield
    finally:
        with torch.no_grad():
            for name, part in trained.items():
                part.copy_(kept[name])
        model.zero_grad(set_to_none=True)
        random.setstate(chance[0])
        numpy.random.set_state(chance[1])
        torch.set_rng_state(chance[2])
        if on_gpu:
            torch.cuda.set_rng_state_all(on_gpu)


def _validation_s(session: Session, model: Any, began: float) -> float:
    """Seconds of one try on the validation rows, from a few of them; 0 when there is no time left to look."""
    if time.monotonic() - began > ENOUGH_S:
        return 0.0
    model.eval()
    some: Sequence[Encoded] = session.held[:16]
    with torch.inference_mode():
        started = time.monotonic()
        answer_loss(model, on(model.device, session.collate(some)))
        seconds = (time.monotonic() - started) * len(session.held) / len(some)
        answered = session.scored or session.shown
        few = answered[:ANSWERED]
        started = time.monotonic()
        with session.plainly(model):
            session.answers(model, few, ANSWERED)
        seconds += (time.monotonic() - started) * len(answered) / len(few)
    return seconds
