"""Every training setting, derived from the rows, the model and the machine: each with its reason and its source."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from pydantic import ValidationError

from backend.domain import Setting
from backend.errors import InputError
from backend.training.config import Knobs, Value
from backend.training.methods import REASONS, REGRET

PRACTICE = "the range of defaults of eight fine-tuning tools, compared"
AZURE = "Azure OpenAI fine-tuning guidance: passes by number of rows"
BREIMAN = "Breiman et al. 1984, Classification and Regression Trees: the one-standard-error rule"
OURS = "our choice"
TOKENS_AT_ONCE = {False: 4096, True: 8192}
"""Tokens in one forward pass, on a processor and on a GPU: enough to keep it busy, little enough to fit."""
VALIDATIONS = 5
ENOUGH_STEPS = 50
"""Optimiser steps below which the rule `too-few-steps` warns."""
MOST_TRIALS = 40
"""Trials at most where only the minutes of a search were agreed."""
TRIAL_ROWS = {False: 512, True: 4096}
"""Training rows of one pass of a search's trial, on a processor and on a GPU."""


def derive_settings(
    rows: int, lengths: Sequence[tuple[int, int]], billions: float, context: int, gpu: bool, method: str = "lora",
    gpus: int = 1,
) -> tuple[Setting, ...]:
    """Settings for `rows` training rows whose (prompt, answer) lengths in tokens are `lengths`, on `gpus` GPUs.

    Raises InputError when there is no row.
    """
    if not rows or not lengths:
        raise InputError("There are no training rows to plan for.", do="Add data first (step 2).")
    length, why_length = _length(sorted(map(sum, lengths)), context)
    batch = 8 if rows < 500 else 16
    micro = largest_divisor(batch, TOKENS_AT_ONCE[gpu] // length)
    epochs, why_epochs = _epochs(rows, gpu)
    steps = math.ceil(rows / batch) * epochs
    every = max(5, math.ceil(steps / VALIDATIONS))
    rate = 2e-4 if billions <= 8 else 1e-4
    why_method, source = REASONS.get(method, REASONS["lora"])
    adapter = (
        Setting(name="rank", value=16, source=REGRET,
                reason="Enough for some thousand rows, and the most vLLM serves without being told."),
        Setting(name="alpha", value=32, source=PRACTICE, reason="Twice the rank: how strongly the adapter counts."),
        Setting(name="dropout", value=0.05 if rows < 1000 else 0.0, source=PRACTICE,
                reason="A little forgetting against learning by heart." if rows < 1000 else
                f"With {rows:,} rows no extra guard against learning by heart is needed."),
        Setting(name="learning_rate", value=rate, source=REGRET,
                reason=f"About ten times what training the whole model would take; for {billions:.3g} billion "
                "parameters."),
    )
    whole = (
        Setting(name="learning_rate", value=rate / 10, source=REGRET,
                reason="A tenth of what an adapter would take: all weights move, and the model must not forget."),
    )
    return (
        Setting(name="method", value=method, source=source, reason=why_method),
        *(whole if method == "full" else adapter),
        Setting(name="schedule", value="cosine", source=PRACTICE, reason="Large steps first, ever smaller ones later."),
        Setting(name="warmup_steps", value=min(max(5, round(0.05 * steps)), max(1, steps // 4)), source=PRACTICE,
                reason="5% of the steps to get going, so that the first rows don't throw the model off."),
        Setting(name="batch_size", value=batch, source=REGRET,
                reason="Rows per step. LoRA learns better with fewer than 32."
                + (" Under 500 rows, 8 gives enough steps." if batch == 8 else "")),
        Setting(name="micro_batch", value=micro, source=OURS,
                reason=f"Rows computed at once so that at most {TOKENS_AT_ONCE[gpu]:,} tokens are in memory; it does "
                "not change the result."),
        Setting(name="epochs", value=epochs, source=AZURE, reason=why_epochs),
        Setting(name="max_length", value=length, source=OURS, reason=why_length),
        Setting(name="weight_decay", value=0.01, source=PRACTICE, reason="Keeps the adapter's weights small."),
        Setting(name="clip", value=1.0, source=PRACTICE, reason="No single row may move the model far."),
        Setting(name="evaluate_every", value=every, source=OURS,
                reason=f"Steps between validations: about {max(1, steps // every)} in {steps:,} steps."),
        Setting(name="early_stopping", value=True, source=OURS,
                reason="Stops when new rows are no longer answered better, and keeps the best state."),
        Setting(name="patience", value=2, source=OURS,
                reason="Validations in which neither score nor loss reaches a new best before it stops."),
        Setting(name="choose_by", value="both", source=BREIMAN,
                reason="The task's own score decides which state is kept, where the sample of answers can tell two "
                "apart (one standard error); where it can't, the smaller error (loss) does."),
        Setting(name="validation_rows", value=1000 if gpu else 100, source=OURS,
                reason="Validation rows looked at each time; fewer without a GPU, to spend the time on training."),
        Setting(name="score_rows", value=100 if gpu else 32, source=OURS,
                reason="Validation rows answered each time, to see the task's own score rise."),
        Setting(name="gradient_checkpointing", value=gpu and billions >= 3, source=OURS,
                reason="Computes parts twice to save memory; worth it for large models on a GPU."),
        Setting(name="fit_memory", value=gpu and method == "lora", source=OURS,
                reason="Tries before the start how many rows fit into the GPU's memory and whether parts must be "
                "computed twice; the result is the same." if gpu and method == "lora" else
                "Only for LoRA on a GPU. Where memory runs out, half the rows are computed at once; the result is the "
                "same."),
        Setting(name="search_trials", value=0, source=OURS,
                reason="No search over settings: set 6 or more to look for better ones first."),
        Setting(name="search_rows", value=min(rows, TRIAL_ROWS[gpu]), source=OURS,
                reason="Training rows a trial of the search learns from in a pass, the same for all trials."),
        Setting(name="search_passes", value=epochs + gpu, source=OURS,
                reason="The most passes the search may choose, and so the most work it may find for the run."),
        *((Setting(name="search_at_once", value=gpus, source=OURS,
                   reason="Trials of the search that run at once: one on each GPU."),) if gpus > 1 else ()),
        Setting(name="preflight_steps", value=3, source=OURS,
                reason="Real steps tried before the start and taken back: what fails, fails now, and the time it "
                "takes is measured."),
        Setting(name="tracker", value="none", source=OURS,
                reason="Every run is recorded anyway: see `tunewise runs`. Name trackio, wandb or mlflow to have it "
                "told too; it stays on this computer unless tracker_online is true."),
        Setting(name="seed", value=42, source=OURS, reason="The same start each time, so that a run can be repeated."),
    )  # fmt: skip


def overridden(settings: Sequence[Setting], given: Mapping[str, Value]) -> tuple[Setting, ...]:
    """The settings with the person's own values in place. Raises InputError for an unknown name or a wrong value."""
    unknown = sorted(set(given) - set(Knobs.model_fields))
    if unknown:
        raise InputError(
            f"There is no setting named {unknown[0]!r}.", do=f"Settings are: {', '.join(Knobs.model_fields)}."
        )
    given = dict(given)
    derived = {setting.name: setting.value for setting in settings}
    if {"micro_batch", "gradient_checkpointing"} & set(given):
        given.setdefault("fit_memory", False)  # the person has said what to do
    if {"batch_size", "processes"} & set(given):
        batch = int(given.get("batch_size", derived.get("batch_size", 16)))
        given.setdefault("processes", largest_divisor(batch, int(derived.get("processes", 1))))
        share = batch // max(1, int(given["processes"]))
        given.setdefault("micro_batch", largest_divisor(share, int(derived.get("micro_batch", 16))))
    if derived.get("method", "lora") == "full" and {"rank", "alpha", "dropout"} & set(given):
        raise InputError(
            "Training all weights has no adapter, and so no rank, alpha or dropout.",
            do="Leave these settings out, or take method=lora.",
        )
    if given.get("search_minutes") and not given.get("search_trials"):
        given["search_trials"] = MOST_TRIALS
    if "rank" in given and "alpha" not in given:
        given["alpha"] = 2 * int(given["rank"])
    try:
        checked = Knobs.model_validate({**derived, **given})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "settings"
        raise InputError("A training setting is not valid.", where=where, why=first["msg"]) from error
    kept = [setting for setting in settings if setting.name not in given]
    own = [
        Setting(name=name, value=getattr(checked, name), source="you",
                reason=f"You set this. {REASONS[checked.method][0]}" if name == "method" else "You set this.")
        for name in given
    ]  # fmt: skip
    order = list(Knobs.model_fields)
    return tuple(sorted([*kept, *own], key=lambda setting: order.index(setting.name)))


def _length(totals: Sequence[int], context: int) -> tuple[int, str]:
    nearly_all, longest = totals[min(len(totals) - 1, math.ceil(0.99 * len(totals)) - 1)], totals[-1]
    # One monstrous row must not decide the memory; rows a bit longer than most are worth keeping.
    wanted = longest if longest <= 2 * nearly_all else nearly_all
    length = min(context, 64 * math.ceil(wanted / 64))
    over = sum(total > length for total in totals)
    left = f"{over:,} longer rows are left out" if over else "no row is left out"
    spread = f"99% of rows have at most {nearly_all:,}, the longest {longest:,}"
    return length, f"Tokens of prompt and answer; {spread}: {left}."


def _epochs(rows: int, gpu: bool) -> tuple[int, str]:
    if rows >= 1000 and not gpu:
        return 1, f"Passes over the data: without a GPU one over {rows:,} rows must do; most is learnt in the first."
    found = passes_for(rows)
    return found, {
        3: f"Passes over the data: {rows:,} rows are few enough for three; it stops early where better.",
        2: f"Passes over the data: two for {rows:,} rows.",
        1: f"Passes over the data: one is enough for {rows:,} rows.",
    }[found]


def passes_for(rows: int) -> int:
    """Passes over that many rows where time is no matter."""
    return 3 if rows < 2000 else 2 if rows <= 5000 else 1


def largest_divisor(number: int, most: int) -> int:
    """The largest whole part of `number` that is at most `most`."""
    return max(part for part in range(1, number + 1) if number % part == 0 and part <= max(1, most))
