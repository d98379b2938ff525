"""The learning curve of the real model: short trainings on an eighth, a quarter, half and all of the rows, resumable.

The parts of a repeat lie within each other; twice the rows have fewer repeats, so that no size takes much more than
another. Each part is trained with as many passes as Tunewise plans for that many rows, and for 50 steps at least; it
counts with its best state at the end of a pass.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from transformers import TrainerCallback

from backend.events import Learning, Phase
from backend.record import Frozen
from backend.store import write_text
from backend.training.config import Knobs
from backend.training.growing import Part, curve_of
from backend.training.search import measure
from backend.training.session import Session
from backend.training.settings import ENOUGH_STEPS, passes_for
from backend.training.trial import Cut, borrowed
from backend.training.watch import Diverged, Report
from rules.facts import CurveFacts

SHARES = (0.125, 0.25, 0.5, 1.0)
REPEATS = (4, 3, 2, 1)
FEWEST_ROWS = 16
LOOKS = 5
"""Passes of a part at most after which the validation rows are looked at."""
FOUND = "curve.json"
"""In the folder as soon as there are enough parts: the curve so far."""


class Found(Frozen):
    """The curve from so many parts, and how long they took in all."""

    parts: int
    seconds: float
    facts: CurveFacts


def planned_parts(rows: int) -> tuple[tuple[int, int], ...]:
    """(rows, repeat) in the order they are trained: every size once first, so that there soon is a curve."""
    counts = {max(FEWEST_ROWS, round(share * rows)): count for share, count in zip(SHARES, REPEATS, strict=True)}
    return tuple((size, repeat) for repeat in range(max(REPEATS)) for size, count in counts.items() if repeat < count)


def knobs_for(knobs: Knobs, rows: int, repeat: int = 0) -> Knobs:
    """The run's settings for a part: passes by its rows and for enough steps, a start and an order of its own."""
    enough = math.ceil(ENOUGH_STEPS / math.ceil(rows / knobs.batch_size))
    passes = max(math.ceil(knobs.epochs), passes_for(rows), enough)
    return knobs.model_copy(update={"epochs": passes, "seed": knobs.seed + repeat})


def steps_for(knobs: Knobs, rows: int) -> int:
    """Optimiser steps of a part, in whole passes."""
    return int(knobs_for(knobs, rows).epochs) * math.ceil(rows / knobs.batch_size)


def measure_curve(session: Session) -> tuple[Literal["finished", "stopped"], int]:
    """Train the parts that are left, within the minutes agreed; why it ended, and the steps of all parts."""
    wanted = session.config.curve
    assert wanted is not None
    parts = planned_parts(min(wanted.rows, len(session.train)))
    sizes = ", ".join(f"{size:,}" for size in dict(parts))
    session.say(Phase(name="learning", detail=f"{len(parts)} short trainings on {sizes} rows"))
    work = Work(session, parts)
    for part in parts:
        if _file(session.run_dir, *part).exists():
            continue
        if session.asked.stop or (wanted.minutes and work.seconds_after(part) > 60 * wanted.minutes):
            break
        try:
            _train(session, work, *part)
        except Cut:
            break
        except Diverged as error:  # no part of the curve, and said; the others may do
            session.say(Phase(name="learning", detail=f"left out, {part[0]:,} rows: {error}"))
            continue
        done = work.done()
        facts = curve_of(done, wanted.total, measure(session.config), f"{session.folder.name}, trained")
        if facts is not None:
            found = Found(parts=len(done), seconds=sum(one.seconds for one in done), facts=facts)
            write_text(session.run_dir / FOUND, found.model_dump_json())
    return "stopped" if session.asked.stop else "finished", work.steps_done()


class Work:
    """All that is to be trained, how much of it is done, and how long the rest will take."""

    def __init__(self, session: Session, parts: Sequence[tuple[int, int]]) -> None:
        self.session, self.parts = session, parts

    def done(self) -> list[Part]:
        """The parts that are trained, in this process or one before."""
        files = [_file(self.session.run_dir, *part) for part in self.parts]
        return [Part.model_validate_json(file.read_bytes()) for file in files if file.exists()]

    def steps_done(self) -> int:
        """Optimiser steps of the parts that are trained."""
        return sum(steps_for(self.session.knobs, part.rows) for part in self.done())

    def seconds_after(self, part: tuple[int, int]) -> float:
        """How long all will have taken once this part is trained too; before the first, nobody knows: 0."""
        done, steps = self.done(), self.steps_done()
        spent = sum(one.seconds for one in done)
        return spent * (1 + steps_for(self.session.knobs, part[0]) / steps) if steps else 0.0

    def tell(self, words: str, done: Sequence[Part], step: int, seconds: float) -> None:
        """Say how far it is, `step` steps and so many seconds into a part."""
        knobs = self.session.knobs
        of = sum(steps_for(knobs, rows) for rows, _ in self.parts)
        at = step + sum(steps_for(knobs, part.rows) for part in done)
        each = (seconds + sum(part.seconds for part in done)) / at
        self.session.say(Learning(step=at, of=of, eta_s=each * (of - at), words=words))


class Growing(TrainerCallback):  # type: ignore[misc]
    """Says how far the work is, keeps the values of the best pass, and ends the part when the run is to stop.

    Of many passes only so many are looked at, the last one always.
    """

    def __init__(self, session: Session, work: Work, words: str, passes: int) -> None:
        self.session, self.work, self.words = session, work, words
        self.every = next(each for each in range(math.ceil(passes / LOOKS), passes + 1) if passes % each == 0)
        self.done = work.done()
        self.began = self.said = time.monotonic()
        self.by_row: list[float] = []

    def on_step_end(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
        control.should_training_stop = self.session.asked.stop or control.should_training_stop
        now = time.monotonic()
        if now - self.said > 1 or state.global_step == state.max_steps:
            self.said = now
            self.work.tell(self.words, self.done, state.global_step, now - self.began)

    def on_epoch_end(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
        if not self.session.asked.stop and round(state.epoch) % self.every == 0:
            now = self.session.by_row(rest["model"])
            if not self.by_row or sum(now) < sum(self.by_row):
                self.by_row = now


def _train(session: Session, work: Work, rows: int, repeat: int) -> None:
    order = random.Random(session.knobs.seed + repeat).sample(session.train, len(session.train))  # noqa: S311
    wanted = knobs_for(session.knobs, rows, repeat)
    growing = Growing(session, work, f"{rows:,} rows, try {repeat + 1}", int(wanted.epochs))
    with borrowed(session, wanted) as (model, knobs):
        trainer = session.trainer(
            model, knobs, session.run_dir / "trials", [Report(), growing], steps_for(session.knobs, rows),
            evaluates=False, rows=order[:rows],
        )  # fmt: skip
        trainer.train()
    if session.asked.stop:
        raise Cut
    if not all(map(math.isfinite, growing.by_row)):
        raise Diverged("The validation loss is not a number.")
    seconds = time.monotonic() - growing.began
    part = Part(rows=rows, repeat=repeat, by_row=tuple(growing.by_row), seconds=seconds)
    write_text(_file(session.run_dir, rows, repeat), part.model_dump_json())


def _file(run_dir: Path, rows: int, repeat: int) -> Path:
    return run_dir / "parts" / f"{rows}-{repeat}.json"
