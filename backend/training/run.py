"""A run from where it is to its end: search, try before the start, train from the start or a checkpoint, keep the best.
"""

from __future__ import annotations

import shutil
import traceback
from pathlib import Path
from typing import Any

import torch
from transformers import TrainerState

from backend.errors import InputError
from backend.events import Phase, Reduced, Resumed
from backend.store import write_text
from backend.training import ranks
from backend.training.asked import Asked
from backend.training.base import refuse_another_base
from backend.training.checkpoints import Checkpoint, newest_whole
from backend.training.choice import ChooseBy, worn_out
from backend.training.config import Knobs, TrainingConfig
from backend.training.curve import measure_curve
from backend.training.failures import explain, out_of_memory
from backend.training.finish import Why, finish, load_adapter
from backend.training.memory import FIT, release, smaller
from backend.training.preflight import preflight
from backend.training.search import search, search_before
from backend.training.session import ORDINARY, Session
from backend.training.tracking import Tracking
from backend.training.watch import Clean, Diverged, Report, Say, Seal, Stop


def train(run_dir: Path, config: TrainingConfig, say: Say, asked: Asked) -> tuple[Why, int]:
    """Carry the run on from where it is to its end; why it ended, and after how many steps.

    Where the quick way of a GPU fails (a kernel that cannot be compiled, say), the run goes on the ordinary way.
    """
    if config.knobs.search_trials and config.knobs.processes > 1 and config.curve is None:
        search_before(run_dir, config, say, asked)
        if asked.stop:
            return "stopped", 0
    session = Session(run_dir, config, say, asked)
    try:
        return _worked(session)
    except Exception as error:  # compilers fail in any way they like; what has another cause fails again below
        if not session.quick or explain(error):
            raise
        traceback.print_exc()
        why = f"{type(error).__name__}: {(str(error).strip() or 'no reason given').splitlines()[0]}"
    write_text(run_dir / ORDINARY, why + "\n")
    if ranks.count() > 1:  # the others may not have met it, and wait
        raise InputError(
            f"The quick way failed on a GPU: {why}", do="Resume it: it goes on the ordinary, slower way."
        )
    (run_dir / "search.db").unlink(missing_ok=True)  # else the trial that failed would count as tried
    del session
    torch.compiler.reset()
    release()
    say(Phase(name="preparing", detail=f"the quick way failed on this GPU; on goes the ordinary, slower one: {why}"))
    return _worked(Session(run_dir, config, say, asked))


def _worked(session: Session) -> tuple[Why, int]:
    """The run, or the learning curve where that is what is asked."""
    while session.config.curve is not None:
        try:
            return measure_curve(session)
        except Exception as error:
            if not out_of_memory(error):
                raise
            traceback.print_exc()
        go_smaller(session, session.knobs)
        release()
    return _carried_on(session)


def _carried_on(session: Session) -> tuple[Why, int]:
    """With half the rows at once whenever memory runs out, from the last step that was done."""
    knobs = session.knobs
    while True:
        model = None
        try:
            if knobs.search_trials:
                knobs = search(session)
                if ranks.any_of(session.asked.stop):
                    return "stopped", 0
            model = session.adapted(knobs)
            knobs = session.fitted(model, knobs)
            return _trained(session, model, knobs)
        except Exception as error:
            if not out_of_memory(error):
                raise
            traceback.print_exc()
            alone = ranks.count() > 1 and not isinstance(error, ranks.OutOfMemoryTogether)
        # Only here, where the error no longer holds the frames it went through, is their memory given back.
        go_smaller(session, knobs, alone)
        if model is not None:
            session.renew(model)
        release()


def _trained(session: Session, model: Any, knobs: Knobs) -> tuple[Why, int]:
    run_dir, say = session.run_dir, session.say
    out = run_dir / "checkpoints"
    checkpoint, aside = ranks.from_first(lambda: newest_whole(out))
    for words in aside:
        say(Phase(name="checking", detail=words))
    if checkpoint:
        refuse_another_base(checkpoint.path, session.fingerprint)
    _check_disk(run_dir, sum(part.numel() for part in model.parameters() if part.requires_grad))
    if not checkpoint:
        preflight(session, model, knobs)
    stop = Stop(session.asked, knobs.choose_by, knobs.patience if knobs.early_stopping else None)
    report = Report(say)
    callbacks = [report, Seal(say, session.fingerprint), stop, Clean()]
    if knobs.tracker != "none":
        callbacks.append(Tracking(knobs.tracker, knobs.tracker_online, run_dir, say, report))
    trainer = session.trainer(model, knobs, out, callbacks)
    ended = _ended(checkpoint.path, knobs.choose_by, stop.patience) if checkpoint else None
    if checkpoint:
        say(Resumed(step=checkpoint.step, folder=f"checkpoints/{checkpoint.path.name}"))
    if ended and checkpoint:  # killed after the last step: only the end is missing
        trainer.state = TrainerState.load_from_json(str(checkpoint.path / "trainer_state.json"))
        load_adapter(model, checkpoint.path)
    else:
        if not checkpoint:
            session.say_samples(model, 0)
        say(Phase(name="training"))
        try:
            trainer.train(resume_from_checkpoint=str(checkpoint.path) if checkpoint else None)
        except Diverged as error:
            raise Diverged(f"{error}{_best(newest_whole(out)[0], trainer.state)}") from error
    why: Why = ended or ("stopped" if stop.why == "stopped" else "early stopping" if stop.why else "finished")
    finish(session, knobs, trainer, model, why)
    return why, trainer.state.global_step


def go_smaller(session: Session, knobs: Knobs, alone: bool = False) -> None:
    """Keep what was learnt up to the last whole step, and have fewer rows computed at once from now on.

    Raises InputError when there is nothing left to make smaller, and where this process is `alone` with its error: the
    others wait for its part, so that none can go on.
    """
    before = session.portion(knobs) if alone else ranks.from_first(lambda: session.portion(knobs))
    now = smaller(before.micro_batch, before.gradient_checkpointing)
    if now is None:
        longest = max(map(len, session.train))
        raise InputError(
            "There was not enough memory for a training step, with a single row at once and parts computed twice.",
            why=f"The longest row has {longest:,} tokens.",
            do=f"Set max_length below {longest:,} (the longest rows are then left out), lower rank, or take a smaller "
            "model; and end what else uses the memory.",
        )
    write_text(session.run_dir / FIT, now.model_dump_json())
    if alone:
        raise InputError(
            "There was not enough memory for a training step.",
            do=f"Resume it: it goes on with {now.micro_batch} rows at once, and the same result.",
        )
    out, trainer = session.run_dir / "checkpoints", session.last
    if trainer is not None and trainer.is_in_train and trainer.args.save_strategy != "no" and Clean.of(trainer):
        step = trainer.state.global_step
        if step and not ranks.from_first((out / f"checkpoint-{step}").exists):
            trainer.keep()
    session.last = None
    found, _ = ranks.from_first(lambda: newest_whole(out))
    step = found.step if found else 0
    session.say(
        Reduced(step=step, rows_before=before.micro_batch, rows_now=now.micro_batch, twice=now.gradient_checkpointing)
    )


def _best(whole: Checkpoint | None, state: TrainerState) -> str:
    """Which state is kept, in words, when the rest is given up."""
    if whole is None:
        return " No state was saved before that."
    best = state.best_global_step or whole.step
    return f" The best state before that, of step {best}, is kept in checkpoints/checkpoint-{best}."


def _ended(checkpoint: Path, by: ChooseBy, patience: int | None) -> Why | None:
    state = TrainerState.load_from_json(str(checkpoint / "trainer_state.json"))
    if state.global_step >= state.max_steps:
        return "finished"
    return "early stopping" if worn_out(state.log_history, by, patience) else None


def _check_disk(run_dir: Path, parameters: int) -> None:
    """Three checkpoints of adapter and two optimiser moments, 4 bytes each, and the adapter itself."""
    needed = parameters * 4 * 3 * 4
    free = shutil.disk_usage(run_dir).free
    if free < needed:
        raise InputError(
            "There is too little room on the disk for the checkpoints.",
            why=f"About {needed / 2**20:.0f} MiB are needed, {free / 2**20:.0f} MiB are free.",
            do="Free some space, then resume; or lower rank: the checkpoints get smaller with it.",
        )
