"""Which state of a run is kept, and when the run may stop: told from its validations alone.

Every checkpoint holds them (the trainer's history), so that a resumed run decides the same.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

ChooseBy = Literal["loss", "score", "both"]
"""What states are compared by. `score` is the task metric on a sample of answers, with loss between equals; `both`
takes scores within one standard error of the highest for equal (Breiman et al. 1984, the one-standard-error rule)."""
SCORE, ERROR, LOSS = "eval_score", "eval_score_error", "eval_loss"
"""The names of a validation's results in the trainer's history; the error is the standard error of the score."""


@dataclass(frozen=True)
class Tried:
    """One validation. `error` is the standard error of the score; without a score all states are equal in it."""

    step: int
    loss: float
    score: float
    error: float


def tries(history: Sequence[Mapping[str, float]]) -> list[Tried]:
    """The validations in the trainer's history, oldest first."""
    return [
        Tried(int(entry["step"]), entry[LOSS], entry.get(SCORE, 0.0), entry.get(ERROR, 0.0))
        for entry in history
        if LOSS in entry
    ]


def kept(history: Sequence[Mapping[str, float]], by: ChooseBy) -> Tried | None:
    """The state to keep; None before the first validation. It only ever moves on to the newest one, never back."""
    found: Tried | None = None
    least = -math.inf  # the score from which on a state counts as equal to the one with the highest
    highest = -math.inf
    for one in tries(history):
        if by != "loss" and one.score > highest:
            highest = one.score
            least = one.score - (one.error if by == "both" else 0.0)
        if found is None or found.score < least or (one.score >= least and one.loss < found.loss):
            found = one
    return found


def worn_out(history: Sequence[Mapping[str, float]], by: ChooseBy, patience: int | None) -> bool:
    """Whether the last `patience` validations brought no new best: of the loss and, where it counts, of the score.

    As long as either still gets better, the model is still learning what it is for.
    """
    found = tries(history)
    if patience is None or len(found) <= patience:
        return False
    measures = [[-one.loss for one in found]]
    if by != "loss":
        measures.append([one.score for one in found])
    return all(max(values[-patience:]) <= max(values[:-patience]) for values in measures)
