"""The search over learning rate, rank, batch size and passes: short trials on the real rows, chosen by validation.

Every trial learns from the same rows. What it costs is counted in rows, so that trials with different rows per step or
passes are compared after the same work; see docs/decisions/0019-a-fair-search.md.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Literal

import optuna
from optuna.trial import FrozenTrial, TrialState

from backend.events import Phase, SearchEnded, Trial
from backend.searched import Searched, Tried
from backend.store import write_text
from backend.training.asked import Asked
from backend.training.config import Knobs, TrainingConfig
from backend.training.explained import Evidence, explain_search
from backend.training.lease import held
from backend.training.session import Session
from backend.training.space import Space, given, settings_of, space_of
from backend.training.study import (
    BY_ROW,
    GIVEN,
    PLACE,
    ROWS_SEEN,
    at_place,
    claimed,
    ended,
    let_go,
    opened,
    repeat_what_was_cut,
    turn,
)
from backend.training.trial import Cut, run_trial
from backend.training.watch import Diverged, Say

FOUND = "search.json"
"""In the run's folder once the search is over: a resumed run does not search again."""


def search(session: Session) -> Knobs:
    """The settings to train with: the given ones, which are always tried first, or clearly enough better ones."""
    knobs, run_dir = session.knobs, session.run_dir
    space = space_of(knobs, len(session.train))
    if not (run_dir / FOUND).exists():
        session.say(Phase(name="searching", detail=announced(knobs, space)))
        with helping(run_dir, list(enumerate(devices()))[1:]) as helpers:
            try_settings(session, space, 0)
            wait_for(helpers, session.asked)
        try_settings(session, space, 0)  # what a helper that died has left undone
        if session.asked.stop:  # nothing is trained: the search goes on when the run does
            return knobs
        conclude(run_dir, session.config, session.say)
    found = searched(run_dir)
    if found is None or found.chosen is None or found.chosen == found.given:
        return knobs
    return settings_of(knobs, found.trial(found.chosen).settings, len(session.train))


def searched(run_dir: Path) -> Searched | None:
    """What the run's search found; None while there is none that has ended."""
    kept = run_dir / FOUND
    return Searched.model_validate_json(kept.read_bytes()) if kept.exists() else None


def search_before(run_dir: Path, config: TrainingConfig, say: Say, asked: Asked) -> None:
    """The search of a run over several GPUs, before its processes load anything: one trial on each GPU by itself.

    The first process has the trials made and concludes; the others wait for what it finds.
    """
    if os.environ.get("RANK", "0") != "0":
        while not (run_dir / FOUND).exists() and not asked.stop:
            time.sleep(0.2)
        return
    if (run_dir / FOUND).exists():
        return
    say(Phase(name="searching", detail=f"up to {config.knobs.search_trials} short trials, one on each GPU"))
    with helping(run_dir, list(enumerate(devices()))) as helpers:
        wait_for(helpers, asked)
        failed = [helper.returncode for helper in helpers if helper.returncode]
    if asked.stop:
        return
    if len(failed) == len(helpers):
        raise RuntimeError("every process of the search failed: the log says why")
    conclude(run_dir, config, say)


def announced(knobs: Knobs, space: Space) -> str:
    """What will be tried, in words."""
    limit = f", at most {knobs.search_minutes:g} minutes," if knobs.search_minutes else ""
    return f"up to {knobs.search_trials} short trials{limit} of {space.rows:,} rows a pass"


def devices() -> list[str]:
    """The GPUs on which trials may run, one on each, as given to this process; one nameless place without a GPU."""
    return (os.environ.get("SEARCH_DEVICES") or os.environ.get("CUDA_VISIBLE_DEVICES", "")).split(",")


@contextmanager
def helping(run_dir: Path, places: Sequence[tuple[int, str]]) -> Iterator[list[subprocess.Popen[bytes]]]:
    """A process for each (place, device), working on the same study; asked to stop when this block is left."""
    helpers = [
        subprocess.Popen(
            [sys.executable, "-m", "backend.training.searcher", str(run_dir), str(place)],
            env=_alone() | ({"CUDA_VISIBLE_DEVICES": device} if device else {}),
        )
        for place, device in places
    ]
    try:
        yield helpers
    finally:
        for helper in helpers:
            helper.terminate()
            helper.wait()


def _alone() -> dict[str, str]:
    """The environment without what torchrun tells a process of its fellows."""
    fellows = ("RANK", "LOCAL_", "GROUP_", "ROLE_", "WORLD_SIZE", "MASTER_", "TORCHELASTIC_")
    return {name: value for name, value in os.environ.items() if not name.startswith(fellows)}


def wait_for(helpers: Sequence[subprocess.Popen[bytes]], asked: Asked) -> None:
    """Until all have ended, or this run is asked to stop."""
    while any(helper.poll() is None for helper in helpers) and not asked.stop:
        time.sleep(0.2)


def try_settings(session: Session, space: Space, place: int) -> None:
    """Try settings at this place until the budget is used up or the run is asked to stop."""
    knobs, run_dir = session.knobs, session.run_dir

    def told(study: optuna.Study, trial: FrozenTrial) -> None:
        trials = ended(study)
        numbers, left = [one.number for one in trials], knobs.search_trials - len(trials)
        if trial.number in numbers:
            session.say(
                Trial(
                    **_tried(numbers.index(trial.number) + 1, trial).model_dump(exclude={"value"}),
                    of=knobs.search_trials,
                    score=trial.value if trial.state == TrialState.COMPLETE else None,
                    measure=measure(session.config),
                    eta_s=_mean([seconds(one) for one in trials]) * left / len(devices()),
                )
            )

    with at_place(run_dir, place):
        with turn(run_dir):
            study = opened(run_dir, knobs, place)
            about = {"fixed": space.fixed, "trial_rows": space.rows, "train_rows": len(session.train)}
            for name, value in about.items():
                study.set_user_attr(name, value)
        while not session.asked.stop:
            with turn(run_dir) as lock:
                repeat_what_was_cut(study, run_dir, place, given(knobs, space))
                if claimed(study) >= knobs.search_trials or not _time_left(study, knobs):
                    return

                def objective(trial: optuna.Trial, lock: IO[str] = lock) -> float:
                    trial.set_user_attr(PLACE, place)
                    let_go(lock)  # from now on all can see that this trial is going on
                    return run_trial(session, space, trial)

                study.optimize(objective, n_trials=1, callbacks=[told], catch=(Diverged, Cut))


def conclude(run_dir: Path, config: TrainingConfig, say: Say) -> None:
    """Write down and say what the search found."""
    with turn(run_dir):
        study = opened(run_dir, config.knobs, 0)
    trials = [
        Evidence(_tried(number, trial), trial.distributions, tuple(trial.user_attrs.get(BY_ROW, ())))
        for number, trial in enumerate(ended(study), 1)
    ]
    found = explain_search(trials, measure(config), config.knobs.choose_by == "score", **study.user_attrs)
    with held():
        write_text(run_dir / FOUND, found.model_dump_json(indent=1))
    say(SearchEnded(found=found))


def measure(config: TrainingConfig) -> str:
    """What trials are compared by: the task metric's name, or the loss."""
    return config.metric if config.knobs.choose_by == "score" else "loss"


def seconds(trial: FrozenTrial) -> float:
    """How long a trial that has ended took."""
    assert trial.datetime_start and trial.datetime_complete
    return (trial.datetime_complete - trial.datetime_start).total_seconds()


def _tried(number: int, trial: FrozenTrial) -> Tried:
    states: dict[TrialState, Literal["complete", "pruned"]] = {
        TrialState.COMPLETE: "complete", TrialState.PRUNED: "pruned",
    }  # fmt: skip
    return Tried(
        number=number, settings=trial.params, state=states.get(trial.state, "failed"), value=trial.value,
        rows_seen=int(trial.user_attrs.get(ROWS_SEEN, 0)), seconds=seconds(trial),
        given=bool(trial.user_attrs.get(GIVEN)),
    )  # fmt: skip


def _time_left(study: optuna.Study, knobs: Knobs) -> bool:
    """Whether one more trial is likely to end within the minutes agreed. A resumed search goes on with what is left."""
    took = [seconds(trial) for trial in ended(study)]
    if not knobs.search_minutes or not took:
        return True
    return sum(took) / len(devices()) + _mean(took) <= 60 * knobs.search_minutes


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
