"""What a worker's process may do: write only while it has the lease it was given, and show that it still moves."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil

from backend.database import transaction
from backend.errors import InputError
from backend.events import Event, append
from backend.parent import end_with
from backend.training.going import beat, hold, join, process

LEASE = "TUNEWISE_LEASE"
"""The environment variable with the token and the line's file. Missing where a worker is run by hand, alone."""
CLUSTER = "TUNEWISE_CLUSTER"
"""Set where the worker was started by a cluster, which has lines of its own."""
BEAT_S = 10.0
LEASE_S = 120.0
"""Seconds without a beat after which a lease may be taken away: twelve beats, longer than any import holds one up."""
GIVEN_AWAY, ENDED_BY_LOSS = "The devices were given to another run meanwhile: this one ends, and writes nothing.", 4
"""What a worker's log and its exit code say then."""


class Lost(BaseException):
    """Somebody else has the devices by now. Not an Exception, so that nothing on the way takes it for its own."""


def given(token: int, line: Path) -> str:
    """The variable's value."""
    return f"{token} {line}"


@contextmanager
def held() -> Iterator[None]:
    """Within it nobody can take the lease, so what is written is written by its holder. Raises Lost when it is gone."""
    lease = os.environ.get(LEASE)
    if lease is None:
        yield
        return
    token, _, line = lease.partition(" ")
    with ExitStack() as stack:
        while True:
            try:
                db = stack.enter_context(transaction(Path(line)))
                break
            except sqlite3.OperationalError as error:  # whoever has the line does not come on: not our loss
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                    raise
                time.sleep(0.1)
        if not db.execute("select 1 from line where token = ?", (token,)).fetchone():
            raise Lost
        yield


def say(run_dir: Path, event: Event) -> None:
    """Append an event of the run. Raises Lost when the lease is gone."""
    with held():
        append(run_dir / "events.jsonl", event)


def belong(run_dir: Path) -> int | None:
    """Hold the run with the others of it, and end with the process that started this one; None when it is taken.

    Else torchrun's processes and the search's would go on alone when the one above them is killed.
    """
    if CLUSTER in os.environ:  # the process that asked the cluster for places holds the run
        end_with(os.getppid(), signal.SIGKILL)
        return join(run_dir)
    if LEASE not in os.environ:
        return hold(run_dir)
    descriptor, first = join(run_dir), process(run_dir)
    if first is None or first.pid != os.getpid():
        parent = psutil.Process().parent()
        if first is None or parent is None or first not in (parent, *parent.parents()):
            os._exit(1)  # whoever started this one is dead already
        end_with(parent.pid, signal.SIGKILL)
    return descriptor


def keep(run_dir: Path) -> None:
    """Beat from now on, in a thread of its own, which ends this process soon after the lease is lost."""
    if LEASE in os.environ:
        threading.Thread(target=_keep, args=(run_dir,), daemon=True).start()


def _keep(run_dir: Path) -> None:
    while True:
        beat(run_dir)
        try:
            with held():
                pass
        except Lost:
            print(GIVEN_AWAY, file=sys.stderr, flush=True)
            os._exit(ENDED_BY_LOSS)
        except (sqlite3.OperationalError, InputError):
            pass  # a disk in trouble: it is asked again before anything is written
        time.sleep(BEAT_S)
