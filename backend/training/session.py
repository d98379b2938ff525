"""What a worker process trains with: the model, the encoded rows, and trainers for given settings."""

from __future__ import annotations

import random
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from transformers import set_seed

from backend.domain import Example
from backend.errors import InputError
from backend.events import Phase, Validated
from backend.models.batches import plain_attention
from backend.models.folder import inspect
from backend.models.generate import LocalModel
from backend.models.load import load_model, load_tokenizer, stop_ids
from backend.prompts.encode import Encoded
from backend.prompts.render import render
from backend.store import write_text
from backend.training.arguments import training_arguments, with_adapter
from backend.training.config import Knobs, TrainingConfig
from backend.training.memory import Fit, most_rows
from backend.training.packed import CollatePacked, attend_within_rows
from backend.training.pairs import Collate, Pairs, fit, sharable
from backend.training.quick import as_written, bf16_adapters, can_be_quick, compile_layers
from backend.training.trainer import AnswerTrainer, answer_loss, on
from backend.training.watch import Asked, Report, Say

ORDINARY = "ordinary.txt"
"""In the run's folder when the quick way failed on this machine, with why: the run then keeps to the ordinary way."""


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
        ordinary = (run_dir / ORDINARY).exists()
        self.quick = not ordinary and self.knobs.processes == 1 and can_be_quick(self.base)
        self.collate: Collate | CollatePacked = Collate(self.tokenizer.pad_token_id, shared)
        if self.quick:
            attend_within_rows(self.base)
            self.collate = CollatePacked(max(map(len, [*self.train, *self.held])))
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
        """The base model with a fresh adapter, the same for the same seed; made quick where that is known to be right.
        """
        model = with_adapter(self.base, knobs)
        if self.quick:
            bf16_adapters(model)
            compile_layers(model)
        return model

    def fitted(self, model: Any, knobs: Knobs) -> Knobs:
        """The settings with the rows at once that fit into the GPU's memory, tried; as they are without a GPU.

        What was found is kept in `fit.json`: a resumed run computes in the same portions.
        """
        if not (self.quick and knobs.fit_memory):
            return knobs
        kept = self.run_dir / "fit.json"
        if kept.exists():
            found = Fit.model_validate_json(kept.read_bytes())
        else:
            self.say(Phase(name="preparing", detail="trying how many rows fit into the GPU's memory"))
            found = most_rows(model, self.train, knobs.batch_size, lambda rows: self._try(model, rows))
            write_text(kept, found.model_dump_json())
        how = "computing parts twice to save memory" if found.gradient_checkpointing else "computing nothing twice"
        self.say(Phase(name="preparing", detail=f"{found.micro_batch} rows at once, {how}: {found.peak_gib:.1f} GiB"))
        return knobs.model_copy(update=found.model_dump(include={"micro_batch", "gradient_checkpointing"}))

    def trainer(
        self, model: Any, knobs: Knobs, out: Path, callbacks: list[Any], max_steps: int = -1
    ) -> AnswerTrainer:
        """A trainer for these settings. `max_steps` makes it a short one that saves nothing (a trial)."""
        short = max_steps > 0
        made = AnswerTrainer(
            model=model,
            args=training_arguments(knobs, out, max_steps),
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

    def plainly(self, model: Any) -> AbstractContextManager[None]:
        """The model as transformers wrote it, for answering."""
        return as_written(model, "sdpa") if self.quick else nullcontext()

    def _try(self, model: Any, rows: Sequence[Encoded]) -> None:
        total, count = answer_loss(model, on(model.device, self.collate(rows)))
        (total / count).backward()  # type: ignore[no-untyped-call]

    def score(self, model: Any) -> float:
        """The task metric on the sample of validation rows, by answering them as they would be answered in use."""
        from backend.evaluation.score import score_arm  # imports seconds' worth of packages

        local = LocalModel.around(model, self.tokenizer, self.folder)
        asked = [render(self.config.prompt, example) for example in self.scored]
        with self.plainly(model):
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
