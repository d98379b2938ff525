"""The end of a run: the best adapter in place, checked, and the result written last."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import torch
from peft import set_peft_model_state_dict
from safetensors.torch import load_file

from backend.events import Phase, read
from backend.models.load import load_model, precision
from backend.store import write_text
from backend.training import ranks
from backend.training.checks import check_answers, check_files, logit_change
from backend.training.config import Knobs, Result, TrainingConfig
from backend.training.lease import held
from backend.training.machine import hardware, versions
from backend.training.search import searched
from backend.training.session import Session
from backend.training.trainer import AnswerTrainer
from rules.facts import RunFacts

Why = Literal["finished", "early stopping", "stopped"]


def finish(session: Session, knobs: Knobs, trainer: AnswerTrainer, model: Any, why: Why) -> None:
    """Load the best checkpoint, save it as the run's adapter, check what it does, write `result.json`."""
    if not any("eval_loss" in entry for entry in trainer.state.log_history):
        trainer.evaluate()
    state = trainer.state
    best = session.run_dir / "checkpoints" / f"checkpoint-{state.best_global_step}"
    losses = [entry["eval_loss"] for entry in state.log_history if "eval_loss" in entry]
    used_best = bool(state.best_global_step) and best.is_dir()
    if used_best:
        load_adapter(model, best)
    first = ranks.rank() == 0
    if not first and not trainer.sharded:
        return
    session.say(Phase(name="saving", detail="the adapter and the result"))
    if first:
        save_adapter(model, session.tokenizer, session.run_dir / "adapter", first_card(session.config))
    trained = [entry["loss"] for entry in state.log_history if "loss" in entry]
    tail = trained[-max(5, len(trained) // 10) :]
    session.say(Phase(name="checking", detail="what the adapter changes, and whether its answers end"))
    used = model
    if knobs.method == "qlora":  # answers are given by the model in 16 bits: there the adapter must hold good
        used = load_model(session.folder, session.run_dir / "adapter")
    found = searched(session.run_dir)
    facts = RunFacts(
        steps=state.global_step,
        early_stopping=knobs.early_stopping,
        search_trials=len(found.tried) if found else 0,
        train_loss=sum(tail) / len(tail) if tail else float("nan"),
        validation_loss=losses[-1],
        best_validation_loss=min(losses),
        used_best_checkpoint=used_best or len(losses) == 1,
        validation_rising=len(losses) > 2 and losses[-1] > losses[-2] > losses[-3],
        largest_logit_change=logit_change(session, used),
        **check_answers(session, used),
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
        search=found,
    )
    if first:
        with held():
            write_text(session.run_dir / "result.json", result.model_dump_json(indent=1))


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


def load_adapter(model: Any, checkpoint: Path) -> None:
    """Put a checkpoint's adapter, or all its weights, into the model."""
    if hasattr(model, "peft_config"):
        set_peft_model_state_dict(model, load_file(checkpoint / "adapter_model.safetensors", device=str(model.device)))
        return
    for file in sorted(checkpoint.glob("*.safetensors")):  # tied weights are stored once, so none may be missed
        model.load_state_dict(load_file(file, device=str(model.device)), strict=False)


def first_card(config: TrainingConfig) -> str:
    """What stands in the adapter's README.md until the project takes the run in and writes the whole model card."""
    return (
        f"# {config.run_id}\n\nMade from {Path(config.model).name} with Tunewise; what it depends on stands beside "
        "this folder (`config.json`, `events.jsonl`). The model card, with scores, limits and terms, takes this place "
        "when the project is next looked at.\n"
    )


def save_adapter(model: Any, tokenizer: Any, target: Path, card: str) -> None:
    """Write the adapter beside its place, then put it there: a kill leaves the old one or the new.

    A model trained as a whole is written in the number format it is used in, with its tokenizer and chat template.
    """
    made = target.with_name(".adapter.tmp")
    if made.exists():
        shutil.rmtree(made)
    if hasattr(model, "peft_config"):
        model.save_pretrained(made)
    else:
        kind = getattr(torch, precision())
        model.config.use_cache, model.config.dtype = True, kind
        model.save_pretrained(made, state_dict={name: part.to(kind) for name, part in model.state_dict().items()})
        model.config.use_cache = False
        tokenizer.save_pretrained(made)
    write_text(made / "README.md", card)
    check_files(made)
    with held():
        if target.exists():
            shutil.rmtree(target)
        made.rename(target)
