"""Runs from outside: prepare the folder, start the worker on its own, ask how it is, stop it, take its result."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import psutil
from pydantic import ValidationError

from backend.domain import Example
from backend.errors import InputError
from backend.events import Done, Failed, read
from backend.store import disk_errors, write_text
from backend.training.asked import STOP_NOW
from backend.training.config import Result, TrainingConfig, read_config

Status = Literal["queued", "running", "done", "stopped", "failed"]
ROOT = Path(__file__).parents[2]
WORKER = "backend.training.worker"


def prepare(
    run_dir: Path, config: TrainingConfig, train: Sequence[Example], validation: Sequence[Example]
) -> None:
    """Write the run's folder. Raises InputError for settings that cannot be, or rows that are missing."""
    _ = config.knobs
    if not train or not validation:
        raise InputError("A run needs training rows and validation rows.", where=f"{len(train)} and {len(validation)}")
    write_text(run_dir / "train.jsonl", "".join(row.model_dump_json() + "\n" for row in train))
    write_text(run_dir / "validation.jsonl", "".join(row.model_dump_json() + "\n" for row in validation))
    write_text(run_dir / "config.json", config.model_dump_json(indent=1))


def start(run_dir: Path) -> int:
    """Start the worker, or resume it, in a session of its own; its process id.

    Closing the app or the terminal does not touch it. Raises InputError when it already runs or is finished.
    """
    config = read_config(run_dir)
    with _starting(run_dir):
        if alive(run_dir):
            raise InputError("This run is already going.", where=run_dir.name)
        if (run_dir / "result.json").exists() and status(run_dir) == "done":
            raise InputError("This run is finished.", where=run_dir.name, do="Start a new one to train again.")
        environment = {
            **os.environ,
            "HF_HUB_OFFLINE": "1",  # the model is a local folder by now
            "TOKENIZERS_PARALLELISM": "false",
            "OMP_WAIT_POLICY": "PASSIVE",
            "GOMP_SPINCOUNT": "0",
        }
        visible = environment.get("CUDA_VISIBLE_DEVICES", ",".join(map(str, range(config.knobs.search_at_once))))
        if config.knobs.search_at_once > 1:
            environment["SEARCH_DEVICES"] = visible
        if config.knobs.processes == 1:
            # More than one visible GPU would make the trainer split batches among threads.
            environment["CUDA_VISIBLE_DEVICES"] = visible.split(",")[0]
        with disk_errors(run_dir), (run_dir / "worker.log").open("ab") as log:
            process = subprocess.Popen(
                command(run_dir, config.knobs.processes),
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        began = psutil.Process(process.pid).create_time()
        write_text(run_dir / "worker.json", json.dumps({"pid": process.pid, "create_time": began}))
        return process.pid


def command(run_dir: Path, processes: int = 1) -> list[str]:
    """The worker's command line; with several processes through torchrun, one for each GPU."""
    spread = ["-m", "torch.distributed.run", "--standalone", f"--nproc_per_node={processes}"] if processes > 1 else []
    return [sys.executable, *spread, "-m", WORKER, str(run_dir.resolve())]


def resume(run_dir: Path) -> int:
    """Go on from the newest whole checkpoint, or from the beginning where there is none."""
    return start(run_dir)


def alive(run_dir: Path) -> bool:
    """Whether the worker process exists. Told by id and birth, so that another process with its id does not count."""
    process = _process(run_dir)
    if process is None:
        return False
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def stop(run_dir: Path, save: bool = True) -> None:
    """Ask the worker to save and end after the step it is in, or (without `save`) to end at once.

    Then only what the last whole checkpoint holds is kept, and there is no adapter yet. Harmless when it has ended.
    """
    process = _process(run_dir)
    if process is None or not alive(run_dir):
        return
    try:
        # Under torchrun the workers themselves: it would leave them half a minute to save, and say that it failed.
        ranks = [child for child in process.children() if WORKER in child.cmdline()]
        for one in ranks or [process]:
            one.send_signal(signal.SIGTERM if save else STOP_NOW)
    except psutil.NoSuchProcess:
        return


def status(run_dir: Path) -> Status:
    """How the run is; a dead worker that said nothing is `failed`, never `running`."""
    if alive(run_dir):
        return "running"
    if not (run_dir / "worker.json").exists():
        return "queued"
    events, _ = read(run_dir / "events.jsonl")
    last = events[-1] if events else Failed(what="The worker ended before it said anything.")
    if isinstance(last, Done):
        return "stopped" if last.why == "stopped" else "done"
    return "failed"


def result(run_dir: Path) -> Result:
    """What an ended run left behind. Raises InputError while there is nothing."""
    try:
        return Result.model_validate_json((run_dir / "result.json").read_bytes())
    except FileNotFoundError as error:
        raise InputError(
            "The run has no result.",
            where=str(run_dir),
            why="It ended before there was a trained adapter to keep.",
            do="Resume it with `tunewise resume`, or start a new one.",
        ) from error
    except ValidationError as error:
        raise InputError("The result of the run cannot be read.", where=str(run_dir / "result.json")) from error


def _process(run_dir: Path) -> psutil.Process | None:
    try:
        worker = json.loads((run_dir / "worker.json").read_text(encoding="utf-8"))
        process = psutil.Process(worker["pid"])
        return process if abs(process.create_time() - worker["create_time"]) < 0.01 else None
    except (FileNotFoundError, psutil.NoSuchProcess):
        return None


@contextmanager
def _starting(run_dir: Path) -> Iterator[None]:
    with (run_dir / "start.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
