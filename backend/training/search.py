"""A small search over learning rate and rank: short trials on the real rows, chosen by validation, resumable."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import optuna
from optuna.storages import RDBStorage, RetryHeartbeatStaleTrialCallback
from optuna.trial import TrialState
from transformers import TrainerCallback

from backend.events import Phase, Trial
from backend.training.config import Knobs
from backend.training.failures import out_of_memory
from backend.training.watch import Diverged, Report

if TYPE_CHECKING:
    from backend.training.session import Session

RANKS = (8, 16)
"""Up to 16: what vLLM serves without being told more."""
RATES = (5e-5, 1e-3)
DIVERGED = "diverged"
"""Marks a trial that ended because its loss grew or was no number."""


class Prune(TrainerCallback):  # type: ignore[misc]
    """Ends a trial that does worse than the others did at the same step, or when the run is asked to stop."""

    def __init__(self, session: Session, trial: optuna.Trial) -> None:
        self.session, self.trial, self.pruned = session, trial, False

    def on_evaluate(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
        if state.global_step < state.max_steps:
            self.trial.report(rest["metrics"][self.session.key], state.global_step)
            self.pruned = self.trial.should_prune()
            control.should_training_stop = self.pruned

    def on_step_end(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
        if self.session.asked.stop:
            control.should_training_stop = True


def search(session: Session) -> Knobs:
    """The settings with the best learning rate and rank of the trials; the given ones are always tried first.

    Trials are kept in `search.db`; after a kill the search goes on and repeats only the trial that was cut.
    """
    knobs = session.knobs
    session.say(Phase(name="searching", detail=f"{knobs.search_trials} short trials of {knobs.search_steps} steps"))
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = _study(session)
    deadline = time.monotonic() + 60 * knobs.search_minutes

    def after(study: optuna.Study, trial: optuna.trial.FrozenTrial) -> None:
        state = {TrialState.COMPLETE: "complete", TrialState.PRUNED: "pruned"}.get(trial.state, "failed")
        session.say(
            Trial.model_validate(
                {"number": _tried(study) - 1, "of": knobs.search_trials, "settings": trial.params,
                 "score": trial.value if trial.state == TrialState.COMPLETE else None, "state": state}
            )
        )  # fmt: skip
        if session.asked.stop or time.monotonic() > deadline:
            study.stop()

    left = knobs.search_trials - _tried(study)
    if left > 0:
        study.optimize(lambda trial: _try(session, trial), n_trials=left, callbacks=[after], catch=(Diverged,))
    done = study.get_trials(states=(TrialState.COMPLETE,))
    if not done:
        return knobs
    best = study.best_params
    return knobs.model_copy(
        update={"learning_rate": best["learning_rate"], "rank": best["rank"], "alpha": 2 * best["rank"]}
    )


def _tried(study: optuna.Study) -> int:
    """Trials that came to an end of their own; not those cut by the end of the process, which are tried again."""
    ended = {TrialState.COMPLETE, TrialState.PRUNED}
    return sum(trial.state in ended or DIVERGED in trial.user_attrs for trial in study.trials)


def _study(session: Session) -> optuna.Study:
    knobs = session.knobs
    storage = RDBStorage(
        f"sqlite:///{session.run_dir / 'search.db'}",
        heartbeat_interval=10,
        grace_period=60,
        heartbeat_stale_trial_callback=RetryHeartbeatStaleTrialCallback(max_retry=2),
    )
    study = optuna.create_study(
        study_name=session.config.run_id,
        storage=storage,
        load_if_exists=True,
        direction="maximize" if knobs.choose_by == "score" else "minimize",
        sampler=optuna.samplers.TPESampler(seed=knobs.seed),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=2),
    )
    cut = study.get_trials(states=(TrialState.RUNNING,))
    for trial in cut:  # this process holds the run's lock: whoever ran it is dead
        study.tell(trial.number, state=TrialState.FAIL)
        study.enqueue_trial(trial.params)
    if not study.trials:
        study.enqueue_trial({"learning_rate": knobs.learning_rate, "rank": knobs.rank})
    else:  # the same seed again would draw the same settings again
        study.sampler = optuna.samplers.TPESampler(seed=knobs.seed + len(study.trials))
    return study


def _try(session: Session, trial: optuna.Trial) -> float:
    rank = trial.suggest_categorical("rank", sorted({*RANKS, session.knobs.rank}))
    rate = trial.suggest_float(
        "learning_rate",
        min(RATES[0], session.knobs.learning_rate),
        max(RATES[1], session.knobs.learning_rate),
        log=True,
    )
    knobs = session.knobs.model_copy(update={"learning_rate": rate, "rank": rank, "alpha": 2 * rank})
    model = session.adapted(knobs)
    knobs = session.fitted(model, knobs)
    try:
        prune = Prune(session, trial)
        trainer = session.trainer(
            model, knobs, session.run_dir / "trials", [Report(), prune], knobs.search_steps
        )
        trainer.train()
        if prune.pruned or session.asked.stop:
            raise optuna.TrialPruned
        values = [entry[session.key] for entry in trainer.state.log_history if session.key in entry]
        return float(values[-1])
    except Diverged:
        trial.set_user_attr(DIVERGED, True)
        raise
    except Exception as error:
        if out_of_memory(error):  # tried again in smaller portions
            trial.study.enqueue_trial(trial.params)
        raise
    finally:
        model.unload()
