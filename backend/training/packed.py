"""Rows for the GPU with hardly any padding: beside each other or one behind the other, each seeing only itself."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from itertools import accumulate
from typing import Any

import torch
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.utils.rnn import pad_sequence

from backend.prompts.encode import Encoded
from backend.training.head import head_loss
from backend.training.pairs import IGNORED

WITHIN = "tunewise_within_rows"
"""The name under which transformers knows the attention below."""
WASTE = 0.1
"""Share of padding up to which rows beside each other are quicker than rows behind each other (dense attention)."""
LONG = 1024
"""Row length from which cuDNN's attention is worth the plan it makes for each new length."""


class CollatePacked:
    """Gives `input_ids`, `position_ids`, `labels`; `starts` (rows + 1), where each row begins; and `read`, the places
    (of all but the last of each line, flattened) whose next token is learnt: told here, the GPU need not be asked.

    Rows of like lengths are beside each other, (rows, longest), padded on the right: attention is causal, so that no
    token sees the padding. Others are one behind the other, (1, all tokens). `longest` is a bound for all rows of the
    run, not of the batch: a number that changes would be compiled anew. `tokens` counts those that are no padding.
    """

    def __init__(self, longest: int) -> None:
        self.longest = longest

    def __call__(self, batch: Sequence[Encoded]) -> dict[str, Any]:
        rows = [torch.tensor([*pair.prompt, *pair.answer]) for pair in batch]
        labels = [row.clone() for row in rows]
        for row, pair in zip(labels, batch, strict=True):
            row[: len(pair.prompt)] = IGNORED
        lengths = [len(row) for row in rows]
        places = [torch.arange(length) for length in lengths]
        starts = [0, max(lengths)]
        if len(rows) * max(lengths) > (1 + WASTE) * sum(lengths):
            starts = [0, *accumulate(lengths)]
            rows, labels, places = ([torch.cat(part)] for part in (rows, labels, places))
        aims = pad_sequence(labels, batch_first=True, padding_value=IGNORED)
        return {
            "input_ids": pad_sequence(rows, batch_first=True),
            "position_ids": pad_sequence(places, batch_first=True),
            "labels": aims,
            "read": (aims[:, 1:].flatten() != IGNORED).nonzero()[:, 0],
            "starts": torch.tensor(starts, dtype=torch.int32),
            "longest": self.longest,
            "tokens": sum(lengths),
        }


def packed_loss(model: Any, inputs: dict[str, Any]) -> tuple[Tensor, Tensor]:
    """Summed cross-entropy of the answer tokens, and their number, for a model that `quick.plain_head` accepts.

    A row begins with a prompt, so that the token before an answer token is always of the same row.
    """
    base = model.get_base_model() if hasattr(model, "get_base_model") else model
    with sdpa_kernel([SDPBackend.CUDNN_ATTENTION, *_ORDINARY], set_priority=True) if _long(inputs) else nullcontext():
        hidden = base.get_decoder()(
            input_ids=inputs["input_ids"],
            position_ids=inputs["position_ids"],
            attention_mask=None,
            use_cache=False,
            starts=inputs["starts"],
            longest=inputs["longest"],
        ).last_hidden_state
    places = inputs["read"]
    read = hidden[:, :-1].flatten(0, 1).index_select(0, places)
    targets = inputs["labels"][:, 1:].flatten().index_select(0, places)
    total = head_loss(read, base.get_output_embeddings().weight, targets)
    return total, torch.full((), len(places), device=total.device)


_ORDINARY = (SDPBackend.FLASH_ATTENTION, SDPBackend.EFFICIENT_ATTENTION, SDPBackend.MATH)


def _long(inputs: dict[str, Any]) -> bool:
    return bool(inputs["input_ids"].is_cuda and inputs["input_ids"].shape[1] >= LONG)


def attend_within_rows(model: Any) -> None:
    """Let the model attend within rows by torch's kernel for rows of different lengths (needs a GPU).

    Without it transformers tells rows by `position_ids` and gives the ordinary attention a mask: the same result.
    """
    from transformers import AttentionInterface, AttentionMaskInterface

    AttentionInterface.register(WITHIN, _within_rows)
    AttentionMaskInterface.register(WITHIN, _no_mask)
    model.set_attn_implementation(WITHIN)


def _no_mask(*args: Any, **kwargs: Any) -> None:
    return None


def _within_rows(
    module: Any, query: Tensor, key: Tensor, value: Tensor, attention_mask: Tensor | None, *,
    starts: Tensor, longest: int, scaling: float | None = None, **rest: Any,
) -> tuple[Tensor, None]:  # fmt: skip
    """Causal attention of (rows, heads, tokens, width), or of (1, …) within the rows that `starts` bounds."""
    if len(starts) == 2:  # rows beside each other
        beside = torch.nn.functional.scaled_dot_product_attention(
            query, key, value, is_causal=True, scale=scaling, enable_gqa=True
        )
        return beside.transpose(1, 2), None
    from torch.nn.attention.varlen import varlen_attn

    grouped = query.shape[1] // key.shape[1]
    if grouped > 1:
        key, value = key.repeat_interleave(grouped, dim=1), value.repeat_interleave(grouped, dim=1)
    out: Any = varlen_attn(
        query[0].transpose(0, 1), key[0].transpose(0, 1), value[0].transpose(0, 1), starts, starts, longest, longest,
        scale=scaling, window_size=(-1, 0),
    )  # fmt: skip
    return out[None], None
