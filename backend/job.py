"""Long work of this process that goes on without whoever began it: a page may close, come back, watch or cancel it."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from backend.errors import InputError

_numbers = itertools.count(1)


class Job:
    """One piece of work on a thread of its own: its newest `news`, then `result` or `error`. Times in seconds."""

    def __init__(self) -> None:
        self.number = next(_numbers)
        self.cancel = threading.Event()
        self.news: Any = None
        self.result: Any = None
        self.error: Exception | None = None
        self.over = False
        self._began, self._took = time.monotonic(), 0.0

    @property
    def seconds(self) -> float:
        """How long it has taken so far, or took."""
        return self._took if self.over else time.monotonic() - self._began

    def tell(self, news: Any) -> None:
        """For the work: the newest state of things."""
        self.news = news

    def _run(self, work: Callable[[Job], Any]) -> None:
        try:
            self.result = work(self)
        except Exception as error:  # kept for whoever looks: a thread has nobody to raise to
            self.error = error
        self._took = self.seconds
        self.over = True


_jobs: dict[tuple[Path, str], Job] = {}
_one_at_a_time = threading.Lock()


def begin(folder: Path, name: str, work: Callable[[Job], Any]) -> Job:
    """Start `work(job)` for a project's folder. Raises InputError while the one of this name is still going on."""
    with _one_at_a_time:
        before = _jobs.get((folder, name))
        if before is not None and not before.over:
            raise InputError(f"This is already going on: {name}.", do="Wait for it, or stop it.")
        job = _jobs[folder, name] = Job()
    threading.Thread(target=job._run, args=(work,), daemon=True).start()
    return job


def find(folder: Path, name: str) -> Job | None:
    """The newest job of this name since this process began, going on or over; None when there was none."""
    return _jobs.get((folder, name))
