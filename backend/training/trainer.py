"""The transformers Trainer with our loss (answer tokens only, shared beginning computed once) and our validation."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any, cast

import torch
from torch import Tensor
from transformers import Trainer
from transformers.cache_utils import DynamicCache

from backend.models.batches import by_length
from backend.prompts.encode import Encoded
from backend.statistics import Interval
from backend.training.choice import ERROR, LOSS, SCORE, ChooseBy, kept
from backend.training.memory import with_room
from backend.training.packed import CollatePacked, packed_loss
from backend.training.pairs import IGNORED, Collate, LikeLengths
from backend.training.quick import as_written

Validated = Callable[[int, float, Interval | None], None]
"""Told (step, validation loss, score) after each validation."""


class AnswerTrainer(Trainer):  # type: ignore[misc]
    """Trains on `Pairs`. `score` gives the task score 0–1 of the model as it is, or None where none is wanted."""

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
        self.validation_s = 0.0

    def _get_train_sampler(self, train_dataset: Any = None) -> LikeLengths:
        pairs: Any = train_dataset or self.train_dataset
        batch = self.args.train_batch_size * self.args.gradient_accumulation_steps * self.args.world_size
        return LikeLengths([len(pair) for pair in pairs.pairs], batch, self.args.seed)

    def compute_loss(
        self, model: Any, inputs: dict[str, Tensor], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Tensor:
        """Mean cross-entropy (nats) per answer token, the stop token included."""
        self.tokens += int(inputs["tokens"] if "tokens" in inputs else inputs["attention_mask"].sum())
        if "prefix_ids" in inputs:
            self.tokens += inputs["prefix_ids"].shape[1] * len(inputs["input_ids"])
        total, count = answer_loss(model, inputs)
        loss = total / (num_items_in_batch if num_items_in_batch is not None else count)
        if self.args.average_tokens_across_devices and num_items_in_batch is not None:
            loss = loss * self.accelerator.num_processes  # gradients are averaged over processes afterwards
        return loss

    def evaluate(self, *args: Any, **kwargs: Any) -> dict[str, float]:
        """Validation loss on all validation rows given, and the task score where one is asked for."""
        started = time.monotonic()
        model = self.accelerator.unwrap_model(self.model)
        model.eval()
        packed = isinstance(self.collate, CollatePacked)
        with torch.inference_mode(), as_written(model) if packed else nullcontext():
            metrics = {LOSS: with_room(lambda rows: self._validation_loss(model, rows), 16)}
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

    def _validation_loss(self, model: Any, at_once: int) -> float:
        total, count = 0.0, 0
        for batch in by_length([[*pair.prompt, *pair.answer] for pair in self.validation], at_once):
            inputs = self.collate([self.validation[i] for i in batch])
            summed, tokens = answer_loss(model, on(model.device, inputs))
            total, count = total + float(summed), count + int(tokens)
        return total / count


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
    longest = int((labels != IGNORED).sum(dim=1).max())
    logits = model(
        input_ids=ids, attention_mask=mask, position_ids=positions, past_key_values=cache,
        use_cache=cache is not None, logits_to_keep=longest + 1,
    ).logits  # (rows, longest + 1, vocabulary): padded on the left, every answer ends at the last position  # fmt: skip
    targets = labels[:, -longest:]
    total = torch.nn.functional.cross_entropy(
        logits[:, :-1].float().flatten(0, 1), targets.flatten(), ignore_index=IGNORED, reduction="sum"
    )
    return total, (targets != IGNORED).sum()
