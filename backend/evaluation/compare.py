"""Compare arms row for row: by how much, how sure, and the verdict in words."""

from __future__ import annotations

from collections.abc import Sequence

from backend.domain import Arm, Contrast, Example
from backend.evaluation.metric import Metric
from backend.evaluation.metrics import named
from backend.evaluation.resample import compare_corpus
from backend.evaluation.score import paired
from backend.statistics import Comparison, compare_paired
from rules.wording import count_of

BASE, PROMPT, TUNED = "base", "prompt", "tuned"
"""What the three arms of an evaluation are called in comparisons, whatever their prompts are called."""


def compare(
    base: Arm,
    prompt: Arm,
    tuned: Arm,
    examples: Sequence[Example],
    *,
    task: str,
    metrics: Sequence[str],
    primary: str,
    labels: Sequence[str] = (),
) -> tuple[Contrast, ...]:
    """Tuned against the bare base, tuned against the best prompt, the best prompt against the bare base, per metric.

    Comparisons of `primary` with the tuned model are marked primary. Raises ValueError when the arms did not
    answer the same rows in the same order.
    """
    arms = {BASE: base, PROMPT: prompt, TUNED: tuned}
    return tuple(
        as_contrast(
            compare_arms(arms[first], arms[second], examples, task=task, metric=name, labels=labels),
            metric=name,
            first=first,
            second=second,
            primary=name == primary and second == TUNED,
        )
        for name in metrics
        for first, second in ((BASE, TUNED), (PROMPT, TUNED), (BASE, PROMPT))
    )


def compare_arms(
    first: Arm, second: Arm, examples: Sequence[Example], *, task: str, metric: str, labels: Sequence[str] = ()
) -> Comparison:
    """Is the second arm better than the first on the same rows? Raises ValueError when the rows differ."""
    if [row.row for row in first.rows] != [row.row for row in second.rows]:
        raise ValueError("two arms can only be compared when they answered the same rows in the same order")
    answers, references = paired(first, examples, task, labels)
    others, _ = paired(second, examples, task, labels)
    return compare_answers(named(metric), answers, others, references)


def compare_answers(
    metric: Metric, first: Sequence[str], second: Sequence[str], references: Sequence[str]
) -> Comparison:
    """Paired comparison of two lists of answers (as read) against the same references."""
    if metric.counts is not None:
        return compare_corpus(metric, metric.counts(first, references), metric.counts(second, references))
    one, other = ([metric.row(*pair) for pair in zip(side, references, strict=True)] for side in (first, second))
    return compare_paired(one, other)


def as_contrast(comparison: Comparison, *, metric: str, first: str, second: str, primary: bool) -> Contrast:
    """The record of a comparison: second minus first."""
    return Contrast(
        metric=metric,
        first=first,
        second=second,
        difference=comparison.difference,
        low=comparison.low,
        high=comparison.high,
        p_value=comparison.p_value,
        verdict=comparison.verdict,
        rows=comparison.rows,
        rows_needed=comparison.rows_needed,
        primary=primary,
    )


def in_words(contrast: Contrast) -> str:
    """The verdict as a sentence part, in points of a hundred.

    "better by 18.2 points (95% interval 13.1 to 23.4, 400 rows)", or
    "can't tell: +1.2 points (95% interval -3.0 to 5.4, 400 rows); about 240 more rows would"
    """
    rows = count_of(contrast.rows, "row")
    inside = f"95% interval {_points(contrast.low)} to {_points(contrast.high)}, {rows}"
    if contrast.verdict != "can't tell":
        size = abs(contrast.difference)
        low, high = sorted((abs(contrast.low), abs(contrast.high)))
        inside = f"95% interval {_points(low)} to {_points(high)}, {rows}"
        return f"{contrast.verdict} by {_points(size)} points ({inside})"
    said = f"can't tell: {100 * contrast.difference:+.1f} points ({inside})"
    if contrast.rows_needed is None:
        return f"{said}; no difference was seen" if contrast.difference == 0 else said
    return f"{said}; about {_rough(contrast.rows_needed - contrast.rows):,} more rows would"


def _points(fraction: float) -> str:
    return f"{100 * fraction:.1f}"


def _rough(rows: int) -> int:
    """Two leading digits: an estimate should not look exact."""
    step = int(10 ** max(0, len(str(rows)) - 2))
    return -(-rows // step) * step
