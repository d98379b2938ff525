"""Training rows as token ids: what is read, what is learnt, how rows are batched."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.utils.data import Dataset, Sampler

from backend.domain import Example, Prompt
from backend.models.batches import WORTH_SHARING, left_padded, shared_prefix
from backend.prompts.encode import Encoded, encode
from backend.prompts.render import render

IGNORED = -100
"""The label of a token that is not learnt."""


@dataclass(frozen=True)
class Fitted:
    """The rows that fit, as token ids and as they were, and the `row` numbers of those left out as too long."""

    pairs: tuple[Encoded, ...]
    rows: tuple[Example, ...]
    too_long: tuple[int, ...]


def fit(
    tokenizer: Any, prompt: Prompt, examples: Sequence[Example], stops: frozenset[int], max_length: int
) -> Fitted:
    """Encode every example; a row that is too long is left out whole: half an answer must not be learnt."""
    pairs, rows, too_long = [], [], []
    for example in examples:
        pair = encode(tokenizer, render(prompt, example), example.answer, stops)
        if len(pair) <= max_length:
            pairs.append(pair)
            rows.append(example)
        else:
            too_long.append(example.row)
    return Fitted(tuple(pairs), tuple(rows), tuple(too_long))


class Pairs(Dataset[Encoded]):
    """The encoded rows, for a data loader; `~row` is the same row with nothing learnt from it."""

    def __init__(self, pairs: Sequence[Encoded]) -> None:
        self.pairs = pairs

    def __len__(self) -> int:
        return len(self.pairs)

    def __getitem__(self, index: int) -> Encoded:
        if index >= 0:
            return self.pairs[index]
        pair = self.pairs[~index]
        return Encoded((*pair.prompt, *pair.answer), ())  # read only


class Collate:
    """Pads on the left, so that all answers end at the right edge and only their logits are computed.

    The first `shared` tokens, the same in every prompt, go into a row of their own: the trainer runs them once a
    batch. Gives `prefix_ids` (1, shared), and `input_ids`, `attention_mask`, `labels`, each (batch, longest rest).
    """

    def __init__(self, pad: int, shared: int) -> None:
        self.pad, self.shared = pad, shared

    def __call__(self, batch: Sequence[Encoded]) -> dict[str, torch.Tensor]:
        rows = [[*pair.prompt, *pair.answer][self.shared :] for pair in batch]
        ids, mask = left_padded(rows, self.pad, "cpu")
        labels = torch.full_like(ids, IGNORED)
        for place, pair in enumerate(batch):
            labels[place, ids.shape[1] - len(pair.answer) :] = torch.tensor(pair.answer, dtype=torch.long)
        made = {"input_ids": ids, "attention_mask": mask, "labels": labels}
        if self.shared:
            made["prefix_ids"] = torch.tensor([batch[0].prompt[: self.shared]])
        return made


class LikeLengths(Sampler[int]):
    """A new order each epoch in which neighbours have like lengths, so that little is padding.

    The order depends on seed and epoch alone: a resumed run goes on exactly where it was.
    """

    def __init__(self, lengths: Sequence[int], batch: int, seed: int) -> None:
        self.lengths, self.batch, self.seed, self.epoch = lengths, batch, seed, 0

    def set_epoch(self, epoch: int) -> None:
        """Called by the trainer at the beginning of each epoch."""
        self.epoch = epoch

    def __len__(self) -> int:
        return len(self.lengths)

    def __iter__(self) -> Iterator[int]:
        generator = torch.Generator().manual_seed(self.seed * 1_000_003 + self.epoch)
        order = torch.randperm(len(self.lengths), generator=generator).tolist()
        pool = 50 * self.batch  # big enough for like lengths, small enough to stay random
        batches = []
        for start in range(0, len(order), pool):
            near = sorted(order[start : start + pool], key=lambda row: -self.lengths[row])
            batches += [near[place : place + self.batch] for place in range(0, len(near), self.batch)]
        whole = [batch for batch in batches if len(batch) == self.batch]
        rest = [row for batch in batches if len(batch) < self.batch for row in batch]
        for place in torch.randperm(len(whole), generator=generator).tolist():
            yield from whole[place]
        yield from rest  # at the end, where the last batch may be short


class Portions(Sampler[list[int]]):
    """What one process computes at once, portion by portion: the rows of every step are dealt out to all processes.

    Neighbours in `order` have like lengths, so that dealing gives each about the same work. All processes have the same
    number of portions; one that a short last step leaves without a row reads one again and learns nothing from it.
    """

    def __init__(
        self, order: LikeLengths, micro_batch: int, rank: int, ranks: int, epoch: Callable[[], int]
    ) -> None:
        self.order, self.micro_batch, self.rank, self.ranks, self.epoch = order, micro_batch, rank, ranks, epoch

    def __len__(self) -> int:
        rows, step = len(self.order), self.order.batch
        return rows // step * self._portions(step) + self._portions(rows % step)

    def __iter__(self) -> Iterator[list[int]]:
        self.order.set_epoch(self.epoch())
        rows = list(self.order)
        for start in range(0, len(rows), self.order.batch):
            step = rows[start : start + self.order.batch]
            own = step[self.rank :: self.ranks]
            for place in range(self._portions(len(step))):
                yield own[place * self.micro_batch : (place + 1) * self.micro_batch] or [~step[0]]

    def _portions(self, rows: int) -> int:
        return math.ceil(math.ceil(rows / self.ranks) / self.micro_batch)


def sharable(pairs: Sequence[Encoded]) -> int:
    """How many tokens all prompts begin with, if that is worth a pass of its own; else 0."""
    same = shared_prefix([pair.prompt for pair in pairs])
    return same if same >= WORTH_SHARING else 0
