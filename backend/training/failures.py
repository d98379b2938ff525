"""From an exception in the worker to what a person is told: what happened, and the setting to change."""

from __future__ import annotations

import errno

from backend.errors import InputError
from backend.training.watch import Diverged


def explain(error: BaseException) -> tuple[str, str] | None:
    """(what happened, what to do); None for what is our own fault and needs its traceback."""
    text = str(error)
    if isinstance(error, InputError):
        return " ".join(part for part in (error.what, error.why) if part), error.do
    if isinstance(error, Diverged):
        return text, "Lower learning_rate to a third and start a new run."
    if (isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)) or "No space left" in text:
        return "The disk is full.", "Free some space, then resume: it goes on from the last whole checkpoint."
    if isinstance(error, MemoryError) or "out of memory" in text.lower() or "can't allocate memory" in text.lower():
        return (
            "There was not enough memory for a training step.",
            "Halve micro_batch (the result stays the same, it only takes longer); if that is not enough, "
            "shorten max_length or take a smaller model.",
        )
    return None
