"""The training process: `python -m backend.training.worker RUN_DIR`, also under torchrun.

Reads config.json, train.jsonl and validation.jsonl; appends to events.jsonl; leaves checkpoints, `adapter/` and
result.json. Everything it has to say goes into events; tracebacks go to worker.log.
"""

from __future__ import annotations

import fcntl
import os
import sys
import time
import traceback
from contextlib import suppress
from pathlib import Path

from backend.events import Done, Event, Failed, Phase, append
from backend.training.asked import Asked, StopNow
from backend.training.checkpoints import drop_unfinished, newest_whole
from backend.training.company import LOST, Company
from backend.training.config import read_config
from backend.training.trackers import settle

PATIENCE_S = 3.0
"""Seconds in which a process that ended has left word why."""


def main(argv: list[str]) -> int:
    """Exit code 0 when the run ended as it should or was stopped, 2 when a person must act, 1 when we failed, 3 when
    only another process of the run was lost."""
    asked = Asked()
    run_dir = Path(argv[0]).resolve()
    rank, several = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1")) > 1
    first = rank == 0

    def say(event: Event) -> None:
        if first:
            append(run_dir / "events.jsonl", event)

    with (run_dir / "worker.lock").open("w") as lock:
        if first:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print("another worker is at this run", file=sys.stderr)
                return 2

        def stopped() -> None:
            if first:
                say(Done(why="stopped", steps=_steps(run_dir)))

        company = Company(run_dir, rank, say, stopped) if several else None
        if company:
            company.start()
        try:
            say(Phase(name="loading", detail="the model and the rows"))
            config = read_config(run_dir)
            settle(config.knobs.tracker, config.knobs.tracker_online, run_dir)  # read when packages are imported
            from backend.training import ranks
            from backend.training.run import train

            ranks.join(config.knobs.processes)
            why, steps = train(run_dir, config, say, asked)
        except StopNow:
            stopped()
            return 0
        except Exception as error:  # whatever it is, the reader must learn that the run has ended
            from backend.training.failures import explain, lost_another

            traceback.print_exc()
            if company and lost_another(error):
                time.sleep(PATIENCE_S)  # the one that ended may have left word why, and that is what will be said
            known = explain(error)
            what, do = known or (f"Tunewise failed: {type(error).__name__}: {error}", "Report it, with the log.")
            failed = Failed(what=what, do=do, log=str(run_dir / "worker.log"))
            with suppress(OSError):  # a half-written checkpoint counts for nothing, and takes the room for the words
                if first:
                    drop_unfinished(run_dir / "checkpoints")
            say(failed)
            if company and not lost_another(error):
                company.leave_word(failed)
            return LOST if company and lost_another(error) else 2 if known else 1
        say(Done(why=why, steps=steps))
        return 0


def _steps(run_dir: Path) -> int:
    """The steps that are kept: those of the newest whole checkpoint."""
    found, _ = newest_whole(run_dir / "checkpoints")
    return found.step if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
