"""What a server was started with and how it compared with the trainer: the record of step 9's first half."""

from __future__ import annotations

from backend.record import Frozen, Record
from rules.facts import ServingFacts


class Setting(Frozen):
    """One derived setting, with the reason a person can read and the source of the number."""

    name: str
    value: float | int | str | bool
    reason: str
    source: str = ""


class Divergence(Frozen):
    """One greedy answer of the endpoint that parts from the trainer's: where, and how likely each word was.

    `place` is the 0-based answer token. Chances 0–1 are those of (the trainer's word, the endpoint's word), by each
    side; None where they could not be had. A near tie is rounding: both sides find both words equally likely.
    """

    model: str
    prompt: str
    place: int
    expected: str
    seen: str
    trainer: tuple[float, float] | None
    endpoint: tuple[float, float] | None
    near_tie: bool


class Check(Frozen):
    """Whether one thing that is served is what was trained with, compared by content."""

    name: str
    holds: bool
    said: str


class Deployment(Record):
    """Step 9: the endpoint and how it compared with the trainer. `base_model` is empty when only the merged is served.

    `settings` are what the server was started with, each with its reason.
    """

    endpoint: str
    base_model: str
    tuned_model: str
    engine: str
    argv: tuple[str, ...]
    facts: ServingFacts
    settings: tuple[Setting, ...] = ()
    checks: tuple[Check, ...] = ()
    divergences: tuple[Divergence, ...] = ()
