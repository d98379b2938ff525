"""Forward passes over many prompts at once: padded on the left, with the beginning they share computed only once."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

WORTH_SHARING = 8
"""Fewest shared tokens for which a separate pass over them pays."""


@dataclass
class Prefilled:
    """What a batch of prompts left behind: next-token logits (batch, vocabulary), the cache, the mask over it."""

    logits: Tensor
    cache: Any
    mask: Tensor

    def select(self, rows: Tensor) -> None:
        """Keep only these rows of the batch."""
        self.cache.batch_select_indices(rows)
        self.mask = self.mask[rows]
        self.logits = self.logits[rows]


def shared_prefix(rows: Sequence[Sequence[int]]) -> int:
    """How many tokens all rows begin with; at least one token of each row is left over."""
    first, last = min(map(list, rows)), max(map(list, rows))
    same = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last)))
    return max(0, min(same, min(map(len, rows)) - 1))


def plain_attention(model: Any) -> bool:
    """Whether every layer keeps all earlier keys and values: only then may a beginning be computed once for many."""
    from transformers.cache_utils import DynamicCache, DynamicLayer

    return all(type(layer) is DynamicLayer for layer in DynamicCache(config=model.config).layers)


def by_length(rows: Sequence[Sequence[int]], batch_size: int) -> Iterator[list[int]]:
    """Positions of the rows in batches of like length, longest first: running out of memory then shows at once."""
    order = sorted(range(len(rows)), key=lambda position: -len(rows[position]))
    for start in range(0, len(order), batch_size):
        yield order[start : start + batch_size]


def left_padded(rows: Sequence[Sequence[int]], pad: int, device: Any) -> tuple[Tensor, Tensor]:
    """Ids and mask, both (batch, longest row)."""
    import torch

    longest = max(map(len, rows))
    ids = [[pad] * (longest - len(row)) + list(row) for row in rows]
    mask = [[0] * (longest - len(row)) + [1] * len(row) for row in rows]
    return torch.tensor(ids, device=device), torch.tensor(mask, device=device)


class Prefix:
    """The beginning that all prompts share, computed once. `length` is 0 where there is nothing to share."""

    def __init__(self, model: Any, rows: Sequence[Sequence[int]]) -> None:
        same = shared_prefix(rows) if len(rows) > 1 and plain_attention(model) else 0
        self.length = same if same >= WORTH_SHARING else 0
        self.model = model
        self.cache: Any = None
        if self.length:
            import torch

            ids = torch.tensor([list(rows[0][: self.length])], device=model.device)
            self.cache = self._run(ids, torch.ones_like(ids), None, 1).past_key_values

    def prefill(self, rows: Sequence[Sequence[int]], pad: int, keep: int = 1) -> Prefilled:
        """Run the rows (whole prompts, the shared beginning included).

        `keep` is the number of last positions whose logits are wanted; with more than one they are
        (batch, keep, vocabulary).
        """
        import torch

        ids, own = left_padded([row[self.length :] for row in rows], pad, self.model.device)
        shared = torch.ones((len(rows), self.length), dtype=own.dtype, device=own.device)
        mask = torch.cat([shared, own], dim=1)  # (batch, shared + longest)
        cache = None
        if self.length:
            cache = copy.deepcopy(self.cache)
            cache.batch_repeat_interleave(len(rows))
        out = self._run(ids, mask, cache, keep)
        return Prefilled(out.logits[:, -1] if keep == 1 else out.logits, out.past_key_values, mask)

    def step(self, state: Prefilled, ids: Tensor) -> Tensor:
        """Go on with the tokens `ids` (batch, n); the logits are (batch, n, vocabulary)."""
        import torch

        state.mask = torch.cat([state.mask, torch.ones_like(ids)], dim=1)
        logits: Tensor = self._run(ids, state.mask, state.cache, ids.shape[1]).logits
        return logits

    def _run(self, ids: Tensor, mask: Tensor, cache: Any, keep: int) -> Any:
        positions = (mask.cumsum(dim=1) - 1).clamp(min=0)[:, -ids.shape[1] :]
        return self.model(
            input_ids=ids,
            attention_mask=mask,
            position_ids=positions,
            past_key_values=cache,
            use_cache=True,
            logits_to_keep=keep,
        )
