"""The training process: `python -m backend.training.worker RUN_DIR`, also under torchrun.

Reads config.json, train.jsonl and validation.jsonl; appends to events.jsonl; leaves checkpoints, `adapter/` and
result.json. Everything it has to say goes into events; tracebacks go to worker.log.
"""

from __future__ import annotations

import os
import sys
import time
import traceback
from contextlib import suppress
from pathlib import Path

from backend.events import Done, Event, Failed, Phase
from backend.training import lease
from backend.training.asked import Asked, StopNow
from backend.training.checkpoints import drop_unfinished, steps_kept
from backend.training.company import LOST, Company
from backend.training.config import read_config
from backend.training.lease import CLUSTER, ENDED_BY_LOSS, GIVEN_AWAY, LEASE, Lost, belong, held, keep
from backend.training.trackers import settle

PATIENCE_S = 3.0
"""Seconds in which a process that ended has left word why."""


def main(argv: list[str]) -> int:
    """Exit code 0 when the run ended as it should or was stopped, 2 when a person must act, 1 when we failed, 3 when
    only another process of the run was lost, 4 when its devices were given to another run: then nothing is written."""
    asked = Asked()
    run_dir = Path(argv[0]).resolve()
    rank = int(os.environ.get("RANK", "0"))
    going = belong(run_dir) if rank == 0 or {LEASE, CLUSTER} & os.environ.keys() else None
    if rank == 0 and going is None:
        print("another worker is at this run", file=sys.stderr)
        return 2
    try:
        if rank == 0:
            keep(run_dir)
        return _work(run_dir, asked, rank)
    except Lost:
        print(GIVEN_AWAY, file=sys.stderr)
        return ENDED_BY_LOSS
    finally:
        if going is not None:
            os.close(going)


def _work(run_dir: Path, asked: Asked, rank: int) -> int:
    first = rank == 0

    def say(event: Event) -> None:
        if first:
            lease.say(run_dir, event)

    def stopped() -> None:
        if first:
            say(Done(why="stopped", steps=steps_kept(run_dir / "checkpoints")))

    company = Company(run_dir, rank, say, stopped) if "RANK" in os.environ else None
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
        with suppress(OSError), held():  # a half-written checkpoint counts for nothing, and takes room
            if first:
                drop_unfinished(run_dir / "checkpoints")
        say(failed)
        if company and not lost_another(error):
            company.leave_word(failed)
        return LOST if company and lost_another(error) else 2 if known else 1
    say(Done(why=why, steps=steps))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
