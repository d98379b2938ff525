"""Prepared runs on the tiny model, small enough to train in a test."""

from __future__ import annotations

import os
import random
import signal
import socket
from pathlib import Path

import pytest
from accelerate.state import AcceleratorState

from backend.domain import Example, Prompt
from backend.events import AnyEvent, read
from backend.training import worker
from backend.training.config import TrainingConfig
from backend.training.launch import prepare

PROMPT = Prompt(name="p", user="Is this movie review positive or negative? Answer with one word.\n\n{input}")
WORDS = {"positive": ["rich", "intelligent", "helpful"], "negative": ["dull", "lifeless", "amateurishly"]}
SMALL = {
    "rank": 4, "alpha": 8, "batch_size": 8, "micro_batch": 8, "epochs": 2, "learning_rate": 5e-3, "dropout": 0.1,
    "warmup_steps": 1, "evaluate_every": 3, "validation_rows": 12, "score_rows": 4, "early_stopping": False,
    "max_length": 256,
}  # fmt: skip


def reviews(count: int, seed: int = 0, first: int = 0) -> list[Example]:
    """Rows of different lengths; one holds a Unicode line separator, as real data does."""
    chance = random.Random(seed)
    rows = []
    for row in range(count):
        label = chance.choice(sorted(WORDS))
        words = " ".join(chance.choices(WORDS[label], k=chance.randint(1, 6)))
        odd = "\x85\u2028" if row == 0 else ""
        rows.append(Example(row=first + row, input=f"a {words} film{odd}", answer=label))
    return rows


@pytest.fixture(scope="session")
def some_reviews() -> list[Example]:
    return reviews(20)


@pytest.fixture(scope="session")
def prepared(tiny_model: Path):
    """prepared(run_dir, **settings) writes a run's folder: 48 rows, batches of 8, two epochs, so 12 steps."""

    def make(run_dir: Path, rows: int = 48, model: Path = tiny_model, **settings: object) -> Path:
        config = TrainingConfig.model_validate(
            {"run_id": run_dir.name, "model": str(model), "prompt": PROMPT, "settings": {**SMALL, **settings},
             "metric": "accuracy", "labels": ("positive", "negative"), "signed": "abc"}
        )  # fmt: skip
        prepare(run_dir, config, reviews(rows), reviews(12, seed=1, first=1000))
        return run_dir

    return make


@pytest.fixture(scope="session")
def ran():
    """ran(run_dir, processes) does the whole run in that many processes and gives its events."""

    def run(run_dir, processes=1):
        """Run the worker in that many processes, told what torchrun tells them; the events of the run.

        They are forked from this one: what it has imported need not be imported again.
        """
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        children = []
        for rank in range(processes):
            child = os.fork()
            if not child:
                told = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": processes, "MASTER_PORT": port,
                        "MASTER_ADDR": "127.0.0.1"}  # fmt: skip
                os.environ.update({name: str(value) for name, value in told.items()})
                AcceleratorState._reset_state(True)
                os._exit(worker.main([str(run_dir)]))
            children.append(child)
        for child in children:
            os.waitpid(child, 0)
        return read(run_dir / "events.jsonl")[0]

    return run


@pytest.fixture
def worked(monkeypatch: pytest.MonkeyPatch):
    """worked(run_dir) does the worker's work in this process (its imports take seconds); the events of the run."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1)}

    def work(run_dir: Path) -> list[AnyEvent]:
        worker.main([str(run_dir)])
        return read(run_dir / "events.jsonl")[0]

    yield work
    for number, handler in before.items():
        signal.signal(number, handler)
