"""exact_match: the share of answers that say exactly the reference, letter case and outer punctuation aside."""

from __future__ import annotations

from backend.evaluation.metric import Metric
from backend.evaluation.text import bare


def same(answer: str, reference: str) -> float:
    """1.0 when both are equal after Unicode NFKC, case folding, single spaces and without outer punctuation."""
    return float(bare(answer) == bare(reference))


METRIC = Metric(
    name="exact_match",
    words="Share of answers that are word for word the reference; capitals and outer punctuation don't count.",
    tasks=("answer", "structured", "extract"),
    source="Rajpurkar et al. 2016 (SQuAD), without dropping articles, which only suits English",
    row=same,
)
