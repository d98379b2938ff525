"""A helper of a search on a device of its own: `python -m backend.training.searcher RUN_DIR PLACE`.

It tries settings of the run's study until the budget is used up, and ends with the worker that started it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from backend.events import Event, Reduced, Trial
from backend.training import lease
from backend.training.asked import Asked
from backend.training.config import read_config
from backend.training.lease import LEASE, belong


def main(argv: list[str]) -> int:
    """Exit code 0 when there is nothing left to try or it was asked to stop; else a traceback, for the worker's log."""
    asked, run_dir, place = Asked(), Path(argv[0]), int(argv[1])
    if LEASE in os.environ:
        belong(run_dir)

    def say(event: Event) -> None:
        if isinstance(event, Trial | Reduced):  # the rest is what the worker says already
            lease.say(run_dir, event)

    from backend.training.failures import out_of_memory
    from backend.training.memory import release
    from backend.training.run import go_smaller
    from backend.training.search import try_settings
    from backend.training.session import Session
    from backend.training.space import space_of

    config = read_config(run_dir)
    alone = config.model_copy(update={"settings": {**config.settings, "processes": 1}})
    session = Session(run_dir, alone, say, asked)
    while True:
        try:
            try_settings(session, space_of(config.knobs, len(session.train)), place)
            return 0
        except Exception as error:
            if not out_of_memory(error):
                raise
        go_smaller(session, session.knobs)
        release()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
