"""macro_f1: F1 of every label, averaged so that rare labels count as much as common ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from backend.evaluation.metric import Metric
from backend.evaluation.metrics.accuracy import right
from backend.evaluation.text import folded

if TYPE_CHECKING:
    import numpy as np


def counts(answers: Sequence[str], references: Sequence[str]) -> np.ndarray:
    """(rows, 3 × labels): per label hits, given and true. Labels are those of the references, sorted."""
    import numpy as np

    given, true = [folded(answer) for answer in answers], [folded(reference) for reference in references]
    place = {label: index for index, label in enumerate(sorted(set(true)))}
    table = np.zeros((len(true), 3, len(place)), dtype=np.float32)
    for row, (answer, reference) in enumerate(zip(given, true, strict=True)):
        if answer == reference:
            table[row, 0, place[reference]] = 1
        if answer in place:  # anything else is a miss of the true label and a false alarm of none
            table[row, 1, place[answer]] = 1
        table[row, 2, place[reference]] = 1
    return table.reshape(len(true), -1)


def total(sums: np.ndarray) -> np.ndarray:
    """F1 = 2 hits / (given + true), averaged over the labels that occur among the references drawn."""
    import numpy as np

    hits, given, true = np.moveaxis(sums.reshape(len(sums), 3, -1), 1, 0)  # each (draws, labels)
    occurs = true > 0
    scores = np.where(occurs, 2 * hits / np.maximum(given + true, 1), 0)
    return np.asarray(scores.sum(axis=1) / occurs.sum(axis=1))


METRIC = Metric(
    name="macro_f1",
    words="Balance of false alarms and misses (F1) of each label, every label counting the same however rare.",
    tasks=("classify",),
    source="macro-averaged F1 over the reference's labels (as scikit-learn's f1_score with labels=set(y_true))",
    row=right,
    counts=counts,
    total=total,
)
