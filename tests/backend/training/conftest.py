"""A prepared run on the tiny model, small enough to train in a test."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from backend.domain import Example, Prompt
from backend.training.config import TrainingConfig
from backend.training.launch import prepare

PROMPT = Prompt(name="p", user="Is this movie review positive or negative? Answer with one word.\n\n{input}")
WORDS = {"positive": ["rich", "intelligent", "helpful"], "negative": ["dull", "lifeless", "amateurishly"]}


def reviews(count: int, seed: int = 0, first: int = 0) -> list[Example]:
    chance = random.Random(seed)
    rows = []
    for row in range(count):
        label = chance.choice(sorted(WORDS))
        words = " ".join(chance.choices(WORDS[label], k=chance.randint(1, 6)))
        rows.append(Example(row=first + row, input=f"a {words} film", answer=label))
    return rows


@pytest.fixture
def make_run(tiny_model: Path, tmp_path: Path):
    """make_run(name, **settings) prepares a run folder; 48 rows, batches of 8, two epochs: 12 steps."""

    def make(name: str = "run", rows: int = 48, model: Path = tiny_model, **settings: object) -> Path:
        run_dir = tmp_path / name
        chosen = {
            "rank": 4, "alpha": 8, "batch_size": 8, "micro_batch": 8, "epochs": 2, "learning_rate": 5e-3,
            "warmup_steps": 1, "evaluate_every": 3, "validation_rows": 12, "score_rows": 4, "early_stopping": False,
            "max_length": 256, **settings,
        }  # fmt: skip
        config = TrainingConfig(
            run_id=name, model=str(model), prompt=PROMPT, settings=chosen, task="classify", metric="accuracy",
            labels=("positive", "negative"), signed="abc",
        )  # fmt: skip
        prepare(run_dir, config, reviews(rows), reviews(12, seed=1, first=1000))
        return run_dir

    return make
