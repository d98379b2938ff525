"""The trivial baseline: what a rule of thumb without any model scores, learned from the training rows only."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from backend.domain import Arm, Example, Prompt
from backend.evaluation.answers import labels_of
from backend.evaluation.metrics import named, suitable_metrics
from backend.evaluation.score import score_arm

SENTENCE_END = re.compile(r"(?<=[.!?。！？])\s+")
TRIED_ROWS = 200
"""Training rows on which the better of several rules of thumb is chosen."""


def trivial_baseline(
    train: Sequence[Example],
    examples: Sequence[Example],
    *,
    task: str,
    metrics: Sequence[str],
    labels: Sequence[str] = (),
) -> Arm:
    """The rule of thumb for the task, scored on `examples` like any arm; its name is the prompt's name.

    classify: the most common label. summarise: the first or the first three sentences, whichever scores better
    on the training rows. translate: the input itself. Everything else: the most common training answer.
    Raises ValueError without training rows.
    """
    if not train:
        raise ValueError("a trivial baseline needs training rows to learn from")
    name, answers = _rule_of_thumb(train, examples, task)
    prompt = Prompt(name=name, decoding="free", kind="bare")
    return score_arm(prompt, examples, answers, task=task, metrics=metrics, labels=labels or labels_of(train))


def _rule_of_thumb(train: Sequence[Example], examples: Sequence[Example], task: str) -> tuple[str, list[str]]:
    if task == "summarise":
        tried = train[:TRIED_ROWS]
        references = [example.answer for example in tried]
        metric = named(suitable_metrics(task)[0])
        best = max((1, 3), key=lambda n: metric.score([lead(example.input, n) for example in tried], references))
        name = "first sentence" if best == 1 else "first three sentences"
        return name, [lead(example.input, best) for example in examples]
    if task == "translate":
        return "input copied", [example.input for example in examples]
    common = Counter(example.answer.strip() for example in train).most_common(1)[0][0]
    return ("most common label" if task == "classify" else "most common answer"), [common] * len(examples)


def lead(text: str, sentences: int) -> str:
    """The first sentences of a text, split after . ! ? and their full-width forms."""
    return " ".join(SENTENCE_END.split(text.strip())[:sentences])
