"""The transformers Trainer with our loss (answer tokens only, shared beginning computed once) and our validation."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from typing import Any, cast

import torch
from accelerate.data_loader import prepare_data_loader
from torch import Tensor
from torch.distributed.tensor import DTensor
from torch.utils.data import DataLoader
from transformers import Trainer
from transformers.cache_utils import DynamicCache

from backend.models.batches import by_length
from backend.prompts.encode import Encoded
from backend.statistics import Interval
from backend.training import ranks
from backend.training.choice import ERROR, LOSS, SCORE, ChooseBy, kept
from backend.training.failures import out_of_memory
from backend.training.memory import release, with_room
from backend.training.packed import CollatePacked, packed_loss
from backend.training.pairs import IGNORED, Collate, LikeLengths, Portions
from backend.training.quick import as_written
from backend.training.shards import in_shards

Validated = Callable[[int, float, Interval | None], None]
"""Told (step, validation loss, score) after each validation."""


class AnswerTrainer(Trainer):  # type: ignore[misc]
    """Trains on `Pairs`. `score` gives the task score 0–1 of the model as it is, or None where none is wanted.

    With several processes each computes a part of every step's rows, and the gradients are averaged once a step. It is
    what DistributedDataParallel does, without its wrapper: our loss does not go through the model's own `forward`, and
    a process that ran out of memory can still tell the others.
    """

    def __init__(
        self, *, collate: Collate | CollatePacked, validation: Sequence[Encoded],
        score: Callable[[], Interval | None] | None,
        on_validated: Validated, choose_by: ChooseBy, **rest: Any,
    ) -> None:  # fmt: skip
        super().__init__(data_collator=cast(Any, collate), **rest)
        self.collate = collate
        self.loss_is_scaled_for_ga = True  # the loss below is divided by all answer tokens of the accumulated batch
        self.model_accepts_loss_kwargs = True  # so that it is told how many there are
        self.validation, self.score, self.on_validated = validation, score, on_validated
        self.choose_by = choose_by
        self.tokens = 0
        self._own_tokens, self._ran_out = 0, False
        self.validation_s = 0.0
        cast(Any, self.model)._is_accelerate_prepared = True  # accelerate then leaves it without a wrapper
        self.sharded = in_shards(self.model)

    def get_train_dataloader(self) -> Any:
        """This process's portions of each step."""
        pairs: Any = self.train_dataset
        micro_batch = self.args.train_batch_size
        batch = micro_batch * self.args.gradient_accumulation_steps * ranks.count()
        order = LikeLengths([len(pair) for pair in pairs.pairs], batch, self.args.seed)
        steps = math.ceil(len(pairs) / batch)
        portions = Portions(
            order, micro_batch, ranks.rank(), ranks.count(), lambda: self.state.global_step // steps
        )
        pinned = self.args.dataloader_pin_memory
        loader = DataLoader(pairs, batch_sampler=portions, collate_fn=self.collate, pin_memory=pinned)
        return prepare_data_loader(loader, device=self.args.device, put_on_device=True, non_blocking=pinned,
                                   num_processes=1, process_index=0)  # each process has its own rows already

    def training_step(self, model: Any, inputs: dict[str, Any], num_items_in_batch: Any = None) -> Tensor:
        """One portion forward and backward; with a step's last one the gradients are averaged over all processes.

        Memory that runs out in one process runs out for all of them, so that all go on with smaller portions. Not where
        the model lies in shards: there processes wait for each other within the model.
        """
        try:
            loss: Tensor = super().training_step(model, inputs, num_items_in_batch)
        except Exception as error:
            if ranks.count() == 1 or self.sharded or not out_of_memory(error):
                raise
            self._ran_out, loss = True, torch.zeros((), device=self.args.device)
        if self._ran_out:
            release()
        if self.accelerator.sync_gradients:
            ran_out, tokens = ranks.summed(self._ran_out, self._own_tokens)
            self._ran_out, self._own_tokens = False, 0
            self.tokens += int(tokens)
            if ran_out:
                raise ranks.OutOfMemoryTogether
            ranks.average(_gradients(model))
        return loss

    def compute_loss(
        self, model: Any, inputs: dict[str, Tensor], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Tensor:
        """Mean cross-entropy (nats) per answer token, the stop token included."""
        self._own_tokens += int(inputs["tokens"] if "tokens" in inputs else inputs["attention_mask"].sum())
        if "prefix_ids" in inputs:
            self._own_tokens += inputs["prefix_ids"].shape[1] * len(inputs["input_ids"])
        total, count = answer_loss(model, inputs)
        loss = total / (num_items_in_batch if num_items_in_batch is not None else count)
        if self.args.average_tokens_across_devices and num_items_in_batch is not None:
            loss = loss * ranks.count()  # gradients are averaged over processes afterwards
        return loss

    def evaluate(self, *args: Any, **kwargs: Any) -> dict[str, float]:
        """Validation loss on all validation rows given, and the task score where one is asked for."""
        started = time.monotonic()
        model = self.accelerator.unwrap_model(self.model)
        model.eval()
        packed = isinstance(self.collate, CollatePacked)
        with torch.inference_mode(), as_written(model) if packed else nullcontext():
            total, count = with_room(lambda rows: self._validation_loss(model, rows), 16)
        if not self.sharded:
            total, count = ranks.summed(total, count)
        metrics = {LOSS: total / count}
        score = self.score() if self.score else None
        if score is not None:
            metrics |= {SCORE: score.value, ERROR: score.error}
        self.validation_s = time.monotonic() - started
        self.log(metrics)
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        self.on_validated(self.state.global_step, metrics[LOSS], score)
        return metrics

    def _determine_best_metric(self, metrics: dict[str, float], trial: Any) -> bool:
        best, before = kept(self.state.log_history, self.choose_by), self.state.best_global_step
        assert best is not None  # called right after a validation
        self.state.best_metric, self.state.best_global_step = metrics[LOSS], best.step
        return best.step != before

    def keep(self) -> None:
        """Save a checkpoint of the state as it is, outside the ordinary rhythm, and have it sealed."""
        self._save_checkpoint(cast(Any, self.model), trial=None)
        self.control = self.callback_handler.on_save(self.args, self.state, self.control)

    def _validation_loss(self, model: Any, at_once: int) -> tuple[float, float]:
        """Sum and number over this process's part of the rows; where the model lies in shards, all do all together."""
        total, count = 0.0, 0.0
        rows = self.validation if self.sharded else self.validation[ranks.rank() :: ranks.count()]
        for batch in by_length([[*pair.prompt, *pair.answer] for pair in rows], at_once):
            inputs = self.collate([rows[i] for i in batch])
            summed, tokens = answer_loss(model, on(model.device, inputs))
            total, count = total + float(summed), count + int(tokens)
        return total, count


def _gradients(model: Any) -> Iterator[Tensor]:
    """Of all that is trained and whole on every process; sharded gradients were averaged on the way."""
    for part in model.parameters():
        if part.requires_grad and not isinstance(part, DTensor):
            if part.grad is None:
                part.grad = torch.zeros_like(part)
            yield part.grad


def on(device: torch.device, inputs: dict[str, Any]) -> dict[str, Any]:
    """The same inputs with their tensors on the device."""
    return {name: part.to(device) if isinstance(part, Tensor) else part for name, part in inputs.items()}


def answer_loss(model: Any, inputs: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
    """Summed cross-entropy of the answer tokens, and their number.

    The shared beginning is run once and its keys and values are given to every row: attention is causal, so the
    result and its gradient are those of running it in every row, at a fraction of the work.
    """
    if "starts" in inputs:
        return packed_loss(model, inputs)
    ids, own, labels = inputs["input_ids"], inputs["attention_mask"], inputs["labels"]
    rows, cache, mask = len(ids), None, own
    if "prefix_ids" in inputs:
        prefix = inputs["prefix_ids"]
        cache = DynamicCache(config=model.config)
        model(input_ids=prefix, past_key_values=cache, use_cache=True, logits_to_keep=1)
        cache.batch_repeat_interleave(rows)
        mask = torch.cat([own.new_ones((rows, prefix.shape[1])), own], dim=1)
    positions = (mask.cumsum(dim=1) - 1).clamp(min=0)[:, -ids.shape[1] :]
    longest = max(1, int((labels != IGNORED).sum(dim=1).max()))
    logits = model(
        input_ids=ids, attention_mask=mask, position_ids=positions, past_key_values=cache,
        use_cache=cache is not None, logits_to_keep=longest + 1,
    ).logits  # (rows, longest + 1, vocabulary): padded on the left, every answer ends at the last position  # fmt: skip
    targets = labels[:, -longest:]
    total = torch.nn.functional.cross_entropy(
        logits[:, :-1].float().flatten(0, 1), targets.flatten(), ignore_index=IGNORED, reduction="sum"
    )
    return total, (targets != IGNORED).sum()
