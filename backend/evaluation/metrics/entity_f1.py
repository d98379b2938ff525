"""entity_f1: how many of the wanted pieces of text were found (recall) and how many found were wanted (precision).

An answer lists what it found in one of three ways, read in this order:

    [{"type": "PERSON", "text": "Ada Lovelace"}, …]   or   ["Ada Lovelace", …]        a JSON list
    {"PERSON": ["Ada Lovelace"], "PLACE": "London"}                                   a JSON object, by type
    PERSON: Ada Lovelace                                                              a line each, type optional

"none", "[]", "{}" and an empty answer say that nothing was found.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from backend.evaluation.metric import Metric
from backend.evaluation.text import bare, folded

if TYPE_CHECKING:
    import numpy as np

Entity = tuple[str, str]
"""(type, text), both folded; the type is empty where none was given."""

NOTHING = ("", "none", "no entities", "n/a")


def entities(answer: str) -> Counter[Entity]:
    """What an answer says was found; the same piece twice counts twice."""
    try:
        value = json.loads(answer)
    except (ValueError, RecursionError):
        lines = [line.strip().lstrip("-*• ") for line in answer.splitlines()]
        return Counter(_line(line) for line in lines if bare(line) not in NOTHING)
    if isinstance(value, dict) and not {"text", "type"} <= set(value):
        value = [{"type": kind, "text": text} for kind, texts in value.items() for text in _listed(texts)]
    return Counter(_entity(item) for item in _listed(value) if item not in (None, ""))


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else [value]


def _entity(item: object) -> Entity:
    if isinstance(item, dict):
        return folded(str(item.get("type", ""))), folded(str(item.get("text", "")))
    return ("", folded(item)) if isinstance(item, str) else ("", folded(json.dumps(item)))


def _line(line: str) -> Entity:
    kind, colon, text = line.partition(": ")
    return (folded(kind), folded(text)) if colon else ("", folded(line))


def row_counts(answer: str, reference: str) -> tuple[int, int, int]:
    """(hits, found, wanted) of one row."""
    found, wanted = entities(answer), entities(reference)
    return (found & wanted).total(), found.total(), wanted.total()


def row(answer: str, reference: str) -> float:
    """F1 of one row; 1.0 where nothing was wanted and nothing found."""
    hits, found, wanted = row_counts(answer, reference)
    return 2 * hits / (found + wanted) if found + wanted else 1.0


def counts(answers: Sequence[str], references: Sequence[str]) -> np.ndarray:
    """(rows, 3): hits, found, wanted."""
    import numpy as np

    return np.array([row_counts(*pair) for pair in zip(answers, references, strict=True)], dtype=np.float32)


def total(sums: np.ndarray) -> np.ndarray:
    """Micro-averaged F1 = 2 hits / (found + wanted); 1.0 where nothing was wanted and nothing found."""
    import numpy as np

    hits, found, wanted = sums.T
    return np.where(found + wanted > 0, 2 * hits / np.maximum(found + wanted, 1), 1.0)


METRIC = Metric(
    name="entity_f1",
    words="Balance of missed and wrongly found pieces of text (entity F1); type and exact wording must both be right.",
    tasks=("extract",),
    source="micro-averaged exact-match F1 of CoNLL-2003 (Tjong Kim Sang & De Meulder 2003), on listed spans",
    row=row,
    counts=counts,
    total=total,
)
