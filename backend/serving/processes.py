"""Processes by pid and start time, so that a number used again by another program is never taken for ours."""

from __future__ import annotations

from collections.abc import Iterable

import psutil
from pydantic import BaseModel, ConfigDict

SAME_START_S = 2.0
"""Start times are derived from the boot time, which may shift by a second when the clock is set."""


class Process(BaseModel):
    """One process; `created` is its start in seconds since 1970."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pid: int
    created: float

    @staticmethod
    def of(process: psutil.Process) -> Process:
        return Process(pid=process.pid, created=process.create_time())

    def find(self) -> psutil.Process | None:
        """The running process, or None when it ended; one that only waits to be collected has ended."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.created) <= SAME_START_S
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.NoSuchProcess:
            return None


def descendants(of: psutil.Process) -> list[psutil.Process]:
    """All running processes below `of`."""
    try:
        return [child for child in of.children(recursive=True) if _running(child)]
    except psutil.NoSuchProcess:
        return []


def end(processes: Iterable[psutil.Process], grace_s: float) -> list[psutil.Process]:
    """Ask each to end, wait, then kill what is left. Returns those that are still there, which should be none."""
    waiting = list(processes)
    for process in waiting:
        _signal(process, kill=False)
    _, waiting = psutil.wait_procs(waiting, timeout=grace_s)
    for process in waiting:
        _signal(process, kill=True)
    _, waiting = psutil.wait_procs(waiting, timeout=10)
    return [process for process in waiting if _running(process)]


def _running(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _signal(process: psutil.Process, kill: bool) -> None:
    try:
        process.kill() if kill else process.terminate()
    except psutil.NoSuchProcess:
        return  # it ended by itself meanwhile, which is what was wanted
