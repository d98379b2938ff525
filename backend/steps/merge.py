"""The adapter merged into the base model on demand: a folder that any program loads, checked to answer as before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from backend.errors import InputError
from backend.models.load import is_whole
from backend.project import Project
from backend.record import Frozen
from backend.serving.chances import trainer_chances
from backend.serving.merge import forget_merged, merged_folder
from backend.serving.parity import Parting, parting_of, whole
from backend.steps.serve import MERGED_SHARE, Trainer, merged_place, trainer_answers, what_to_serve

Tell = Callable[[str, float], None]


class Merged(Frozen):
    """The merged model. Of `prompts` answers `same` are equal token for token, `ties` differ by rounding only."""

    folder: str
    gib: float
    prompts: int
    same: int
    ties: int


def merge(project: Project, home: Path, out: Path | None, tell: Tell) -> Merged:
    """Merge into `out` (default: the project's own place, where serving looks), unless that is there already.

    Raises InputError when the run is missing, the disk or the memory too small, or the merged model answers otherwise:
    then it is removed again.
    """
    served = what_to_serve(project, home)
    if is_whole(served.adapter):
        raise InputError(
            "There is nothing to merge: all weights were trained, and the result is a model of its own.",
            where=str(served.adapter),
        )
    target = out.expanduser().resolve() if out is not None else merged_place(project)
    if out is not None and target.exists() and any(target.iterdir()) and not (target / "merged.json").exists():
        raise InputError("That folder holds something else.", where=str(target), do="Name a new or an empty one.")
    folder = merged_folder(served.base, served.adapter, target, lambda words: tell(words, 0.0))
    trainer = trainer_answers(project, served, ("tuned",), tell)
    partings = _compared(trainer, folder, tell)
    other = [parting for parting in partings if not parting.near_tie]
    if len(other) > MERGED_SHARE * len(trainer.chats):
        forget_merged(target)
        raise InputError(
            "The merged model does not answer like the tuned one, so it was removed again.",
            why=f"{len(other)} of {len(trainer.chats)} answers really differ after merging.",
            do="Use the adapter on the base model, as it was trained.",
        )
    size = sum(file.stat().st_size for file in folder.iterdir() if file.is_file())
    return Merged(
        folder=str(folder), gib=size / 2**30, prompts=len(trainer.chats),
        same=len(trainer.chats) - len(partings), ties=len(partings) - len(other),
    )  # fmt: skip


def _compared(trainer: Trainer, folder: Path, tell: Tell) -> list[Parting]:
    """Where the merged model's own greedy answers leave the trainer's."""
    from backend.models.generate import LocalModel

    local = LocalModel(folder)
    answers = local.generate(
        trainer.chats, trainer.limit, batch_size=1,  # batching changes rounding
        on_progress=lambda done, of: tell("Answering with the merged model", 0.3 + 0.7 * done / of),
    )  # fmt: skip
    partings = []
    for number, (reference, answer) in enumerate(zip(trainer.references["tuned"], answers, strict=True)):
        seen = whole(answer.ids, trainer.stops, not answer.hit_limit)
        chances = trainer_chances(local, reference.prompt_ids, reference.answer_ids)
        # Merged weights are kept in 16 bits.
        parting = parting_of(number, reference, seen, chances.__getitem__, end_ids=trainer.stops, half=True)
        partings += [parting] if parting is not None else []
    return partings
