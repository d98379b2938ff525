"""A run from where it is to its end: search, train from the start or a checkpoint, keep the best, write the result."""

from __future__ import annotations

import gc
import shutil
import traceback
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import torch
from peft import set_peft_model_state_dict
from safetensors.torch import load_file
from transformers import TrainerState

from backend.errors import InputError
from backend.events import Phase, Resumed, read
from backend.models.batches import left_padded
from backend.store import write_text
from backend.training.checkpoints import newest_whole
from backend.training.config import Knobs, Result, TrainingConfig
from backend.training.failures import explain
from backend.training.machine import hardware, versions
from backend.training.search import search
from backend.training.session import ORDINARY, Session
from backend.training.trainer import AnswerTrainer
from backend.training.watch import Report, Say, Seal, Stop, worn_out
from rules.facts import RunFacts

Why = Literal["finished", "early stopping", "stopped"]
PROBES = 8
"""Validation prompts on which tuned and base logits are compared."""


def train(run_dir: Path, config: TrainingConfig, say: Say) -> tuple[Why, int]:
    """Carry the run on from where it is to its end; why it ended, and after how many steps.

    Where the quick way of a GPU fails (a kernel that cannot be compiled, say), the run goes on the ordinary way.
    """
    session = Session(run_dir, config, say)
    try:
        return _carried_on(session)
    except Exception as error:  # compilers fail in any way they like; what has another cause fails again below
        if not session.quick or explain(error):
            raise
        traceback.print_exc()
        why = f"{type(error).__name__}: {(str(error).strip() or 'no reason given').splitlines()[0]}"
    asked = session.asked.stop
    write_text(run_dir / ORDINARY, why + "\n")
    (run_dir / "search.db").unlink(missing_ok=True)  # else the trial that failed would count as tried
    del session
    gc.collect()
    torch.compiler.reset()
    torch.cuda.empty_cache()
    say(Phase(name="preparing", detail=f"the quick way failed on this GPU; on goes the ordinary, slower one: {why}"))
    again = Session(run_dir, config, say)
    again.asked.stop = asked
    return _carried_on(again)


def _carried_on(session: Session) -> tuple[Why, int]:
    run_dir, say, knobs = session.run_dir, session.say, session.knobs
    if knobs.search_trials:
        knobs = search(session)
        if session.asked.stop:
            return "stopped", 0
    _check_disk(run_dir, session.folder.shape.adapter_parameters(knobs.rank))
    model = session.adapted(knobs)
    knobs = session.fitted(model, knobs)
    stop = Stop(session.asked, session.key, knobs.patience if knobs.early_stopping else None)
    out = run_dir / "checkpoints"
    trainer = session.trainer(model, knobs, out, [Report(say), Seal(say), stop])
    checkpoint, aside = newest_whole(out)
    for words in aside:
        say(Phase(name="checking", detail=words))
    ended = _ended(checkpoint.path, session.key, stop.patience) if checkpoint else None
    if checkpoint:
        say(Resumed(step=checkpoint.step, folder=f"checkpoints/{checkpoint.path.name}"))
    if ended and checkpoint:  # killed after the last step: only the end is missing
        trainer.state = TrainerState.load_from_json(str(checkpoint.path / "trainer_state.json"))
        _load_adapter(model, checkpoint.path)
    else:
        say(Phase(name="training"))
        trainer.train(resume_from_checkpoint=str(checkpoint.path) if checkpoint else None)
    why: Why = ended or ("stopped" if stop.why == "stopped" else "early stopping" if stop.why else "finished")
    say(Phase(name="saving", detail="the adapter and the result"))
    _finish(session, knobs, trainer, model, why)
    return why, trainer.state.global_step


def _finish(session: Session, knobs: Knobs, trainer: AnswerTrainer, model: Any, why: Why) -> None:
    if not any("eval_loss" in entry for entry in trainer.state.log_history):
        trainer.evaluate()
    state = trainer.state
    best = session.run_dir / "checkpoints" / f"checkpoint-{state.best_global_step}"
    losses = [entry["eval_loss"] for entry in state.log_history if "eval_loss" in entry]
    used_best = bool(state.best_global_step) and best.is_dir()
    if used_best:
        _load_adapter(model, best)
    if not trainer.is_world_process_zero():
        return
    _save_adapter(model, session.run_dir / "adapter")
    trained = [entry["loss"] for entry in state.log_history if "loss" in entry]
    tail = trained[-max(5, len(trained) // 10) :]
    facts = RunFacts(
        steps=state.global_step,
        early_stopping=knobs.early_stopping,
        search_trials=knobs.search_trials,
        train_loss=sum(tail) / len(tail) if tail else float("nan"),
        validation_loss=losses[-1],
        best_validation_loss=min(losses),
        used_best_checkpoint=used_best or len(losses) == 1,
        validation_rising=len(losses) > 2 and losses[-1] > losses[-2] > losses[-3],
        largest_logit_change=logit_change(session, model),
    )
    result = Result(
        why=why,
        signed=session.config.signed,
        settings=dict(knobs.model_dump()),
        versions=versions(),
        hardware=hardware(),
        seconds=working_seconds(session.run_dir),
        rows=len(session.train),
        rows_left_out=session.left_out,
        trainable_parameters=sum(p.numel() for p in model.parameters() if p.requires_grad),
        facts=facts,
    )
    write_text(session.run_dir / "result.json", result.model_dump_json(indent=1))


def logit_change(session: Session, model: Any) -> float:
    """The largest change of a next-token logit between base and tuned, over a few validation prompts."""
    ids, mask = left_padded(
        [pair.prompt for pair in session.held[:PROBES]], session.tokenizer.pad_token_id, model.device
    )
    model.eval()
    with torch.inference_mode(), session.plainly(model):
        tuned = model(input_ids=ids, attention_mask=mask, logits_to_keep=1).logits
        with model.disable_adapter():
            base = model(input_ids=ids, attention_mask=mask, logits_to_keep=1).logits
    return float((tuned - base).float().abs().max())


def working_seconds(run_dir: Path) -> float:
    """Seconds at work, summed over sessions: from each `loading` to the last event before the next."""
    total, began, last = 0.0, None, None
    for event in read(run_dir / "events.jsonl")[0]:
        at = datetime.fromisoformat(event.at)
        if isinstance(event, Phase) and event.name == "loading":
            total += (last - began).total_seconds() if began and last else 0.0
            began = at
        last = at
    return total + ((last - began).total_seconds() if began and last else 0.0)


def _ended(checkpoint: Path, key: str, patience: int | None) -> Why | None:
    state = TrainerState.load_from_json(str(checkpoint / "trainer_state.json"))
    if state.global_step >= state.max_steps:
        return "finished"
    return "early stopping" if worn_out(state.log_history, key, patience) else None


def _load_adapter(model: Any, checkpoint: Path) -> None:
    set_peft_model_state_dict(model, load_file(checkpoint / "adapter_model.safetensors", device=str(model.device)))


def _save_adapter(model: Any, target: Path) -> None:
    made = target.with_name(".adapter.tmp")
    if made.exists():
        shutil.rmtree(made)
    model.save_pretrained(made, safe_serialization=True)
    if target.exists():
        shutil.rmtree(target)
    made.rename(target)


def _check_disk(run_dir: Path, parameters: int) -> None:
    """Three checkpoints of adapter and two optimiser moments, 4 bytes each, and the adapter itself."""
    needed = parameters * 4 * 3 * 4
    free = shutil.disk_usage(run_dir).free
    if free < needed:
        raise InputError(
            "There is too little room on the disk for the checkpoints.",
            why=f"About {needed / 2**20:.0f} MiB are needed, {free / 2**20:.0f} MiB are free.",
            do="Free some space, then resume.",
        )
