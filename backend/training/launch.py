"""Runs from outside: prepare the folder, start the worker on its own, ask how it is, stop it, take its result."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal

import psutil
from pydantic import ValidationError

from backend.domain import EXAMPLE, Example
from backend.errors import InputError
from backend.events import Done, Failed, Phase, Waiting, append, read
from backend.index import default_home
from backend.store import disk_errors, write_text
from backend.training import devices
from backend.training.asked import STOP_NOW
from backend.training.checkpoints import steps_kept
from backend.training.config import Result, TrainingConfig, read_config
from backend.training.going import hold, is_going, kill, process, record
from backend.training.line import Line
from backend.training.place import place

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
    write_text(run_dir / "train.jsonl", _lines(train))
    write_text(run_dir / "validation.jsonl", _lines(validation))
    write_text(run_dir / "config.json", config.model_dump_json(indent=1))


def _lines(rows: Sequence[Example]) -> str:
    return "".join(EXAMPLE.dump_json(row).decode() + "\n" for row in rows)


def start(run_dir: Path, home: Path | None = None) -> int:
    """Put the run into the line of its home, to train or go on when its turn comes; the id of its process. A cluster
    has lines of its own.

    Closing the app or the terminal does not touch it. Raises InputError when it already runs or is finished.
    """
    run_dir, home = run_dir.resolve(), (home or default_home()).resolve()
    config = read_config(run_dir)
    if (run_dir / "result.json").exists() and status(run_dir) == "done":
        raise InputError("This run is finished.", where=run_dir.name, do="Start a new one to train again.")
    if config.knobs.cluster:
        return _start_on(config.knobs.cluster, run_dir)
    machine, line = devices.machine(), Line(home)
    token, held = line.enter(run_dir, devices.needed(machine, config.knobs))
    try:
        now = place(line, token, machine)
        append(run_dir / "events.jsonl", now or Phase(name="starting", detail="a process of its own"))
        pid = spawn(run_dir, home, token, held)
        record(run_dir, pid)
    finally:
        os.close(held)
    return pid


def spawn(run_dir: Path, home: Path, token: int, held: int) -> int:
    """Start the process that waits for the run's turn and then trains; its id."""
    turn = [sys.executable, "-m", "backend.training.turn", str(run_dir), str(home), str(token), str(os.getpid())]
    return _spawned(turn, run_dir, held)


def _start_on(cluster: str, run_dir: Path) -> int:
    held = hold(run_dir)
    if held is None:
        raise InputError("This run is already going.", where=run_dir.name)
    try:
        append(run_dir / "events.jsonl", Phase(name="starting", detail=f"on the cluster at {cluster}"))
        pid = _spawned([sys.executable, "-m", "backend.training.on_ray", str(run_dir), cluster], run_dir, held)
        record(run_dir, pid)
    finally:
        os.close(held)
    return pid


def _spawned(argv: list[str], run_dir: Path, held: int) -> int:
    """Start a process in a session of its own, which has the run's lock; its id."""
    environment = {
        **os.environ,
        "HF_HUB_OFFLINE": "1",  # the model is a local folder by now
        "TOKENIZERS_PARALLELISM": "false",
        "OMP_WAIT_POLICY": "PASSIVE",
        "GOMP_SPINCOUNT": "0",
    }
    with disk_errors(run_dir), (run_dir / "worker.log").open("ab") as log:
        return subprocess.Popen(
            argv,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=(held,),
        ).pid


def wake(home: Path) -> None:
    """Start again what kept its place while its process is gone: it waited, or the machine went down under it."""
    if not (home / "queue.db").exists():
        return
    line = Line(home)
    for entry in line.entries():
        if is_going(entry.folder):
            continue
        if entry.interrupted and not _ended(entry.folder):
            with suppress(InputError):  # somebody else was quicker, or the disk is full: it keeps its place
                start(entry.folder, home)
        else:
            line.take_away(entry.token)


def command(run_dir: Path, processes: int = 1) -> list[str]:
    """The worker's command line; with several processes through torchrun, one for each GPU."""
    spread = ["-m", "torch.distributed.run", "--standalone", f"--nproc_per_node={processes}"] if processes > 1 else []
    return [sys.executable, *spread, "-m", WORKER, str(run_dir.resolve())]


def resume(run_dir: Path) -> int:
    """Go on from the newest whole checkpoint, or from the beginning where there is none."""
    return start(run_dir)


def alive(run_dir: Path) -> bool:
    """Whether a process of the run exists, waiting or training."""
    return is_going(run_dir)


def stop(run_dir: Path, save: bool = True, home: Path | None = None) -> None:
    """Ask the worker to save and end after the step it is in, or (without `save`) to end at once.

    Then only what the last whole checkpoint holds is kept, and there is no adapter yet. A run that waits is taken out
    of the line. Harmless when it has ended.
    """
    steps = steps_kept(run_dir / "checkpoints") if status(run_dir) == "queued" else 0
    if Line(home or default_home()).leave(
        run_dir.resolve(), lambda: append(run_dir / "events.jsonl", Done(why="stopped", steps=steps))
    ):
        kill(run_dir)
        return
    first = process(run_dir)
    if first is None:
        return
    try:
        # Under torchrun the workers themselves: it would leave them half a minute to save, and say that it failed.
        ranks = [child for child in first.children() if WORKER in child.cmdline()]
        for one in ranks or [first]:
            one.send_signal(signal.SIGTERM if save else STOP_NOW)
    except psutil.NoSuchProcess:
        return


def status(run_dir: Path) -> Status:
    """How the run is; a dead worker that said nothing is `failed`, never `running`. In the line it is `queued`."""
    going = alive(run_dir)
    events, _ = read(run_dir / "events.jsonl")
    last = events[-1] if events else None
    if going:
        return "queued" if isinstance(last, Waiting) else "running"
    if last is None and not (run_dir / "worker.json").exists():
        return "queued"
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


def _ended(run_dir: Path) -> bool:
    """Whether there is nothing to go on with: it came to an end of its own, or its folder is gone."""
    events, _ = read(run_dir / "events.jsonl")
    return not (run_dir / "config.json").exists() or bool(events and isinstance(events[-1], Done | Failed))
