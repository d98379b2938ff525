"""How the tuned model scores on parts of the test rows: by label, length, group and how the input begins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from backend.domain import Arm, Example
from backend.evaluation.metric import Metric
from backend.evaluation.metrics import named
from backend.evaluation.score import mean_interval, measure, paired
from backend.evaluation.text import words
from backend.statistics import Interval
from rules.facts import SliceFacts

FEWEST = 10
"""Rows below which a slice is left out: its interval would span most of the scale (DESIGN §4, weak-slice)."""

MOST_PER_KIND = 20
"""Slices kept of each kind, the largest: a page with hundreds of labels helps nobody."""


def slices(
    arm: Arm, examples: Sequence[Example], *, task: str, metric: str, labels: Sequence[str] = ()
) -> tuple[SliceFacts, ...]:
    """Every slice of ten or more rows with its score and 95% interval, weakest first; they may overlap.

    Label slices score the share of that label's rows that were right, whatever the metric: F1 of one label
    alone would hide its false alarms. The other slices use the metric itself.
    """
    by_row = {example.row: example for example in examples}
    own = [by_row[row.row] for row in arm.rows]
    answers, references = paired(arm, examples, task, labels)
    chosen = named(metric)
    parts: list[SliceFacts] = []
    if task == "classify":
        hits = Metric(f"{metric}_rows", "", chosen.tasks, "", chosen.row)
        parts += _cut(hits, "label", references, answers, references)
    parts += _cut(chosen, "length", _quarters([example.input for example in own]), answers, references)
    parts += _cut(chosen, "group", [example.group for example in own], answers, references)
    parts += _cut(chosen, "begins with", [_beginning(example.input) for example in own], answers, references)
    return tuple(sorted(parts, key=lambda part: part.value))


def group_scores(
    arm: Arm, examples: Sequence[Example], *, task: str, metric: str, labels: Sequence[str] = ()
) -> tuple[tuple[SliceFacts, ...], tuple[float, float, float]] | None:
    """Scores of the groups the person named, weakest first, and the gap (best minus worst, low, high).

    None with fewer than two groups of ten rows. The gap's interval joins the two intervals (MOVER: Zou & Donner
    2008; Newcombe 1998 for shares). Best and worst are picked after looking, so with many groups it looks larger
    than it is.
    """
    by_row = {example.row: example for example in examples}
    groups = [by_row[row.row].group for row in arm.rows]
    found = sorted(_cut(named(metric), "group", groups, *paired(arm, examples, task, labels)), key=lambda g: g.value)
    return (tuple(found), gap(found[0], found[-1])) if len(found) > 1 else None


def gap(worst: SliceFacts, best: SliceFacts) -> tuple[float, float, float]:
    """Best minus worst with its interval, from two independent scores with theirs."""
    difference = best.value - worst.value
    down = ((best.value - best.low) ** 2 + (worst.high - worst.value) ** 2) ** 0.5
    up = ((best.high - best.value) ** 2 + (worst.value - worst.low) ** 2) ** 0.5
    return difference, difference - down, difference + up


def as_slice(name: str, interval: Interval) -> SliceFacts:
    """A named score."""
    return SliceFacts(name, interval.value, interval.low, interval.high, interval.rows)


def _cut(
    metric: Metric, kind: str, keys: Sequence[str], answers: Sequence[str], references: Sequence[str]
) -> list[SliceFacts]:
    """The slices of one kind; rows with an empty key belong to none, and a kind with one slice tells nothing."""
    counted = Counter(key for key in keys if key)
    score: Callable[[list[int]], Interval] = lambda rows: (  # noqa: E731 - one expression, used once below
        measure(metric, [answers[i] for i in rows], [references[i] for i in rows])
        if metric.corpus
        else mean_interval([metric.row(answers[i], references[i]) for i in rows])
    )
    kept = [key for key, rows in counted.most_common(MOST_PER_KIND) if FEWEST <= rows < len(keys)]
    return [as_slice(f"{kind}: {key}", score([i for i, own in enumerate(keys) if own == key])) for key in kept]


def _quarters(inputs: Sequence[str]) -> list[str]:
    """Which quarter of the lengths each input is in, in words, with the bounds; empty when all are as long."""
    lengths = np.array([len(words(text)) for text in inputs])
    bounds = [int(bound) for bound in np.quantile(lengths, [0.25, 0.5, 0.75])] if len(lengths) else []
    if len(set(bounds)) < 3:
        return [""] * len(inputs)
    first, second, third = bounds
    names = (f"up to {first} words", f"{first + 1} to {second} words", f"{second + 1} to {third} words",
             f"over {third} words")
    return [names[int(np.searchsorted(bounds, length, side="left"))] for length in lengths]


def _beginning(text: str) -> str:
    return " ".join(words(text)[:2])
