"""How many rows at once, and whether to compute parts twice, from the GPU's free memory: estimated, then tried."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import torch

from backend.errors import InputError
from backend.prompts.encode import Encoded
from backend.record import Frozen
from backend.training import ranks
from backend.training.failures import out_of_memory

T = TypeVar("T")
MOST_TOKENS = 16_384
"""Tokens at once beyond which an 8-billion model gains nothing more."""
USABLE = 0.9
"""Share of the free memory that may be filled: the rest is for what lies between blocks."""


FIT = "fit.json"
"""In the run's folder: what fits, once it was tried or memory ran out. A resumed run computes in the same portions."""


class Fit(Frozen):
    """What was found to fit, with the most memory it took when tried (GiB, adapter's optimiser included; None: not
    tried, but what was left after memory ran out)."""

    micro_batch: int
    gradient_checkpointing: bool
    peak_gib: float | None = None


def smaller(micro_batch: int, checkpointing: bool) -> Fit | None:
    """What to compute with after memory ran out: half the rows at once, then parts twice; None: nothing is left.

    The rows of a step stay the same, and so does its loss, but for rounding: only more portions are added up.
    """
    if micro_batch > 1:
        half = max(part for part in range(1, micro_batch // 2 + 1) if micro_batch % part == 0)
        return Fit(micro_batch=half, gradient_checkpointing=checkpointing)
    return None if checkpointing else Fit(micro_batch=1, gradient_checkpointing=True)


def with_room(act: Callable[[int], T], rows: int) -> T:
    """`act(rows at once)`, again with half of them as long as memory runs out; with one row the error is raised."""
    while True:
        try:
            return act(rows)
        except Exception as error:
            if rows == 1 or not out_of_memory(error):
                raise
        rows //= 2
        release()


def together(act: Callable[[], T]) -> T:
    """`act()` in every process; where memory runs out in one, OutOfMemoryTogether is raised in all of them."""
    if ranks.count() == 1:
        return act()
    made: list[T] = []
    try:
        made.append(act())
    except Exception as error:
        if not out_of_memory(error):
            raise
    if ranks.any_of(not made):
        raise ranks.OutOfMemoryTogether
    return made[0]


def release() -> None:
    """Give back what is not in use any more."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def bytes_needed(config: Any, tokens: int, checkpointing: bool) -> int:
    """Activations of `tokens` tokens in bf16, beside weights: a floor, to skip what is hopeless.

    Kept for each layer: eight values as wide as the hidden state and four as wide as the inner one, or only the
    layer's input when the rest is computed again.
    """
    layer = 2 * tokens * (8 * config.hidden_size + 4 * config.intermediate_size)
    if checkpointing:
        return int(config.num_hidden_layers * 2 * tokens * config.hidden_size + layer)
    return int(config.num_hidden_layers * layer)


def candidates(batch: int, longest: int, config: Any, free: int) -> Iterator[tuple[int, bool]]:
    """(rows at once, computing twice), best first: once if at all possible, then as many rows as are of use."""
    for twice in (False, True):
        for micro in (part for part in range(batch, 0, -1) if batch % part == 0):
            few = micro == 1 or micro * longest <= MOST_TOKENS
            if few and bytes_needed(config, micro * longest, twice) < USABLE * free:
                yield micro, twice


def most_rows(model: Any, pairs: Sequence[Encoded], batch: int, step: Callable[[Sequence[Encoded]], object]) -> Fit:
    """The first of `candidates` whose `step` (forward and backward of the longest rows) runs within memory, on the GPU
    of every process. `batch` are the rows of a step that are this process's.

    Raises InputError when not even one row fits.
    """
    rows = sorted(pairs, key=len, reverse=True)
    free = torch.cuda.mem_get_info()[0] + torch.cuda.memory_reserved() - torch.cuda.memory_allocated()
    free = int(ranks.least(free))
    for micro, twice in candidates(batch, len(rows[0]), model.config, free):
        peak = tried(model, twice, lambda n=micro: step(rows[:n]))  # type: ignore[misc]
        fits = peak is not None and peak - torch.cuda.memory_allocated() < USABLE * free
        if not ranks.any_of(not fits):
            return Fit(micro_batch=micro, gradient_checkpointing=twice, peak_gib=(peak or 0) / 2**30)
    raise InputError(
        "Not even one row fits into the GPU's memory.",
        why=f"{free / 2**30:.1f} GiB are free beside the model; the longest row has {len(rows[0]):,} tokens.",
        do="Shorten max_length, take a smaller model, or end what else uses the GPU.",
    )


def tried(model: Any, twice: bool, step: Callable[[], object]) -> int | None:
    """The most bytes allocated during one step, with room for the optimiser's moments; None when it ran out."""
    if twice:
        model.gradient_checkpointing_enable({"use_reentrant": False})
    else:
        model.gradient_checkpointing_disable()
    model.train()
    torch.cuda.reset_peak_memory_stats()
    try:
        step()
    except torch.cuda.OutOfMemoryError:
        ran = False
    else:
        ran = True
    model.zero_grad(set_to_none=True)
    torch.cuda.empty_cache()
    moments = sum(8 * part.numel() for part in model.parameters() if part.requires_grad)
    return torch.cuda.max_memory_allocated() + moments if ran else None
