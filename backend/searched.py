"""What a search over settings found: every trial, what was chosen and why, and which setting mattered, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from backend.record import Frozen

NAMES = {"learning_rate": "learning rate", "rank": "rank", "batch_size": "batch size", "epochs": "number of passes"}
"""The settings a search may change, as a person calls them."""


class Tried(Frozen):
    """One trial. `value` is the measure where it ended or was given up; `rows_seen` counts a row each time it was seen.
    """

    number: int
    settings: dict[str, float | int | str | bool]
    state: Literal["complete", "pruned", "failed"]
    value: float | None
    rows_seen: int
    seconds: float
    given: bool = False


class Searched(Frozen):
    """A search that has ended. Numbers are those of the trials; None where no trial came to its end.

    `gain` is how much better the best trial was than the given settings on the same `rows` validation rows, with its
    simultaneous 95% interval over all trials. `importance` are shares that add up to 1; `mattered` is the setting that
    mattered most, empty when it can't be told; `chance` how often chance alone would make it look so. `fixed` says why
    a setting was not tried.
    """

    measure: str
    higher_is_better: bool
    tried: tuple[Tried, ...]
    given: int | None
    best: int | None
    chosen: int | None
    gain: float | None = None
    low: float | None = None
    high: float | None = None
    rows: int = 0
    importance: dict[str, float] = Field(default_factory=dict)
    mattered: str = ""
    chance: float | None = None
    fixed: dict[str, str] = Field(default_factory=dict)
    trial_rows: int = 0
    train_rows: int = 0

    @property
    def verdict(self) -> Literal["better", "can't tell", "the given settings are best"] | None:
        """Whether the best trial is better than the given settings; None where there is nothing to compare."""
        if self.best is None or self.given is None:
            return None
        if self.best == self.given:
            return "the given settings are best"
        return "better" if self.low is not None and self.low > 0 else "can't tell"

    def trial(self, number: int) -> Tried:
        """The trial of that number."""
        return next(one for one in self.tried if one.number == number)

    @property
    def told(self) -> Iterator[str]:
        """What it found, in sentences: what is taken, what mattered, and what was not looked at."""
        yield self._chosen()
        yield self._mattered()
        if self.trial_rows < self.train_rows:
            yield (
                f"Each trial learnt from {self.trial_rows:,} of {self.train_rows:,} training rows: what is best for "
                "these need not be best for all, where a smaller learning rate often does as well."
            )
        for name, why in self.fixed.items():
            yield f"The {NAMES[name]} was not tried: {why}."

    def _chosen(self) -> str:
        ended = sum(one.state == "complete" for one in self.tried)
        return f"Of {len(self.tried)} trials {ended} ran to their end. {self._compared()}"

    def _compared(self) -> str:
        if self.best is None:
            return "Nothing was found: the given settings are used."
        if self.given is None:
            return f"The given settings did not. Those of trial {self.best} are used: {self._value(self.best)}."
        if self.best == self.given:
            return f"None did better than the given settings ({self._value(self.best)}): these are used."
        gap = (
            f"Trial {self.best} came to {self._value(self.best)}, the given settings to {self._value(self.given)}: "
            f"better by {self.gain:.3g}, with 95% certainty by {self.low:.3g} to {self.high:.3g} ({self.rows} "
            "validation rows)."
        )
        if self.verdict == "better":
            return f"{gap} Its settings are better and are used."
        if self.chosen == self.best:
            return f"{gap} That they are truly better can't be told; but it is more likely than not, so they are used."
        return f"{gap} That is too little to tell them apart: the given settings are used."

    def _value(self, number: int) -> str:
        value = self.trial(number).value
        return f"{self.measure} {value:.3g}" if value is not None else "no value"

    def _mattered(self) -> str:
        if not self.mattered:
            return f"Which setting mattered most can't be told from these {len(self.tried)} trials."
        share, chance = self.importance[self.mattered], self.chance or 0.0
        return (
            f"The {NAMES[self.mattered]} mattered most: it explains about {share:.0%} of the differences between the "
            f"trials (fANOVA); chance alone would make it look so in about {max(0.001, chance):.1%} of such searches."
        )
