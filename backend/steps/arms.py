"""Let a model answer rows in one way of asking, and score what it says."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from backend.domain import Arm, Example, Goal, Prompt
from backend.evaluation.metrics import suitable_metrics
from backend.evaluation.score import score_arm
from backend.models.generate import LocalModel
from backend.prompts.render import render

LONGEST_ANSWER = 512
"""Tokens. Nothing longer is generated while measuring; an answer cut there counts as endless."""


@dataclass(frozen=True)
class Answered:
    """An arm's answers: scored, and how many tokens each took (0 when only labels were weighed)."""

    arm: Arm
    tokens: tuple[int, ...]


def metrics_of(goal: Goal) -> tuple[str, ...]:
    """The goal's metric first, then the others that suit the task."""
    chosen = goal.metric or suitable_metrics(goal.task)[0]
    return (chosen, *(name for name in suitable_metrics(goal.task) if name != chosen))


def answer_limit(model: LocalModel, examples: Sequence[Example]) -> int:
    """Tokens an answer may take: half as many again as the longest of a sample of right answers, plus a few."""
    return longest_answer(model.tokenizer, examples)


def longest_answer(tokenizer: Any, examples: Sequence[Example]) -> int:
    """The same, where only the tokenizer is at hand."""
    longest = max(len(tokenizer(example.answer).input_ids) for example in examples[:500])
    return min(LONGEST_ANSWER, longest + longest // 2 + 4)


def answer(
    model: LocalModel,
    prompt: Prompt,
    examples: Sequence[Example],
    goal: Goal,
    labels: Sequence[str],
    limit: int,
    tell: Callable[[float], None],
) -> Answered:
    """Answer every example greedily in the prompt's way, and score it. `tell` gets the fraction done 0–1."""
    started = time.monotonic()
    asked = [render(prompt, example) for example in examples]

    def step(done: int, of: int) -> None:
        tell(done / of if of else 1.0)

    if prompt.decoding == "labels":
        outputs = [chosen.choice for chosen in model.choose(asked, labels, on_progress=step)]
        tokens = (0,) * len(outputs)
    else:
        generated = model.generate(asked, max_new_tokens=limit, on_progress=step)
        outputs = [one.text for one in generated]
        tokens = tuple(one.tokens for one in generated)
    arm = score_arm(
        prompt, examples, outputs, task=goal.task, metrics=metrics_of(goal), labels=labels,
        output_tokens=sum(tokens), seconds=time.monotonic() - started,
    )
    return Answered(arm, tokens)
