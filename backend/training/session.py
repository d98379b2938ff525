"""What a worker process trains with: the model, the encoded rows, and trainers for given settings."""

from __future__ import annotations

import random
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import torch
from transformers import set_seed

from backend.data.store import content_sha256
from backend.domain import EXAMPLE, Arm, Example
from backend.errors import InputError
from backend.events import Began, Phase, Sample, Samples, Validated
from backend.models.batches import plain_attention
from backend.models.folder import inspect
from backend.models.generate import LocalModel
from backend.models.load import Precision, load_model, load_tokenizer, stop_ids
from backend.prompts.encode import Encoded
from backend.prompts.render import render
from backend.statistics import Interval, interval_of
from backend.store import write_text
from backend.training import ranks
from backend.training.arguments import training_arguments, with_adapter
from backend.training.asked import Asked
from backend.training.base import fingerprint
from backend.training.choice import LOSS, SCORE, kept
from backend.training.config import Knobs, TrainingConfig
from backend.training.failures import out_of_memory
from backend.training.machine import free_memory, hardware, program, versions
from backend.training.memory import FIT, MOST_TOKENS, Fit, most_rows, release, with_room
from backend.training.methods import here, refuse_impossible
from backend.training.packed import CollatePacked, attend_within_rows
from backend.training.pairs import Collate, Pairs, fit, sharable
from backend.training.quick import as_written, bf16_adapters, can_be_quick, compile_layers
from backend.training.samples import few, samples
from backend.training.settings import largest_divisor
from backend.training.shards import in_shards, shard
from backend.training.trainer import AnswerTrainer, answer_loss, on
from backend.training.watch import Report, Say

ORDINARY = "ordinary.txt"
"""In the run's folder when the quick way failed on this machine, with why: the run then keeps to the ordinary way."""


class Session:
    """What one worker process needs to train: model, tokenizer, encoded rows, and where to say what happens."""

    def __init__(self, run_dir: Path, config: TrainingConfig, say: Say, asked: Asked) -> None:
        self.run_dir, self.config, self.say, self.asked = run_dir, config, say, asked
        self.knobs = config.knobs
        self.last: AnswerTrainer | None = None
        set_seed(self.knobs.seed)
        self.folder = inspect(Path(config.model))
        self.tokenizer = load_tokenizer(self.folder.path)
        shards = self.knobs.spread == "shards"
        refuse_impossible(self.knobs.method, here(), self.knobs.learning_rate, sharded=shards)
        self.base = self._loaded()
        self.fingerprint = fingerprint(self.folder.path)
        self.stops = stop_ids(self.base, self.tokenizer)
        rows, validation = _rows(run_dir / "train.jsonl"), _rows(run_dir / "validation.jsonl")
        say(
            Began(
                program=program(), versions=versions(), hardware=hardware(), base=self.fingerprint,
                train_sha256=content_sha256(rows), validation_sha256=content_sha256(validation),
                settings=self.knobs.model_dump(),
            )
        )  # fmt: skip
        if len(validation) > self.knobs.validation_rows:
            validation = random.Random(self.knobs.seed).sample(validation, self.knobs.validation_rows)  # noqa: S311
        length = min(self.knobs.max_length, self.folder.context_tokens)
        train = fit(self.tokenizer, config.prompt, rows, self.stops, length)
        held = fit(self.tokenizer, config.prompt, validation, self.stops, length)
        if not train.pairs or not held.pairs:
            raise InputError(
                "There is nothing to learn from: no row fits into the longest sequence allowed.",
                why=f"All of {len(rows)} training rows or {len(validation)} validation rows are over {length} tokens.",
                do="Raise max_length, or shorten the prompt.",
            )
        if all(len(pair.answer) == 1 for pair in train.pairs):
            raise InputError(
                "There is nothing to learn: every answer is empty, only its end would be learnt.",
                do="Look at the answers in step 2: is the right column taken for them?",
            )
        self.train, self.train_rows = train.pairs, train.rows
        self.held, self.held_rows = held.pairs, held.rows
        self.scored = validation[: self.knobs.score_rows]
        self.shown = few(self.scored or self.held_rows, self.knobs.seed)
        self.samples: tuple[Sample, ...] = ()
        self.left_out = len(train.too_long)
        # A shared beginning reaches the loss through the cache alone, which shards are not put together again for.
        may_share = (
            plain_attention(self.base) and not self.knobs.gradient_checkpointing and self.knobs.spread == "copies"
        )
        shared = sharable([*self.train, *self.held]) if may_share else 0
        ordinary = (run_dir / ORDINARY).exists()
        # 4-bit layers are not ours to compile, and the quick loss needs a frozen output layer; layers that are put
        # together from shards while they compute can be neither joined nor compiled as a whole.
        whole = self.knobs.method == "lora" and self.knobs.spread == "copies"
        self.quick = whole and not ordinary and can_be_quick(self.base)
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

    def _loaded(self) -> Any:
        # All weights are trained in 32 bits: in 16 the small changes of a step would be rounded away.
        as_: Precision | None = "float32" if self.knobs.method == "full" else None
        try:
            if self.knobs.spread == "shards":
                model = shard(load_model(self.folder, as_=as_, place="meta" if ranks.rank() else "cpu"))
            else:
                model = load_model(self.folder, as_=as_, in_4_bits=self.knobs.method == "qlora")
        except Exception as error:
            if not out_of_memory(error):
                raise
            raise InputError(
                "The model does not fit into the memory that is free.",
                why=free_memory(),
                do="End what else uses the memory (`nvidia-smi` shows it for a GPU), then resume; or plan again with "
                "method=qlora on a GPU, or with a smaller model.",
            ) from error
        model.config.use_cache = False
        return model

    def renew(self, model: Any) -> None:
        """The base model as it was before this training."""
        if self.knobs.method == "full":
            del model
            self.base = None
            release()
            self.base = self._loaded()
        else:
            model.unload()

    @property
    def key(self) -> str:
        """What trials of the search are compared by: a single number, and the loss is the steadier one."""
        return SCORE if self.knobs.choose_by == "score" else LOSS

    def adapted(self, knobs: Knobs) -> Any:
        """The base model with a fresh adapter, the same for the same seed; made quick where that is known to be right.

        Raises InputError when the model has no layer an adapter could be attached to.
        """
        model = with_adapter(self.base, knobs)
        if not any(part.requires_grad for part in model.parameters()):
            raise InputError("There is nothing to train: the model has no linear layer for an adapter.")
        if self.quick:
            tokens = knobs.batch_size / knobs.processes * sum(map(len, self.train)) / len(self.train)
            bf16_adapters(model, min(tokens, MOST_TOKENS))
            compile_layers(model)
        return model

    def fitted(self, model: Any, knobs: Knobs) -> Knobs:
        """The settings with the rows at once that fit into memory: as found before, else tried on a GPU, else as given.
        """
        if not ranks.from_first((self.run_dir / FIT).exists):
            if not (self.quick and knobs.fit_memory):
                return knobs
            self.say(Phase(name="preparing", detail="trying how many rows fit into the GPU's memory"))
            share = knobs.batch_size // knobs.processes
            tried = most_rows(model, self.train, share, lambda rows: self.attempt(model, rows))
            ranks.from_first(lambda: write_text(self.run_dir / FIT, tried.model_dump_json()))
        found = self.portion(knobs)
        how = "computing parts twice to save memory" if found.gradient_checkpointing else "computing nothing twice"
        took = "" if found.peak_gib is None else f": {found.peak_gib:.1f} GiB"
        self.say(Phase(name="preparing", detail=f"{found.micro_batch} rows at once, {how}{took}"))
        if found.gradient_checkpointing and isinstance(self.collate, Collate):
            self.collate.shared = 0  # what is computed twice cannot be kept for all rows
        micro = largest_divisor(knobs.batch_size // knobs.processes, found.micro_batch)
        return knobs.model_copy(
            update={"micro_batch": micro, "gradient_checkpointing": found.gradient_checkpointing}
        )

    def portion(self, knobs: Knobs) -> Fit:
        """How many rows are computed at once: what was found, else what the settings say."""
        kept = self.run_dir / FIT
        if kept.exists():
            return Fit.model_validate_json(kept.read_bytes())
        return Fit(micro_batch=knobs.micro_batch, gradient_checkpointing=knobs.gradient_checkpointing)

    def trainer(
        self, model: Any, knobs: Knobs, out: Path, callbacks: list[Any], max_steps: int = -1, evaluates: bool = True,
        rows: Sequence[Encoded] | None = None,
    ) -> AnswerTrainer:  # fmt: skip
        """A trainer for these settings. `max_steps` makes it a short one that saves nothing (a trial), on `rows` of the
        training rows where they are given.
        """
        short = max_steps > 0
        made = AnswerTrainer(
            model=model,
            args=training_arguments(knobs, out, max_steps, evaluates),
            train_dataset=Pairs(rows or self.train),
            eval_dataset=Pairs(self.held),
            collate=self.collate,
            validation=self.held,
            choose_by=knobs.choose_by,
            score=(lambda: self.score(model)) if not short or knobs.choose_by == "score" else None,
            on_validated=(lambda *_: None) if short else self._validated,
            callbacks=callbacks,
        )
        for callback in callbacks:
            if isinstance(callback, Report):
                callback.trainer = made
        self.last = made
        if ranks.rank():
            set_seed(knobs.seed + ranks.rank())  # each process drops out other parts
        return made

    def plainly(self, model: Any) -> AbstractContextManager[None]:
        """The model as transformers wrote it, for answering."""
        return as_written(model, "sdpa") if self.quick else nullcontext()

    def attempt(self, model: Any, rows: Sequence[Encoded]) -> float:
        """Forward and backward of these rows at once, without a step; their loss."""
        total, count = answer_loss(model, on(model.device, self.collate(rows)))
        loss = total / count
        loss.backward()  # type: ignore[no-untyped-call]
        return float(loss.detach())

    def score(self, model: Any) -> Interval | None:
        """The task metric on the sample of validation rows, by answering them as they would be answered in use.

        None where no score is wanted (`score_rows` = 0). The answers to a few rows are kept as `samples`.
        """
        arm = self.answered(model, self.scored or self.shown)
        self.samples = samples(self.shown, arm, self.config.metric)
        return interval_of(arm.metrics[self.config.metric]) if self.scored else None

    def say_samples(self, model: Any, step: int) -> None:
        """Have the model, as it is, answer the few rows that are shown."""
        self.say(Samples(step=step, rows=samples(self.shown, self.answered(model, self.shown), self.config.metric)))

    def answered(self, model: Any, examples: Sequence[Example]) -> Arm:
        """Rows as the model answers them, scored."""
        from backend.evaluation.score import score_arm  # imports seconds' worth of packages

        def part(rows: Sequence[Example]) -> list[str]:
            return with_room(lambda at_once: self.answers(model, rows, at_once), 16)

        model.eval()
        with self.plainly(model):
            outputs = part(examples) if in_shards(model) else ranks.shared_out(examples, part)
        return score_arm(
            self.config.prompt, examples, outputs, task=self.config.task,
            metrics=(self.config.metric,) if self.config.metric else (), labels=self.config.labels,
        )  # fmt: skip

    def by_row(self, model: Any) -> list[float]:
        """For each validation row what it adds to the mean that is compared, lower being better: its loss, or what it
        lacks to a full score.
        """
        if self.knobs.choose_by == "score":
            answered = self.answered(model, self.scored)
            return [1 - row.scores[self.config.metric] for row in answered.rows]
        model.eval()
        usual = sum(len(pair.answer) for pair in self.held) / len(self.held)
        with torch.inference_mode(), as_written(model) if self.quick else nullcontext():
            return [
                float(answer_loss(model, on(model.device, self.collate([pair])))[0]) / usual for pair in self.held
            ]

    def answers(self, model: Any, examples: Sequence[Example], at_once: int) -> list[str]:
        """What the model answers, in the way the prompt's answers are read off."""
        local = LocalModel.around(model, self.tokenizer, self.folder)
        asked = [render(self.config.prompt, example) for example in examples]
        if self.config.prompt.decoding == "labels":
            return [chosen.choice for chosen in local.choose(asked, self.config.labels, at_once)]
        longest = max(len(pair.answer) for pair in self.held)
        return [one.text for one in local.generate(asked, longest + 4, at_once)]

    def _validated(self, step: int, loss: float, score: Interval | None) -> None:
        best = kept(self.last.state.log_history if self.last else (), self.knobs.choose_by)
        told = Validated(step=step, loss=loss, best=best is not None and best.step == step)
        if score is not None:
            sampled = {"score": score.value, "low": score.low, "high": score.high, "rows": score.rows}
            told = told.model_copy(update={"metric": self.config.metric, **sampled})
        self.say(told)
        self.say(Samples(step=step, rows=self.samples))


def _rows(path: Path) -> list[Example]:
    # Not str.splitlines(): a row may hold a line separator of Unicode, which JSON leaves as it is.
    return [EXAMPLE.validate_json(line) for line in path.read_bytes().split(b"\n") if line]
