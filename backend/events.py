"""What happens in a run, as typed events appended to `events.jsonl`, and one way to read them.

The worker appends; the command line, the app and Python read with `follow()`. A half-written last line is
left for later; a worker that died without a word becomes a `Failed` event for the reader.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from backend.record import Frozen, now
from backend.searched import Searched


class Event(Frozen):
    """Base: when it happened (UTC, ISO 8601)."""

    at: str = Field(default_factory=now)


class Began(Event):
    """A worker took the run up: with what program, packages and hardware, from what data, model and settings.

    `program` is Tunewise's version and the hash of its code; `base` is `backend.training.base.fingerprint`; the data
    are SHA-256 of all rows given for training and for validation (`backend.data.store.content_sha256`).
    """

    kind: Literal["began"] = "began"
    program: str
    versions: dict[str, str]
    hardware: str
    base: str
    train_sha256: str
    validation_sha256: str
    settings: dict[str, float | int | str | bool]


class Phase(Event):
    """The run entered a phase, in words a person reads: loading, preparing, training, saving."""

    kind: Literal["phase"] = "phase"
    name: str
    detail: str = ""


class Waiting(Event):
    """The run waits for devices: `place` is 1 for the next in line, `why` says who has them, in sentences."""

    kind: Literal["waiting"] = "waiting"
    place: int
    why: str


class Progress(Event):
    """One logged optimiser step. Loss is mean cross-entropy per answer token; `eta_s` counts from now.

    `grad_norm` is the length of all gradients together, before clipping.
    """

    kind: Literal["progress"] = "progress"
    step: int
    of: int
    loss: float
    learning_rate: float
    tokens_per_s: float
    memory_gib: float
    eta_s: float
    epoch: float
    grad_norm: float | None = None


class Validated(Event):
    """A validation. `score` is the task metric on generated answers of a sample of `rows`, with its 95% interval;
    `best` if it is the best so far."""

    kind: Literal["validated"] = "validated"
    step: int
    loss: float
    score: float | None = None
    metric: str = ""
    best: bool = False
    low: float | None = None
    high: float | None = None
    rows: int = 0


class Sample(Frozen):
    """What the model answered to one validation row, whatever is private hidden; `score` by the task metric, 0–1."""

    row: int
    input: str
    reference: str
    output: str
    score: float | None = None


class Samples(Event):
    """The same few validation rows, as the model answers them after `step`: 0 is the base model."""

    kind: Literal["samples"] = "samples"
    step: int
    rows: tuple[Sample, ...]


class Measured(Event):
    """What the trial before the start measured: it replaces the plan's estimate.

    `step_s` is a step's time for rows of ordinary length; `validation_s` one try on the validation rows, scaled up from
    a few; `eta_s` the whole run with its tries; `took_s` the trial itself.
    """

    kind: Literal["measured"] = "measured"
    steps: int
    step_s: float
    validation_s: float
    eta_s: float
    tokens_per_s: float
    memory_gib: float
    took_s: float


class Reduced(Event):
    """Memory ran out after `step`: on it goes from there with fewer rows at once, the same rows in a step."""

    kind: Literal["reduced"] = "reduced"
    step: int
    rows_before: int
    rows_now: int
    twice: bool = False


class Tracked(Event):
    """A tracker is told of the run from now on, and the command `see` shows it; or it failed as `trouble` says."""

    kind: Literal["tracked"] = "tracked"
    tracker: str
    see: str = ""
    trouble: str = ""


class Saved(Event):
    """A checkpoint is complete: its manifest was written last."""

    kind: Literal["saved"] = "saved"
    step: int
    folder: str


class Trial(Event):
    """One trial of the search over settings ended. `score` is what the search compares by, named in `measure`: lower is
    better for the loss. `eta_s` is how long the rest of the search is likely to take."""

    kind: Literal["trial"] = "trial"
    number: int
    of: int
    settings: dict[str, float | int | str | bool]
    score: float | None
    state: Literal["complete", "pruned", "failed"]
    measure: str = "loss"
    given: bool = False
    rows_seen: int = 0
    seconds: float = 0.0
    eta_s: float | None = None


class SearchEnded(Event):
    """The search over settings is over, with what it found."""

    kind: Literal["searched"] = "searched"
    found: Searched


class Learning(Event):
    """How far the measuring of a learning curve is: steps of all its trainings together, and the time for the rest."""

    kind: Literal["learning"] = "learning"
    step: int
    of: int
    eta_s: float
    words: str


class Resumed(Event):
    """The run goes on from a verified checkpoint."""

    kind: Literal["resumed"] = "resumed"
    step: int
    folder: str


class Done(Event):
    """The run ended well. `why` says if it ran to the end, stopped early or was stopped by a person."""

    kind: Literal["done"] = "done"
    why: Literal["finished", "early stopping", "stopped"]
    steps: int


class Failed(Event):
    """The run ended badly: what, why, what to do, and the log to look into."""

    kind: Literal["failed"] = "failed"
    what: str
    do: str = ""
    log: str = ""


AnyEvent = Annotated[
    Began | Phase | Waiting | Measured | Progress | Validated | Samples | Reduced | Tracked | Saved | Trial
    | SearchEnded | Learning | Resumed | Done | Failed,
    Field(discriminator="kind"),
]
EVENT: TypeAdapter[AnyEvent] = TypeAdapter(AnyEvent)


def append(path: Path, event: Event) -> None:
    """Append one event as one line, in one write, and make it durable."""
    line = (event.model_dump_json() + "\n").encode()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, line)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(path: Path, offset: int = 0) -> tuple[list[AnyEvent], int]:
    """The complete events from a byte offset on, and the offset after them.

    A torn line (the writer was killed in the middle of it and another line followed) is passed over.
    """
    if not path.exists():
        return [], offset
    with path.open("rb") as file:
        file.seek(offset)
        chunk = file.read()
    whole, newline, _ = chunk.rpartition(b"\n")
    events: list[AnyEvent] = []
    for line in whole.split(b"\n") if newline else []:
        if line.strip():
            try:
                events.append(EVENT.validate_json(line))
            except ValidationError:
                continue  # a torn line: its writer died, and what it would have said was never confirmed
    return events, offset + len(whole) + len(newline)


def follow(path: Path, alive: Callable[[], bool], poll_s: float = 0.5) -> Iterator[AnyEvent]:
    """Replay, then tail until the run is done or failed.

    `alive` says whether the worker still exists. When it does not and said nothing, the last event is a
    `Failed` made here, so that a silent death is never shown as running.
    """
    offset = 0
    while True:
        living = alive()  # asked before reading: what a dying worker wrote last is still read
        events, offset = read(path, offset)
        yield from events
        # A resumed run follows its own earlier end; only an end that nothing follows is the end.
        if events and isinstance(events[-1], Done | Failed) and not living:
            return
        if not living:
            last, _ = read(path)
            if not last or not isinstance(last[-1], Done | Failed):
                yield Failed(
                    what="The training process ended without saying why (killed, or the machine ran out of memory).",
                    do="Start it again: it goes on from its last complete checkpoint.",
                    log=str(path.with_name("worker.log")),
                )
            return
        time.sleep(poll_s)
