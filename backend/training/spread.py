"""How many processes a run has, one a GPU, and whether each holds the whole model: from sizes and free memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from backend.domain import Setting
from backend.models.catalogue import Shape
from backend.models.estimate import train_memory
from backend.models.machine import Machine
from backend.training.methods import REASONS, Method
from backend.training.settings import OURS, largest_divisor

WORTH = 5e12
"""Weights × tokens of a step for each GPU from which one more is worth it: 4 FLOP each make 40 ms on an H100. Below, a
GPU waits for its orders, however little there is to do (our estimate)."""


def spread_out(
    settings: Sequence[Setting], shape: Shape, here: Machine, gpus: int, free_gib: float, tokens_a_row: float
) -> tuple[Setting, ...]:
    """The settings with `processes` and, for several, `spread`; `micro_batch` such that a step can be shared out.

    `free_gib` is the free memory of the fullest GPU, `gpus` how many there are.
    """
    value = {setting.name: setting.value for setting in settings}
    batch, method = int(value["batch_size"]), cast(Method, value["method"] if value["method"] in REASONS else "lora")
    most = largest_divisor(batch, gpus)
    need = train_memory(shape, here, method, 1, int(value["max_length"]), int(value.get("rank", 16))).typical
    worth = int(shape.billions * 1e9 * batch * tokens_a_row / WORTH)
    spread = "copies"
    if most == 1:
        processes = 1
        why = "One process: there is one GPU." if here.gpu else "One process: several would share one processor."
    elif need > free_gib and method == "lora":
        processes, spread = most, "shards"
        why = f"One for each of {most} GPUs: none of them can hold the model alone."
    else:
        processes = largest_divisor(batch, min(most, max(1, worth)))
        why = (
            f"One for each of {processes} GPUs: each computes its part of every step's rows."
            if processes > 1
            else f"One GPU of {gpus}: a step of {batch} rows is done too soon for a second one to help."
        )
    micro = largest_divisor(batch // processes, int(value["micro_batch"]))
    lies = {
        "copies": f"Each GPU holds the whole model (copies, as DDP does): it needs about {need:.0f} GiB, and "
        f"{free_gib:.0f} GiB are free.",
        "shards": f"Each GPU holds a part of the model (shards, FSDP2): for one row at once it needs about {need:.0f} "
        f"GiB, and {free_gib:.0f} GiB are free on a GPU. Slower than copies.",
    }
    return (
        *(one.model_copy(update={"value": micro}) if one.name == "micro_batch" else one for one in settings),
        Setting(name="processes", value=processes, source=OURS, reason=why),
        *((Setting(name="spread", value=spread, source=OURS, reason=lies[spread]),) if processes > 1 else ()),
    )
