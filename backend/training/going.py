"""Whether a run is going: every process of it holds the lock in its folder, so none is left when nobody does.

The kernel gives the lock back when the last of them has ended, however that came: no number that another process may
have by now, no clock and no restart of the machine can make a dead run look alive, or a living one dead.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from pathlib import Path

import psutil

from backend.store import write_text

LOCK = "worker.lock"
LOOKS, LOOK_S = 3, 0.002
"""Who looks holds the lock for an instant itself, so one look that finds it taken proves nothing yet."""


def hold(run_dir: Path) -> int | None:
    """A descriptor that marks the run as going while any process has it open; None when it is going already.

    Two may not ask at once: whoever starts runs does so within a transaction of the line.
    """
    descriptor = _open(run_dir)
    for _ in range(LOOKS):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(LOOK_S)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_SH)  # others of the same run may join
            return descriptor
    os.close(descriptor)
    return None


def join(run_dir: Path) -> int:
    """Hold the lock together with the others of this run, until this process ends."""
    descriptor = _open(run_dir)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def is_going(run_dir: Path) -> bool:
    """Whether any process of the run exists."""
    if not (run_dir / LOCK).exists():
        return False
    descriptor = hold(run_dir)
    if descriptor is None:
        return True
    os.close(descriptor)
    return False


def beat(run_dir: Path) -> None:
    """Show that this process still moves. Takes no room, so that a full disk doesn't make it look dead."""
    os.utime(run_dir / LOCK)


def last_beat(run_dir: Path) -> int:
    """A number that changes with every beat; no time, since clocks may be set."""
    try:
        return (run_dir / LOCK).stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def boot_id() -> str:
    """Names this start of this machine."""
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def record(run_dir: Path, pid: int) -> None:
    """Write down the run's first process, so that it can be told to stop: by number, birth and start of the machine."""
    about = {"pid": pid, "born": _born(pid), "boot": boot_id()}
    write_text(run_dir / "worker.json", json.dumps(about))


def process(run_dir: Path) -> psutil.Process | None:
    """The run's first process; None when it has ended."""
    try:
        about = json.loads((run_dir / "worker.json").read_text(encoding="utf-8"))
        same = about["boot"] == boot_id() and about["born"] == _born(about["pid"])
        return psutil.Process(about["pid"]) if same and is_going(run_dir) else None
    except (FileNotFoundError, psutil.NoSuchProcess):
        return None


def kill(run_dir: Path, wait_s: float = 10.0) -> bool:
    """End every process of the run that can be found, at once; whether none is left."""
    first = process(run_dir)
    if first is not None:
        try:
            for one in (*first.children(recursive=True), first):
                one.kill()
        except psutil.NoSuchProcess:
            pass  # it ended meanwhile, and what it started ends with it
    deadline = time.monotonic() + wait_s
    while is_going(run_dir):
        if time.monotonic() > deadline:
            return False
        time.sleep(LOOK_S)
    return True


def _open(run_dir: Path) -> int:
    return os.open(run_dir / LOCK, os.O_RDWR | os.O_CREAT, 0o600)


def _born(pid: int) -> int:
    """When a process began, in ticks since the machine did: no clock that is set can change it."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError as error:
        raise psutil.NoSuchProcess(pid) from error
    return int(stat.rpartition(")")[2].split()[19])
