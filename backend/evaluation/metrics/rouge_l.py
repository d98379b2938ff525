"""rouge_l: how much of the reference's words come back in the same order."""

from __future__ import annotations

from backend.evaluation.metric import Metric
from backend.evaluation.text import words


def row(answer: str, reference: str) -> float:
    """F1 of the longest common subsequence of words; 1.0 when both have no words at all."""
    from rapidfuzz.distance import LCSseq

    said, wanted = words(answer), words(reference)
    if not said and not wanted:
        return 1.0
    common = LCSseq.similarity(said, wanted)
    return 2 * common / (len(said) + len(wanted))


METRIC = Metric(
    name="rouge_l",
    words="How many of the reference's words come back in the same order (ROUGE-L).",
    tasks=("summarise", "answer"),
    source="Lin 2004, sentence-level ROUGE-L F1 without stemming; words of any script, not only a–z",
    row=row,
)
