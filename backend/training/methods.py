"""The three ways to train, and the combinations known not to work: each refused with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import Literal

from backend.errors import InputError

Method = Literal["lora", "qlora", "full"]
REGRET = "Schulman et al. 2025, LoRA Without Regret"
DETTMERS = "Dettmers et al. 2023, QLoRA"
REASONS: dict[str, tuple[str, str]] = {
    "lora": (
        "Small extra matrices (LoRA adapters) on all linear layers learn as well as the whole model on a few thousand "
        "rows, in a fraction of the memory.", REGRET,
    ),
    "qlora": (
        "LoRA on a base model held in 4 bits: about a third of the memory, slower, nearly as good. Takes a GPU. It is "
        "used on the 16-bit model, as vLLM serves it, and judged there.",
        DETTMERS,
    ),
    "full": (
        "Every weight is trained, in 32 bits: about eight times the memory of LoRA and a model of its own to store and "
        "serve. Worth it for much new knowledge or a great many rows only.", REGRET,
    ),
}  # fmt: skip
"""Why one would take each, and the source."""
HIGHEST_FULL_RATE = 1e-4
"""Above it training all weights forgets what the model knew: LoRA's rates are about ten times too large for it."""


@dataclass(frozen=True)
class Here:
    """What decides whether a method can run: is there a GPU of NVIDIA's, is bitsandbytes installed."""

    gpu: bool
    bitsandbytes: bool


def here() -> Here:
    """This computer."""
    import torch

    return Here(torch.cuda.is_available() and torch.version.hip is None, find_spec("bitsandbytes") is not None)


def refuse_impossible(method: str, on: Here, learning_rate: float, sharded: bool = False) -> None:
    """Raise InputError for a combination known not to work, saying which and why.

    `sharded`: the model is spread over several GPUs (FSDP).
    """
    if method == "qlora" and not on.gpu:
        raise InputError(
            "QLoRA does not work on this computer.", where="method = qlora",
            why="Its 4-bit arithmetic (bitsandbytes) is made for NVIDIA GPUs, and there is none: a processor would "
            "unpack every weight at every step.",
            do="Take method=lora: without a GPU memory is rarely what is short.",
        )  # fmt: skip
    if method == "qlora" and not on.bitsandbytes:
        raise InputError(
            "QLoRA needs the package bitsandbytes, which is not installed.", where="method = qlora",
            do="Install it with `pip install bitsandbytes`, or take method=lora.",
        )  # fmt: skip
    if method == "qlora" and sharded:
        raise InputError(
            "QLoRA cannot be spread over several GPUs by sharding (FSDP2).", where="method = qlora",
            why="bitsandbytes' 4-bit weights cannot be sharded (accelerate issue 3874).",
            do="Take one GPU, one copy of the model for each GPU, or method=lora with sharding.",
        )  # fmt: skip
    if method == "full" and learning_rate > HIGHEST_FULL_RATE:
        raise InputError(
            f"A learning rate of {learning_rate:g} is too high to train all weights.", where="learning_rate",
            why="It is one for LoRA, where it is about ten times higher; the model would forget what it knew.",
            do=f"Take 2e-5, or at most {HIGHEST_FULL_RATE:g}; or method=lora.",
        )  # fmt: skip
