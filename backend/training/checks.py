"""What the trained adapter does, seen once before the run is called done: on a few rows, by really answering them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from backend.domain import Example
from backend.errors import InputError
from backend.models.batches import left_padded
from backend.models.generate import Generated, LocalModel
from backend.models.load import load_model
from backend.prompts.encode import Encoded
from backend.prompts.render import render
from backend.training.memory import with_room

if TYPE_CHECKING:
    from backend.training.session import Session

PROBES = 8
"""Rows looked at: enough to see a fault that touches every answer, seconds to compute."""
LONGEST = 256
"""Tokens an answer may take here; longer ones cost too much time for a look."""
KINDS = frozenset({".safetensors", ".json", ".md", ".jinja", ".txt", ".model"})
"""What a saved adapter may consist of: nothing that runs code when opened."""


def check_answers(session: Session, model: Any) -> dict[str, int]:
    """Answer some validation prompts (do the answers end?) and some training rows (are they given as learnt?).

    Gives the fields of `RunFacts` that say how many were asked, and of how many it was so.
    """
    held, learnt = _few(session.held, session.held_rows), _few(session.train, session.train_rows)
    longest = max(len(pair.answer) for pair in session.held)
    model.eval()
    with session.plainly(model):
        ends = _answers(session, model, held, min(LONGEST, longest + longest // 2 + 8))
        given = _answers(session, model, learnt, max(len(pair.answer) for pair, _ in learnt))
    recalled = [
        answer.ids == pair.answer[:-1] and not answer.hit_limit for answer, (pair, _) in zip(given, learnt, strict=True)
    ]
    return {
        "asked": len(held),
        "ended": sum(not answer.hit_limit for answer in ends),
        "recalled_of": len(learnt),
        "recalled": sum(recalled),
    }


def check_files(folder: Path) -> None:
    """Raise InputError when a saved adapter holds anything but safetensors, JSON and text."""
    strange = sorted(path.name for path in folder.iterdir() if path.suffix not in KINDS)
    if strange:
        raise InputError("The saved adapter holds files of a kind it must not.", where=", ".join(strange))


def _few(pairs: Sequence[Encoded], rows: Sequence[Example]) -> list[tuple[Encoded, Example]]:
    """Those with the shortest answers: what is cheap to write, and must be learnt first."""
    both = sorted(zip(pairs, rows, strict=True), key=lambda one: len(one[0].answer))
    return [one for one in both if len(one[0].answer) <= LONGEST][:PROBES] or both[:1]


def _answers(session: Session, model: Any, asked: Sequence[tuple[Encoded, Example]], most: int) -> list[Generated]:
    local = LocalModel.around(model, session.tokenizer, session.folder)
    prompts = [render(session.config.prompt, row) for _, row in asked]
    return with_room(lambda rows: local.generate(prompts, most, rows), PROBES)


def logit_change(session: Session, model: Any) -> float:
    """The largest change of a next-token logit between base and tuned, over a few validation prompts."""
    tuned = _logits(session, model)
    if hasattr(model, "disable_adapter"):
        with model.disable_adapter():
            base = _logits(session, model)
    else:  # every weight was trained: the base model is read once more
        base = _logits(session, load_model(session.folder, as_="float32"))
    return float((tuned - base).float().abs().max())


def _logits(session: Session, model: Any) -> torch.Tensor:
    """(rows, 1, vocabulary)."""
    prompts = [pair.prompt for pair in session.held[:PROBES]]
    ids, mask = left_padded(prompts, session.tokenizer.pad_token_id, model.device)
    model.eval()
    with torch.inference_mode(), session.plainly(model):
        logits: torch.Tensor = model(input_ids=ids, attention_mask=mask, logits_to_keep=1).logits
        return logits
