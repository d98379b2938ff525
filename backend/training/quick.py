"""A model made quick to train on a GPU: adapters computed in bf16 from fp32 masters, each layer compiled."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import torch
from peft.tuners import lora
from torch import Tensor

from backend.training.joined import TOGETHER, Joined, join

PLAIN = frozenset({"llama", "mistral", "qwen2", "qwen3", "smollm3"})
"""Architectures whose logits are the output layer times the hidden state and nothing more (no cap, no scale)."""

WORTH = 1e12
"""Weights of a layer × tokens at once from which joined products save more on the GPU than their calls cost on the CPU:
measured at 8 billion weights, where 8,192 tokens gain and 1,150 lose."""


class QuickLinear(lora.Linear):  # type: ignore[misc]
    """PEFT's layer without its way through fp32.

    PEFT keeps adapters in fp32 and lifts the activations (tokens × width) to fp32 to match. Here the two small
    matrices are cast down instead; what the optimiser holds and changes stays fp32, so small steps are not lost.
    Without dropout, layers that read the same input are computed as one where that is worth it.
    """

    alone: Any = None  # Joined: what has no dropout

    def forward(self, x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        if self.disable_adapters or self.merged:
            return super().forward(x, *args, **kwargs)
        if self.alone is not None:
            return cast(Tensor, self.alone(x)[0])
        (name,) = self.active_adapters
        down: Any = self.lora_A[name].weight
        up: Any = self.lora_B[name].weight
        narrow = self.scaling[name] * torch.nn.functional.linear(self.lora_dropout[name](x), down.to(x.dtype))
        return cast(Tensor, self.base_layer(x) + torch.nn.functional.linear(narrow, up.to(x.dtype)))


def can_be_quick(model: Any) -> bool:
    """Whether this model on this machine is one whose layers and loss we know to be right when made quick.

    The compiler makes its kernels with the machine's C compiler; without one the layers stay as they are.
    """
    compiler = os.environ.get("CC") or shutil.which("gcc") or shutil.which("cc") or shutil.which("clang")
    return bool(compiler) and torch.cuda.is_available() and plain_head(model) and model.dtype == torch.bfloat16


def plain_head(model: Any) -> bool:
    """Whether `packed.packed_loss` is this model's loss: a known architecture, a frozen output layer without bias."""
    head = model.get_output_embeddings()
    return (
        model.config.model_type in PLAIN
        and not getattr(model.config, "use_sliding_window", False)
        and not getattr(model.config, "sliding_window", None)
        and getattr(head, "bias", None) is None
    )


def bf16_adapters(model: Any, tokens: float) -> None:
    """Compute the LoRA layers of a PEFT model as `QuickLinear` does; parameters and what is saved stay as they are.

    Layers are joined where a step's `tokens` at once are many enough for the model's size.
    """
    blocks = _layers(model)
    joins = tokens * sum(part.numel() for part in blocks[0].parameters()) > WORTH
    for block in list(model.modules()):
        lone: dict[str, Any] = {name: layer for name, layer in block.named_children() if type(layer) is lora.Linear}
        for layer in lone.values():
            layer.__class__ = QuickLinear
        lone = {name: layer for name, layer in lone.items() if joins and not _drops(layer)}
        for names in TOGETHER:
            if lone.keys() >= set(names):
                join(block, names)
                lone = {name: layer for name, layer in lone.items() if name not in names}
        for layer in lone.values():
            layer.alone = Joined([layer])


def _drops(layer: lora.Linear) -> bool:
    return any(not isinstance(dropout, torch.nn.Identity) for dropout in layer.lora_dropout.values())


def compile_layers(model: Any) -> None:
    """Compile each decoder layer by itself: one compilation serves all, and checkpointing goes around it.

    What was compiled before is dropped: after eight variants (of rank, in a search) the compiler would give up.
    """
    torch.compiler.reset()
    for layer in _layers(model):
        layer.compile()


@contextmanager
def as_written(model: Any, attention: str = "") -> Iterator[None]:
    """The layers uncompiled, with another attention if named: for answering, and for shapes met a few times only."""
    base = model.get_base_model() if hasattr(model, "get_base_model") else model
    layers, before = _layers(model), base.config._attn_implementation
    compiled = [layer._compiled_call_impl for layer in layers]
    try:
        for layer in layers:
            layer._compiled_call_impl = None
        base.set_attn_implementation(attention or before)
        yield
    finally:
        for layer, call in zip(layers, compiled, strict=True):
            layer._compiled_call_impl = call
        base.set_attn_implementation(before)


def _layers(model: Any) -> list[Any]:
    base = model.get_base_model() if hasattr(model, "get_base_model") else model
    return list(base.get_decoder().layers)
