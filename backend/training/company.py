"""Several processes of one run keep an eye on each other: none waits for ever for one that is gone.

A process that waits for the others inside a GPU call hears no signal and raises nothing, so a thread of its own looks.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

from backend.events import Failed
from backend.store import write_text
from backend.training.asked import STOP_NOW

LOST = 3
"""Exit code of a process that only lost the others: starting all again may go well."""
GRACE_S = 5.0
"""Seconds a process has to end by itself when told to stop at once."""


class Company(threading.Thread):
    """Ends this process when its launcher is gone, or another one has left word why it ended, or when it was told to
    stop at once and cannot hear it. `say` is given the other's words, `stopped` says that the run was stopped."""

    def __init__(
        self, run_dir: Path, rank: int, say: Callable[[Failed], None], stopped: Callable[[], None]
    ) -> None:
        super().__init__(daemon=True)
        self.run_dir, self.rank, self.say, self.stopped = run_dir, rank, say, stopped
        self.launcher = os.getppid()
        self.ears, mouth = socket.socketpair()
        mouth.setblocking(False)
        self.mouth = mouth  # kept open: the interpreter writes the number of every signal into it
        signal.set_wakeup_fd(mouth.fileno(), warn_on_full_buffer=False)
        if rank == 0:
            for old in run_dir.glob("failed-*.json"):
                old.unlink()

    def leave_word(self, failed: Failed) -> None:
        """For the others: why this process ends."""
        write_text(self.run_dir / f"failed-{self.rank}.json", failed.model_dump_json())

    def run(self) -> None:
        told = float("inf")
        while True:
            heard, _, _ = select.select([self.ears], [], [], 0.5)
            if heard and STOP_NOW in self.ears.recv(64):
                told = min(told, time.monotonic())
            if os.getppid() != self.launcher:
                os._exit(1)
            for word in self.run_dir.glob("failed-*.json"):
                if word.name != f"failed-{self.rank}.json":
                    self.say(Failed.model_validate_json(word.read_bytes()))
                    os._exit(2)
            if time.monotonic() - told > GRACE_S:
                self.stopped()
                os._exit(0)
