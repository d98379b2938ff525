"""chrf: overlap of runs of one to six letters with the reference translation; kind to rich word endings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from backend.evaluation.metric import Metric

if TYPE_CHECKING:
    import numpy as np

ORDER = 6  # longest run of letters; Popović 2015
BETA = 2.0  # recall counts twice as much as precision; Popović 2015


def row_counts(answer: str, reference: str) -> list[int]:
    """Per order 1–6: runs in the answer (0 where the reference has none), in the reference, and in both."""
    said, wanted = "".join(answer.split()), "".join(reference.split())
    numbers = []
    for order in range(1, ORDER + 1):
        given = Counter(said[i : i + order] for i in range(len(said) - order + 1))
        true = Counter(wanted[i : i + order] for i in range(len(wanted) - order + 1))
        numbers += [given.total() if true else 0, true.total(), (given & true).total()]
    return numbers


def counts(answers: Sequence[str], references: Sequence[str]) -> np.ndarray:
    """(rows, 18): see `row_counts`."""
    import numpy as np

    return np.array([row_counts(*pair) for pair in zip(answers, references, strict=True)], dtype=np.float64)


def total(sums: np.ndarray) -> np.ndarray:
    """F-beta of precision and recall averaged over the orders that both sides have, 0–1."""
    import numpy as np

    given, true, both = np.moveaxis(sums.reshape(len(sums), ORDER, 3), 2, 0)  # each (draws, orders)
    counted = (given > 0) & (true > 0)
    orders = np.maximum(counted.sum(axis=1), 1)
    precision = np.where(counted, both / np.maximum(given, 1), 0).sum(axis=1) / orders
    recall = np.where(counted, both / np.maximum(true, 1), 0).sum(axis=1) / orders
    bottom = BETA**2 * precision + recall
    return np.where(bottom > 0, (1 + BETA**2) * precision * recall / np.where(bottom > 0, bottom, 1), 0.0)


def row(answer: str, reference: str) -> float:
    """chrF of one row, for finding bad rows."""
    import numpy as np

    return float(total(np.array([row_counts(answer, reference)], dtype=np.float64))[0])


METRIC = Metric(
    name="chrf",
    words="Overlap of short runs of letters with the reference translation (chrF), over all rows together.",
    tasks=("translate",),
    source="Popović 2015, chrF2: six letters, no words, white space left out (sacrebleu's default)",
    row=row,
    counts=counts,
    total=total,
)
