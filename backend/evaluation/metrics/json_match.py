"""json_match: the share of answers that are valid JSON with exactly the reference's content."""

from __future__ import annotations

import json
from typing import Any

from backend.evaluation.metric import Metric


def parsed(text: str) -> Any:
    """The JSON value of a text. Raises ValueError where it is none (NaN and Infinity are not JSON),
    RecursionError where it is nested about a thousand deep.
    """
    return json.loads(text, parse_constant=_not_json)


def _not_json(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def same(first: Any, second: Any) -> bool:
    """Equal as JSON: order of keys and 1 against 1.0 don't matter, true is not 1, order in lists matters."""
    if isinstance(first, dict) and isinstance(second, dict):
        return first.keys() == second.keys() and all(same(first[key], second[key]) for key in first)
    if isinstance(first, list) and isinstance(second, list):
        return len(first) == len(second) and all(same(*pair) for pair in zip(first, second, strict=True))
    return isinstance(first, bool) == isinstance(second, bool) and bool(first == second)


def row(answer: str, reference: str) -> float:
    """1.0 for equal JSON. A code fence around the answer makes it invalid: a program could not read it either."""
    try:
        return float(same(parsed(answer), parsed(reference)))
    except (ValueError, RecursionError):
        return 0.0


METRIC = Metric(
    name="json_match",
    words="Share of answers that are valid JSON with exactly the wanted content; order of keys and spaces don't count.",
    tasks=("structured",),
    source="equality of values, RFC 8259",
    row=row,
)
