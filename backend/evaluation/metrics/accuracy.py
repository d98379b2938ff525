"""accuracy: the share of rows where the right label was given."""

from __future__ import annotations

from backend.evaluation.metric import Metric
from backend.evaluation.text import folded


def right(answer: str, reference: str) -> float:
    """1.0 when the label is the reference, whatever the case and the spaces around it; an unread label is wrong."""
    return float(folded(answer) == folded(reference))


METRIC = Metric(
    name="accuracy",
    words="Share of answers with the right label; an answer without a readable label counts as wrong.",
    tasks=("classify",),
    source="share of correct classifications; interval: Wilson 1927",
    row=right,
)
