"""A few validation rows that are answered again and again: what the model says as it learns, for a person to read."""

from __future__ import annotations

import random
from collections.abc import Sequence

from backend.audit.hide import hide
from backend.domain import Arm, Example
from backend.events import Sample

COUNT = 5
"""Rows shown at each validation: enough to see what changes, few enough to be read."""


def few(rows: Sequence[Example], seed: int) -> tuple[Example, ...]:
    """Always the same for the same rows and seed."""
    return tuple(random.Random(seed).sample(list(rows), min(COUNT, len(rows))))  # noqa: S311 (a sample)


def samples(shown: Sequence[Example], arm: Arm, metric: str) -> tuple[Sample, ...]:
    """The arm's answers to the rows `shown`, with what is private hidden: events are read in many places."""
    answered = {row.row: row for row in arm.rows}
    return tuple(
        Sample(
            row=example.row,
            input=hide(example.input),
            reference=hide(example.answer),
            output=hide(answered[example.row].output),
            score=answered[example.row].scores.get(metric),
        )
        for example in shown
    )
