"""How tests look on while a run trains in a process of its own, and what it leaves."""

from __future__ import annotations

import time
from pathlib import Path

from safetensors.torch import load_file
from torch import Tensor

from backend.events import AnyEvent, Progress, follow, read
from backend.training import launch


def finish(run_dir: Path) -> list[AnyEvent]:
    """Follow to the end; the events of the whole run."""
    return list(follow(run_dir / "events.jsonl", lambda: launch.alive(run_dir), poll_s=0.05))


def wait_for(run_dir: Path, what: type | tuple[type, ...], count: int = 1) -> None:
    """Return once the run has told so many events of that kind; its log is shown if it ends before."""
    deadline = time.monotonic() + 300
    while sum(isinstance(event, what) for event in read(run_dir / "events.jsonl")[0]) < count:
        assert launch.alive(run_dir), (run_dir / "worker.log").read_text()[-3000:]
        assert time.monotonic() < deadline
        time.sleep(0.01)


def losses(events: list[AnyEvent]) -> dict[int, float]:
    return {event.step: event.loss for event in events if isinstance(event, Progress)}


def adapter(run_dir: Path) -> dict[str, Tensor]:
    return load_file(run_dir / "adapter" / "adapter_model.safetensors")
