"""Frozen linear layers that read the same input, computed as one matrix product, their LoRA sums inside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

TOGETHER = (("q_proj", "k_proj", "v_proj"), ("gate_proj", "up_proj"))
"""Layers of one block that are given the same input, in the order in which they are called."""


class Joined:
    """One product for PEFT's `layers` (LoRA, no dropout) that are given the same input.

    The frozen weights lie one behind the other in one tensor, and each layer's own weight becomes a view into it:
    nothing is held twice.
    """

    def __init__(self, layers: Sequence[Any]) -> None:
        bases = [layer.base_layer for layer in layers]
        self.layers = tuple(layers)
        self.sizes = [base.out_features for base in bases]
        self.weight: Tensor = bases[0].weight.data
        self.bias: Tensor | None = None if bases[0].bias is None else bases[0].bias.data
        if len(bases) > 1:
            self.weight = torch.cat([base.weight.data for base in bases])
            for base, part in zip(bases, torch.split(self.weight, self.sizes), strict=True):
                base.weight.data = part
            if self.bias is not None:
                self.bias = torch.cat([base.bias.data for base in bases])

    def __call__(self, x: Tensor) -> tuple[Tensor, ...]:
        """What each layer makes of `x` (…, in): base and LoRA, (…, out) each."""
        (name,) = self.layers[0].active_adapters
        down = torch.cat([layer.scaling[name] * layer.lora_A[name].weight for layer in self.layers])
        ups = [layer.lora_B[name].weight for layer in self.layers]
        up = ups[0] if len(ups) == 1 else torch.block_diag(*ups)  # type: ignore[no-untyped-call]
        down, up = down.to(x.dtype), up.to(x.dtype)
        narrow = x.detach() @ down.detach().t()  # apart, so that the sum need not be computed twice to have it again
        out = _lora_linear(x, self.weight, self.bias, narrow, down, up)
        return torch.split(out, self.sizes, dim=-1)  # type: ignore[no-any-return, no-untyped-call]


def join(block: Any, names: Sequence[str]) -> None:
    """Let the block compute its layers `names`, all given the block's input, at once; it runs as written otherwise."""
    written, layers = type(block).forward, [getattr(block, name) for name in names]
    joined = Joined(layers)

    def forward(*args: Any, **kwargs: Any) -> Any:
        gone = getattr(block, names[0]) is not layers[0]  # the adapter was taken off
        if gone or layers[0].disable_adapters or layers[0].merged:
            return written(block, *args, **kwargs)
        x = args[0] if args else kwargs["hidden_states"]
        return written(_Given(block, dict(zip(names, joined(x), strict=True))), *args, **kwargs)

    block.forward = forward


class _Given:
    """The block as its own code sees it, with layers that give what was made for them already.

    A new object for each call, and nothing is remembered: parts that are computed twice may not leave traces.
    """

    def __init__(self, block: Any, made: Mapping[str, Tensor]) -> None:
        self._block, self._made = block, made

    def __getattr__(self, name: str) -> Any:
        if name in self._made:
            return lambda _: self._made[name]
        return getattr(self._block, name)


# Opaque to the compiler on purpose: it would write the frozen product and the LoRA product down apart and read both
# again to add them. Here the large product adds onto the small one while it runs, which costs no time of its own.
@torch.library.custom_op("tunewise::lora_linear", mutates_args=())
def _lora_linear(
    x: Tensor, weight: Tensor, bias: Tensor | None, narrow: Tensor, down: Tensor, up: Tensor
) -> Tensor:
    """x · weightᵀ + bias + narrow · upᵀ, where narrow is x · downᵀ; the weight is frozen."""
    thin = narrow.flatten(0, -2)
    out = thin @ up.t() if bias is None else torch.addmm(bias, thin, up.t())
    return out.addmm_(x.flatten(0, -2), weight.t()).view(*x.shape[:-1], len(weight))


@_lora_linear.register_fake
def _shape(x: Tensor, weight: Tensor, bias: Tensor | None, narrow: Tensor, down: Tensor, up: Tensor) -> Tensor:
    return x.new_empty(*x.shape[:-1], len(weight))


@torch.library.custom_op("tunewise::lora_linear_backward", mutates_args=())
def _backward(
    slope: Tensor, x: Tensor, weight: Tensor, narrow: Tensor, down: Tensor, up: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    flat, steep = x.flatten(0, -2), slope.flatten(0, -2)
    thin = steep @ up
    for_x = (thin @ down).addmm_(steep, weight)
    return for_x.view_as(x), thin.t() @ flat, steep.t() @ narrow.flatten(0, -2)


@_backward.register_fake
def _shapes(
    slope: Tensor, x: Tensor, weight: Tensor, narrow: Tensor, down: Tensor, up: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    return x.new_empty(x.shape), torch.empty_like(down), torch.empty_like(up)


def _keep(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
    x, weight, _, narrow, down, up = inputs
    ctx.save_for_backward(x, weight, narrow, down, up)


def _slopes(ctx: Any, slope: Tensor) -> tuple[Tensor | None, ...]:
    for_x, for_down, for_up = _backward(slope, *ctx.saved_tensors)
    return for_x, None, None, None, for_down, for_up


_lora_linear.register_autograd(_slopes, setup_context=_keep)
