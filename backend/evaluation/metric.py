"""What a metric is: a name, plain words, the tasks it suits, and pure functions from answers to a score 0–1."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Metric:
    """One metric; every score is a fraction 0–1, higher is better.

    `row` scores one answer against its reference. A plain metric is the mean of `row`. A corpus metric adds up
    `counts`, one vector of sums a row, and `total` turns added-up vectors into the score, so that it can be
    resampled row by row without scoring anything again:

    - `counts(answers, references)` -> (rows, k)
    - `total(sums)`: (draws, k) -> (draws,)
    """

    name: str
    words: str
    tasks: tuple[str, ...]
    source: str
    row: Callable[[str, str], float]
    counts: Callable[[Sequence[str], Sequence[str]], np.ndarray] | None = None
    total: Callable[[np.ndarray], np.ndarray] | None = None

    @property
    def corpus(self) -> bool:
        """Whether the score of many rows is more than the mean of their scores."""
        return self.counts is not None

    def score(self, answers: Sequence[str], references: Sequence[str]) -> float:
        """The score of all rows together, 0–1. Raises ValueError when the two differ in number or are empty."""
        if len(answers) != len(references) or not answers:
            raise ValueError(f"as many answers as references, and at least one: {len(answers)} and {len(references)}")
        if self.counts is not None and self.total is not None:
            return float(self.total(self.counts(answers, references).sum(axis=0, keepdims=True))[0])
        return sum(self.row(*pair) for pair in zip(answers, references, strict=True)) / len(answers)
