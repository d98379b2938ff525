"""What a worker process trains with: the model, the encoded rows, and trainers for given settings."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from transformers import TrainingArguments, set_seed

from backend.domain import Example
from backend.errors import InputError
from backend.events import Phase, Validated
from backend.models.batches import plain_attention
from backend.models.folder import inspect
from backend.models.generate import LocalModel
from backend.models.load import load_model, load_tokenizer, stop_ids
from backend.prompts.render import render
from backend.training.config import Knobs, TrainingConfig
from backend.training.pairs import Collate, Pairs, fit, sharable
from backend.training.trainer import AnswerTrainer
from backend.training.watch import Asked, Report, Say


class Session:
    """What one worker process needs to train: model, tokenizer, encoded rows, and where to say what happens."""

    def __init__(self, run_dir: Path, config: TrainingConfig, say: Say) -> None:
        self.run_dir, self.config, self.say = run_dir, config, say
        self.knobs = config.knobs
        self.asked = Asked()
        set_seed(self.knobs.seed)
        self.folder = inspect(Path(config.model))
        self.tokenizer = load_tokenizer(self.folder.path)
        self.base = load_model(self.folder)
        self.base.config.use_cache = False
        stops = stop_ids(self.base, self.tokenizer)
        rows, validation = _rows(run_dir / "train.jsonl"), _rows(run_dir / "validation.jsonl")
        if len(validation) > self.knobs.validation_rows:
            validation = random.Random(self.knobs.seed).sample(validation, self.knobs.validation_rows)  # noqa: S311
        length = min(self.knobs.max_length, self.folder.context_tokens)
        train = fit(self.tokenizer, config.prompt, rows, stops, length)
        held = fit(self.tokenizer, config.prompt, validation, stops, length)
        if not train.pairs or not held.pairs:
            raise InputError(
                "There is nothing to learn from: no row fits into the longest sequence allowed.",
                why=f"All of {len(rows)} training rows or {len(validation)} validation rows are over {length} tokens.",
                do="Raise max_length, or shorten the prompt.",
            )
        self.train, self.held = train.pairs, held.pairs
        self.scored = validation[: self.knobs.score_rows]
        self.left_out = len(train.too_long)
        may_share = plain_attention(self.base) and not self.knobs.gradient_checkpointing and self.knobs.processes == 1
        shared = sharable([*self.train, *self.held]) if may_share else 0
        self.collate = Collate(self.tokenizer.pad_token_id, shared)
        tokens = sum(map(len, self.train))
        say(
            Phase(
                name="preparing",
                detail=f"{len(self.train):,} rows, {tokens:,} tokens, of which "
                f"{sum(len(pair.answer) for pair in self.train):,} are learnt (the answers)"
                + (f"; {self.left_out:,} rows over {length} tokens were left out" if self.left_out else ""),
            )
        )

    @property
    def key(self) -> str:
        """What validations are compared by."""
        return f"eval_{self.knobs.choose_by}"

    def adapted(self, knobs: Knobs) -> Any:
        """The base model with a fresh adapter, the same for the same seed."""
        set_seed(knobs.seed)
        lora = LoraConfig(
            r=knobs.rank, lora_alpha=knobs.alpha, lora_dropout=knobs.dropout,
            target_modules="all-linear", task_type="CAUSAL_LM",
        )  # fmt: skip
        return get_peft_model(self.base, lora)

    def trainer(
        self, model: Any, knobs: Knobs, out: Path, callbacks: list[Any], max_steps: int = -1
    ) -> AnswerTrainer:
        """A trainer for these settings. `max_steps` makes it a short one that saves nothing (a trial)."""
        short = max_steps > 0
        arguments = TrainingArguments(
            output_dir=str(out),
            max_steps=max_steps,
            num_train_epochs=knobs.epochs,
            per_device_train_batch_size=knobs.micro_batch,
            gradient_accumulation_steps=knobs.batch_size // (knobs.micro_batch * knobs.processes),
            learning_rate=knobs.learning_rate,
            lr_scheduler_type=knobs.schedule,
            warmup_steps=min(knobs.warmup_steps, max_steps // 4) if short else knobs.warmup_steps,
            weight_decay=knobs.weight_decay,
            max_grad_norm=knobs.clip,
            eval_strategy="steps",
            eval_steps=max(1, max_steps // 2) if short else knobs.evaluate_every,
            save_strategy="no" if short else "steps",
            save_steps=knobs.evaluate_every,
            save_total_limit=3,
            metric_for_best_model=self.key,
            greater_is_better=knobs.choose_by == "score",
            logging_steps=1,
            logging_nan_inf_filter=False,  # it would hide a loss that is not a number
            report_to="none",
            disable_tqdm=True,
            remove_unused_columns=False,
            dataloader_pin_memory=False,
            activation_checkpointing=knobs.gradient_checkpointing,
            use_cpu=not torch.cuda.is_available(),
            seed=knobs.seed,
        )
        made = AnswerTrainer(
            model=model,
            args=arguments,
            train_dataset=Pairs(self.train),
            eval_dataset=Pairs(self.held),
            collate=self.collate,
            validation=self.held,
            score=(lambda: self.score(model)) if self.scored and (not short or knobs.choose_by == "score") else None,
            on_validated=(lambda *_: None) if short else self._validated,
            callbacks=callbacks,
        )
        for callback in callbacks:
            if isinstance(callback, Report):
                callback.trainer = made
        self._last = made
        return made

    def score(self, model: Any) -> float:
        """The task metric on the sample of validation rows, by answering them as they would be answered in use."""
        from backend.evaluation.score import score_arm  # imports seconds' worth of packages

        local = LocalModel.around(model, self.tokenizer, self.folder)
        asked = [render(self.config.prompt, example) for example in self.scored]
        if self.config.prompt.decoding == "labels":
            outputs = [chosen.choice for chosen in local.choose(asked, self.config.labels)]
        else:
            longest = max(len(pair.answer) for pair in self.held)
            outputs = [one.text for one in local.generate(asked, max_new_tokens=longest + 4)]
        arm = score_arm(
            self.config.prompt, self.scored, outputs, task=self.config.task,
            metrics=(self.config.metric,), labels=self.config.labels,
        )  # fmt: skip
        return arm.metrics[self.config.metric]["value"]

    def _validated(self, step: int, loss: float, score: float | None) -> None:
        values = [entry[self.key] for entry in self._last.state.log_history if self.key in entry]
        best = values[-1] == (max if self.knobs.choose_by == "score" else min)(values)
        metric = self.config.metric if score is not None else ""
        self.say(Validated(step=step, loss=loss, score=score, metric=metric, best=best))


def _rows(path: Path) -> list[Example]:
    # Not str.splitlines(): a row may hold a line separator of Unicode, which JSON leaves as it is.
    return [Example.model_validate_json(line) for line in path.read_bytes().split(b"\n") if line]
