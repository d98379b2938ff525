"""The process of a run until its turn comes: `python -m backend.training.turn RUN_DIR HOME TOKEN STARTER`.

It waits in the line, in a few MiB, whatever becomes of the app; then it turns into the worker, with the same process
id. Whoever waits also watches: a holder that has not moved for long is ended, and its lease taken away.
"""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from pathlib import Path

from backend.events import Failed, append
from backend.training import devices
from backend.training.asked import NUMBERS
from backend.training.config import read_config
from backend.training.going import beat, is_going, kill, last_beat, record
from backend.training.launch import command
from backend.training.lease import LEASE, LEASE_S, given
from backend.training.line import Entry, Line, TakenOut
from backend.training.place import place

POLL_S = 1.0


class Watch:
    """Sees which runs still move. What it does not see, because it sleeps itself, does not count as standing still."""

    def __init__(self) -> None:
        self.seen: dict[int, tuple[int, float]] = {}
        self.looked = time.monotonic()
        self.still: frozenset[int] = frozenset()

    def look(self, entries: list[Entry]) -> None:
        """Look at everybody once; `still` are the tokens of those that have not moved for a lease's length."""
        now = time.monotonic()
        since, self.looked = min(now - self.looked, 2 * POLL_S), now
        for entry in entries:
            number = last_beat(entry.folder)
            known, stood = self.seen.get(entry.token, (number, 0.0))
            self.seen[entry.token] = (number, stood + since if number == known else 0.0)
        self.still = frozenset(token for token, (_, stood) in self.seen.items() if stood > LEASE_S)


def wait(run_dir: Path, line: Line, token: int, starter: int) -> tuple[str, ...]:
    """Wait until the run has its devices: their names. Raises TakenOut."""
    machine, watch, said = devices.machine(), Watch(), None
    while True:
        beat(run_dir)
        entries = line.entries()
        watch.look(entries)
        for entry in entries:
            if entry.devices and entry.token in watch.still:
                _end(line, entry)
        now = place(line, token, machine, passed_over=watch.still)
        if now is None:  # only now are other programs worth a look, which takes a while
            taken = devices.taken(machine, starter)
            now = place(line, token, machine, taken, watch.still)
            usable = [device.name for device in machine if device.name not in taken]
            # What is asked of the worker from here on waits until it can hear it.
            signal.pthread_sigmask(signal.SIG_BLOCK, NUMBERS)
            got = line.claim(token, usable, watch.still)
            if got:
                return got
            signal.pthread_sigmask(signal.SIG_UNBLOCK, NUMBERS)
        if now is not None and (said is None or (now.place, now.why) != (said.place, said.why)):
            append(run_dir / "events.jsonl", now)
            said = now
        time.sleep(POLL_S)


def main(argv: list[str]) -> int:
    """Returns only when the run was taken out of the line, or something went wrong."""
    run_dir, line, token, starter = Path(argv[0]), Line(Path(argv[1])), int(argv[2]), int(argv[3])
    record(run_dir, os.getpid())
    try:
        knobs = read_config(run_dir).knobs
        got = wait(run_dir, line, token, starter)
        if knobs.processes > 1:  # torchrun hears for its processes
            signal.pthread_sigmask(signal.SIG_UNBLOCK, NUMBERS)
        environment = {**os.environ, **devices.environment(got, knobs), LEASE: given(token, line.path)}
        os.execve(sys.executable, command(run_dir, knobs.processes), environment)  # noqa: S606
    except TakenOut:
        return 0
    except Exception as error:  # whatever it is, the reader must learn that the run has ended
        traceback.print_exc()
        line.take_away(token)
        what, log = f"Tunewise failed before the start: {type(error).__name__}: {error}", str(run_dir / "worker.log")
        append(run_dir / "events.jsonl", Failed(what=what, do="Report it, with the log.", log=log))
        return 1


def _end(line: Line, entry: Entry) -> None:
    """End a holder that does not move, so that it holds its device no longer; it may go on from its checkpoint."""
    ended = kill(entry.folder)

    def say() -> None:
        if ended and not is_going(entry.folder):
            append(
                entry.folder / "events.jsonl",
                Failed(
                    what=f"It did not move for {LEASE_S:.0f} seconds while another run was waiting, so it was ended.",
                    do="Resume it: it goes on from its last complete checkpoint when its turn comes.",
                    log=str(entry.folder / "worker.log"),
                ),
            )

    line.take_away(entry.token, say)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
