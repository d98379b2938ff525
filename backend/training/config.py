"""What a run is told (`config.json`) and what it leaves behind (`result.json`): frozen, typed, closed."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, model_validator

from backend.domain import TASKS, Prompt, Task
from backend.errors import InputError
from backend.record import Frozen
from backend.searched import Searched
from backend.training.choice import ChooseBy
from backend.training.methods import Method
from backend.training.trackers import Tracker
from rules.facts import RunFacts

Value = float | int | str | bool


class Knobs(Frozen):
    """The settings of a run, by the names the plan uses. Rows are training rows, steps optimiser steps."""

    method: Method = "lora"
    rank: int = Field(default=16, ge=1, le=256)
    alpha: int = Field(default=32, ge=1, le=1024)
    dropout: float = Field(default=0.0, ge=0, lt=1)
    learning_rate: float = Field(default=2e-4, gt=0, le=0.1)
    schedule: Literal["cosine", "linear", "constant_with_warmup"] = "cosine"
    warmup_steps: int = Field(default=5, ge=0)
    batch_size: int = Field(default=16, ge=1)
    micro_batch: int = Field(default=16, ge=1)
    epochs: float = Field(default=1, gt=0, le=50)
    max_length: int = Field(default=512, ge=8)
    weight_decay: float = Field(default=0.01, ge=0)
    clip: float = Field(default=1.0, gt=0)
    evaluate_every: int = Field(default=20, ge=1)
    early_stopping: bool = True
    patience: int = Field(default=2, ge=1)
    choose_by: ChooseBy = "loss"
    validation_rows: int = Field(default=100, ge=1)
    score_rows: int = Field(default=32, ge=0)
    gradient_checkpointing: bool = False
    fit_memory: bool = False
    preflight_steps: int = Field(default=3, ge=0, le=20)
    search_trials: int = Field(default=0, ge=0, le=200)
    search_minutes: float = Field(default=0, ge=0)
    search_rows: int = Field(default=512, ge=1)
    search_passes: int = Field(default=1, ge=1, le=50)
    search_at_once: int = Field(default=1, ge=1)
    processes: int = Field(default=1, ge=1)
    spread: Literal["copies", "shards"] = "copies"
    cluster: str = ""
    tracker: Tracker = "none"
    tracker_online: bool = False
    seed: int = Field(default=42, ge=0)

    @model_validator(mode="after")
    def _whole_batches(self) -> Knobs:
        if self.batch_size % (self.micro_batch * self.processes):
            raise ValueError(
                f"batch_size ({self.batch_size}) must be a multiple of micro_batch × processes "
                f"({self.micro_batch} × {self.processes})"
            )
        if self.spread == "shards" and (self.processes == 1 or self.method != "lora"):
            raise ValueError("spread = shards needs processes above 1 and method = lora")
        if self.spread == "shards" and self.search_trials:
            raise ValueError("spread = shards needs search_trials = 0: a trial has one GPU, too small for the model")
        if self.choose_by == "score" and not self.score_rows:
            raise ValueError("choose_by = score needs score_rows above 0")
        return self


class CurveWanted(Frozen):
    """A learning curve on parts of at most `rows` training rows of the `total`; no time limit with 0 minutes."""

    rows: int = Field(ge=1)
    total: int = Field(ge=1)
    minutes: float = Field(default=0, ge=0)


class TrainingConfig(Frozen):
    """Everything a run depends on besides its rows. `signed` is the fingerprint of the sign-off it runs under;
    `data_version` the version of the project's data, 0 where there is none.

    With `curve` it is no run: it measures the learning curve with these settings instead.
    """

    run_id: str
    model: str
    prompt: Prompt
    settings: dict[str, Value] = Field(default_factory=dict)
    task: Task = TASKS[0]
    metric: str = ""
    labels: tuple[str, ...] = ()
    data_version: int = 0
    signed: str = ""
    curve: CurveWanted | None = None

    @property
    def knobs(self) -> Knobs:
        """The settings, checked, the rest at their defaults. Raises InputError naming the setting that is wrong."""
        try:
            return Knobs.model_validate(self.settings)
        except ValidationError as error:
            first = error.errors()[0]
            raise InputError(
                "A training setting is not valid.",
                where=".".join(map(str, first["loc"])) or "settings",
                why=first["msg"],
            ) from error


class Result(Frozen):
    """What a run left behind, as measured. `seconds` is working time, summed over resumed sessions."""

    why: Literal["finished", "early stopping", "stopped"]
    signed: str
    settings: dict[str, Value]
    versions: dict[str, str]
    hardware: str
    seconds: float
    rows: int
    rows_left_out: int
    trainable_parameters: int
    facts: RunFacts
    search: Searched | None = None


def read_config(run_dir: Path) -> TrainingConfig:
    """Raises InputError when the folder is no run."""
    try:
        return TrainingConfig.model_validate_json((run_dir / "config.json").read_bytes())
    except (OSError, ValidationError) as error:
        raise InputError(
            "This is not the folder of a training run.", where=str(run_dir), why=str(error).splitlines()[0]
        ) from error
