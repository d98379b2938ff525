"""Our settings in the words of the transformers Trainer, and the adapter they describe."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from transformers import TrainingArguments, set_seed

from backend.training.choice import LOSS
from backend.training.config import Knobs


def with_adapter(base: Any, knobs: Knobs) -> Any:
    """The base model with a fresh adapter on all linear layers, the same for the same seed; or itself, all of it to be
    trained."""
    set_seed(knobs.seed)
    if knobs.method == "full":
        return base.requires_grad_(True)
    lora = LoraConfig(
        r=knobs.rank, lora_alpha=knobs.alpha, lora_dropout=knobs.dropout,
        target_modules="all-linear", task_type="CAUSAL_LM",
    )  # fmt: skip
    return get_peft_model(base, lora)


def training_arguments(knobs: Knobs, out: Path, max_steps: int = -1, evaluates: bool = True) -> TrainingArguments:
    """`max_steps` makes it a short run that saves nothing (a trial), and looks at no validation rows if so told."""
    short = max_steps > 0
    return TrainingArguments(
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
        eval_strategy="steps" if evaluates else "no",
        eval_steps=knobs.evaluate_every,
        save_strategy="no" if short else "steps",
        save_steps=knobs.evaluate_every,
        save_total_limit=3,
        metric_for_best_model=LOSS,  # that it is told; `choice.kept` says which state is the best
        logging_strategy="no",  # `watch.Report` says when
        logging_nan_inf_filter=False,  # it would hide a loss that is not a number
        report_to="none",
        disable_tqdm=True,
        remove_unused_columns=False,
        # From pinned memory rows travel to a GPU while it computes; otherwise each step would wait for the one before.
        dataloader_pin_memory=torch.cuda.is_available(),
        accelerator_config={"non_blocking": torch.cuda.is_available()},
        activation_checkpointing=knobs.gradient_checkpointing,
        use_cpu=not torch.cuda.is_available(),
        seed=knobs.seed,
    )
