"""The study of a search: a SQLite file in the run's folder, on which several processes may work and each may be killed.

A trial is cut when its process ends before it does. A cut trial is tried again and does not count. Who is alive is told
by locks, which the system lets go of with the process: each place (a device) has one. Optuna's heartbeat stays as the
second net, for a process that hangs on another machine's disk.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import optuna
from optuna.storages import RDBStorage, RetryHeartbeatStaleTrialCallback
from optuna.trial import FrozenTrial, TrialState

from backend.training.config import Knobs

PLACE, GIVEN, DIVERGED, BY_ROW, ROWS_SEEN = "place", "given", "diverged", "by row", "rows seen"
"""What is noted beside a trial: where it runs, whether it has the given settings, whether its loss grew or was no
number, its value by validation row, and the rows it has seen."""
RANDOM_FIRST = 5
"""Trials drawn at random before the sampler learns from them."""


class AtTheSameRows(optuna.pruners.BasePruner):
    """Gives up a trial that is worse than the middle one of those with as many passes when they had seen as many rows.

    With as many passes the learning rate stands at the same point of its way down, so that like is compared with like;
    rows per step do not matter, for what counts is rows. The given settings are never given up: they are what all is
    compared with.
    """

    def prune(self, study: optuna.Study, trial: FrozenTrial) -> bool:
        seen = trial.last_step
        if seen is None or trial.user_attrs.get(GIVEN):
            return False
        sign = -1 if study.direction == optuna.study.StudyDirection.MAXIMIZE else 1
        others = sorted(
            sign * other.intermediate_values[seen]
            for other in study.get_trials(deepcopy=False)
            if other.number != trial.number
            and seen in other.intermediate_values
            and other.params.get("epochs") == trial.params.get("epochs")
        )
        return len(others) > 1 and sign * trial.intermediate_values[seen] > others[len(others) // 2]


def opened(run_dir: Path, knobs: Knobs, place: int) -> optuna.Study:
    """The run's study, made if there is none, for the process at this place. Call it within `turn`."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    storage = RDBStorage(
        f"sqlite:///{run_dir / 'search.db'}",
        engine_kwargs={"connect_args": {"timeout": 60}},
        heartbeat_interval=10,
        grace_period=60,
        heartbeat_stale_trial_callback=RetryHeartbeatStaleTrialCallback(max_retry=2),
    )
    study = optuna.create_study(
        study_name="search",
        storage=storage,
        load_if_exists=True,
        direction="maximize" if knobs.choose_by == "score" else "minimize",
        pruner=AtTheSameRows(),
    )
    # The same seed again would draw the same settings again, in another process or after a kill.
    seed = knobs.seed + len(study.trials) + 10_007 * place
    study.sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=RANDOM_FIRST)
    return study


@contextmanager
def turn(run_dir: Path) -> Iterator[IO[str]]:
    """Hold the study: nobody else begins a trial meanwhile. It may be let go early, with `let_go`."""
    with (run_dir / "search.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock


def let_go(lock: IO[str]) -> None:
    """End a turn before its block ends; twice is harmless."""
    fcntl.flock(lock, fcntl.LOCK_UN)


@contextmanager
def at_place(run_dir: Path, place: int) -> Iterator[None]:
    """Be the one process at this place, waiting for the one before to end: two never share a device."""
    with (run_dir / f"search-{place}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def repeat_what_was_cut(study: optuna.Study, run_dir: Path, place: int, first: dict[str, Any]) -> None:
    """Have trials whose process is gone tried again, and see to it that the given settings `first` come first.

    Call it within `turn`, by the process that holds `place`, while it has no trial going on.
    """
    waiting = [trial.system_attrs.get("fixed_params") for trial in study.get_trials(states=(TrialState.WAITING,))]
    for trial in study.get_trials(states=(TrialState.RUNNING,)):
        if _is_alive(run_dir, trial.user_attrs.get(PLACE), place):
            continue
        if trial.params and trial.params not in waiting:
            again(study, trial)  # before it is failed: a kill in between must not lose it
        study.tell(trial.number, state=TrialState.FAIL)
    states = (TrialState.WAITING, TrialState.RUNNING)
    tries = [*ended(study), *study.get_trials(states=states)]
    if not any(trial.user_attrs.get(GIVEN) for trial in tries):
        study.enqueue_trial(first, user_attrs={GIVEN: True})


def again(study: optuna.Study, trial: FrozenTrial | optuna.Trial) -> None:
    """Put a trial's settings first in the queue."""
    kept = {GIVEN: True} if trial.user_attrs.get(GIVEN) else None
    study.enqueue_trial(trial.params, user_attrs=kept)


def ended(study: optuna.Study) -> list[FrozenTrial]:
    """Trials that came to an end of their own, in the order of their ends; not those that were cut."""
    own = {TrialState.COMPLETE, TrialState.PRUNED}
    found = [trial for trial in study.trials if trial.state in own or DIVERGED in trial.user_attrs]
    return sorted(found, key=lambda trial: (trial.datetime_complete or datetime.max, trial.number))


def claimed(study: optuna.Study) -> int:
    """Trials that count or will: ended, or going on."""
    return len(ended(study)) + len(study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)))


def _is_alive(run_dir: Path, where: int | None, place: int) -> bool:
    if where is None or where == place:  # killed before it was noted; or our own place, where we have just come
        return False
    with (run_dir / f"search-{where}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False
