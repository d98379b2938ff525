"""From an exception in the worker to what a person is told: what happened, and the setting to change."""

from __future__ import annotations

import errno

from backend.errors import InputError
from backend.training.watch import Diverged, NeverANumber

UNWRITTEN = ("No space left", "inline_container.cc", "PytorchStreamWriter failed", "iostream error")
"""How safetensors and torch say that a file could not be written; torch does not say why."""

GONE = ("Connection closed by peer", "Connection reset by peer", "Broken pipe", "NCCL", "TCPStore")
"""How gloo, NCCL and their store say that another process does not answer any more."""

OUT_OF_MEMORY = (
    "There was not enough memory for a training step.",
    "Halve micro_batch (the result stays the same, it only takes longer); if that is not enough, shorten max_length or "
    "take a smaller model.",
)


def explain(error: BaseException) -> tuple[str, str] | None:
    """(what happened, what to do); None for what is our own fault and needs its traceback."""
    text = str(error)
    if isinstance(error, InputError):
        return " ".join(part for part in (error.what, error.why) if part), error.do
    if isinstance(error, Diverged):
        return text, "Lower learning_rate to a third and start a new run."
    if isinstance(error, NeverANumber):
        return text, (
            "The learning rate is not the cause. The model's weights are damaged (download it again), or its number "
            "format (dtype) overflows: take another copy of the model or another model."
        )
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    if full or any(sign in text for sign in UNWRITTEN):
        return "The disk is full.", "Free some space, then resume: it goes on from the last whole checkpoint."
    if lost_another(error):
        return (
            "One of the processes of this run has ended: it was killed, or its machine ran out of memory.",
            "Resume it: it goes on from its last complete checkpoint.",
        )
    return OUT_OF_MEMORY if out_of_memory(error) else None


def lost_another(error: BaseException) -> bool:
    """Whether the error is only that another process of the run is gone."""
    return not out_of_memory(error) and any(sign in str(error) for sign in GONE)


def out_of_memory(error: BaseException) -> bool:
    """Whether memory ran out: the GPU's (torch.OutOfMemoryError says so in its text) or the machine's."""
    text = str(error).lower()
    return isinstance(error, MemoryError) or "out of memory" in text or "can't allocate memory" in text
