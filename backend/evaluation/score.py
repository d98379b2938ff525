"""Score the answers of one arm: per metric the value, its 95% interval and the rows behind it."""

from __future__ import annotations

from collections.abc import Sequence

from backend.domain import Arm, Example, Prompt, ScoredRow
from backend.evaluation.answers import read_answers
from backend.evaluation.metric import Metric
from backend.evaluation.metrics import named
from backend.evaluation.resample import corpus_interval
from backend.statistics import Interval, score_interval

FEWEST_TO_RESAMPLE = 8
"""Below this many rows, drawing them again says too little: the interval is then the whole range 0–1."""


def measure(metric: Metric, answers: Sequence[str], references: Sequence[str]) -> Interval:
    """The score of all rows and its 95% interval: Wilson for right/wrong, else a seeded bootstrap over rows.

    Raises ValueError when the two differ in number or are empty.
    """
    if len(answers) != len(references) or not answers:
        raise ValueError(f"as many answers as references, and at least one: {len(answers)} and {len(references)}")
    if metric.counts is not None:
        interval = corpus_interval(metric, metric.counts(answers, references))
    else:
        interval = mean_interval([metric.row(*pair) for pair in zip(answers, references, strict=True)])
    return _at_most_known(interval) if metric.corpus else interval


def mean_interval(scores: Sequence[float]) -> Interval:
    """The mean of row scores with its 95% interval, low <= value <= high in spite of rounding."""
    interval = score_interval(scores)
    binary = all(score in (0, 1) for score in scores)
    return interval if binary else _at_most_known(interval)


def _at_most_known(interval: Interval) -> Interval:
    if interval.rows < FEWEST_TO_RESAMPLE:
        return Interval(interval.value, 0.0, 1.0, interval.rows)
    value = interval.value
    return Interval(value, max(0.0, min(interval.low, value)), min(1.0, max(interval.high, value)), interval.rows)


def score_arm(
    prompt: Prompt,
    examples: Sequence[Example],
    outputs: Sequence[str],
    *,
    task: str,
    metrics: Sequence[str],
    labels: Sequence[str] = (),
    output_tokens: int = 0,
    seconds: float = 0.0,
) -> Arm:
    """Score what a model wrote for each example, in the same order. `labels` are needed for `classify` only.

    Raises ValueError when outputs and examples differ in number, InputError for a metric that does not exist.
    """
    if len(examples) != len(outputs):
        raise ValueError(f"{len(outputs)} outputs for {len(examples)} examples")
    answers, references = read_answers(outputs, task, labels), references_of(examples, task, labels)
    chosen = [named(name) for name in metrics]
    of_rows = {
        metric.name: [metric.row(*pair) for pair in zip(answers, references, strict=True)] for metric in chosen
    }
    scored = {
        metric.name: measure(metric, answers, references) if metric.corpus else mean_interval(of_rows[metric.name])
        for metric in chosen
    }
    return Arm(
        prompt=prompt,
        metrics={name: as_dict(interval) for name, interval in scored.items()},
        rows=tuple(
            ScoredRow(row=example.row, output=output, scores={name: of_rows[name][i] for name in of_rows})
            for i, (example, output) in enumerate(zip(examples, outputs, strict=True))
        ),
        output_tokens=output_tokens,
        seconds=seconds,
    )


def references_of(examples: Sequence[Example], task: str, labels: Sequence[str]) -> list[str]:
    """The right answers, labels spelled as in `labels`."""
    read = read_answers([example.answer for example in examples], task, labels)
    return [answer or example.answer.strip() for answer, example in zip(read, examples, strict=True)]


def as_dict(interval: Interval) -> dict[str, float]:
    """The contract's form of a score: value, low, high, rows."""
    return {"value": interval.value, "low": interval.low, "high": interval.high, "rows": interval.rows}


def paired(arm: Arm, examples: Sequence[Example], task: str, labels: Sequence[str]) -> tuple[list[str], list[str]]:
    """(answers as scored, references) of an arm, in the order of its rows.

    Raises KeyError when a row of the arm is not among the examples.
    """
    by_row = {example.row: example for example in examples}
    own = [by_row[row.row] for row in arm.rows]
    return read_answers([row.output for row in arm.rows], task, labels), references_of(own, task, labels)
