"""The loss of answer tokens straight from hidden states, some at a time: the whole table of logits is never there."""

from __future__ import annotations

from functools import cache
from typing import Any

import torch
from torch import Tensor

CHUNK = 512
"""Tokens whose logits are in memory at once: 0.25 GiB in fp32 for a vocabulary of 128,000."""


def head_loss(hidden: Tensor, weight: Tensor, targets: Tensor) -> Tensor:
    """Summed cross-entropy (nats) of `targets` (n,) given `hidden` (n, width) and the frozen `weight` (vocabulary,
    width) of the output layer. Raises ValueError when the weight is trained: it gets no gradient here.

    The gradient for `hidden` is made in the forward pass, while the logits of a chunk are there: they are neither
    kept nor computed twice.
    """
    if weight.requires_grad:
        raise ValueError("the output layer must be frozen")
    total: Tensor = _HeadLoss.apply(hidden, weight, targets)  # type: ignore[no-untyped-call]
    return total


class _HeadLoss(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, hidden: Tensor, weight: Tensor, targets: Tensor) -> Tensor:
        total = torch.zeros((), dtype=torch.float32, device=hidden.device)
        portion = _compiled() if hidden.is_cuda else _portion
        slopes = [hidden[:0]]  # where nothing is learnt from these rows
        for start in range(0, len(hidden), CHUNK):
            part, aims = hidden[start : start + CHUNK], targets[start : start + CHUNK, None]
            if ctx.needs_input_grad[0]:
                loss, slope = portion(part, weight, aims)
                slopes.append(slope)
            else:
                logits = (part @ weight.t()).float()
                loss = (logits.logsumexp(dim=1, keepdim=True) - logits.gather(1, aims)).sum()
            total += loss
        if ctx.needs_input_grad[0]:
            ctx.save_for_backward(torch.cat(slopes))
        return total

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None, None]:
        (slope,) = ctx.saved_tensors
        return slope * grads[0].to(slope.dtype), None, None


def _portion(part: Tensor, weight: Tensor, aims: Tensor) -> tuple[Tensor, Tensor]:
    """Loss and gradient for `part`: the softmax, less one at the target."""
    logits = (part @ weight.t()).float()
    highest = logits.logsumexp(dim=1, keepdim=True)
    loss = (highest - logits.gather(1, aims)).sum()
    chances = (logits - highest).exp()
    hit = torch.arange(logits.shape[1], device=part.device)[None] == aims
    return loss, (chances - hit.to(chances.dtype)).to(weight.dtype) @ weight


@cache
def _compiled() -> Any:
    return torch.compile(_portion)
