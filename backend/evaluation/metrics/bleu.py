"""bleu: overlap of runs of one to four words with the reference translation, over all rows together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from backend.evaluation.metric import Metric

if TYPE_CHECKING:
    import numpy as np


@cache
def _bleu() -> Any:
    from sacrebleu.metrics.bleu import BLEU

    return BLEU(effective_order=True)  # concerns single sentences only


def row(answer: str, reference: str) -> float:
    """Sentence BLEU 0–1, for finding bad rows; the score of many rows is not the mean of these."""
    return min(1.0, float(_bleu().sentence_score(answer, [reference]).score) / 100)  # 100.00000000000004 happens


def counts(answers: Sequence[str], references: Sequence[str]) -> np.ndarray:
    """(rows, 10): matched n-grams (1–4), n-grams (1–4), words of the answer, words of the reference."""
    import numpy as np

    scores = (_bleu().sentence_score(answer, [wanted]) for answer, wanted in zip(answers, references, strict=True))
    return np.array([[*s.counts, *s.totals, s.sys_len, s.ref_len] for s in scores], dtype=np.float64)


def total(sums: np.ndarray) -> np.ndarray:
    """Corpus BLEU of added-up counts with sacrebleu's default (exponential) smoothing, 0–1."""
    import numpy as np
    from sacrebleu.metrics.bleu import BLEU

    whole = [[round(x) for x in draw] for draw in sums.tolist()]
    scores = (BLEU.compute_bleu(d[:4], d[4:8], d[8], d[9], smooth_method="exp").score / 100 for d in whole)
    return np.array([min(score, 1.0) for score in scores])


METRIC = Metric(
    name="bleu",
    words="Overlap of short runs of words with the reference translation (BLEU), over all rows together.",
    tasks=("translate",),
    source="Papineni et al. 2002, as sacrebleu computes it (13a tokens, exp smoothing; Post 2018)",
    row=row,
    counts=counts,
    total=total,
)
