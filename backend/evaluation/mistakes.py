"""The wrong answers of an arm, worst first, in groups that have something in common."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from itertools import pairwise

from backend.domain import Arm, ErrorGroup, Example
from backend.evaluation.answers import UNREAD
from backend.evaluation.metrics import named
from backend.evaluation.score import paired
from backend.evaluation.text import words

MAIN_GROUPS = 6
"""Groups an expert is asked to explain one by one; fifty labels could make thousands of pairs."""

GOOD_ENOUGH = 0.5
"""A graded answer (ROUGE, BLEU, chrF, entity F1) from here up is not listed as a mistake."""


def mistakes(
    arm: Arm,
    examples: Sequence[Example],
    *,
    task: str,
    metric: str,
    labels: Sequence[str] = (),
    endless: Collection[int] = (),
    most: int = 50,
) -> tuple[ErrorGroup, ...]:
    """The six largest groups of wrong answers, each with its rows (worst first, at most `most`), then the rest.

    A row is in the first group that fits: ran into the length limit (`endless`), empty, no readable label or not
    valid JSON, one label taken for another, repeats itself, much too short or long, or otherwise wrong.
    """
    answers, references = paired(arm, examples, task, labels)
    row_score = named(metric).row
    right_from = 1.0 if task in ("classify", "structured") or metric == "exact_match" else GOOD_ENOUGH
    groups: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for scored, answer, reference in zip(arm.rows, answers, references, strict=True):
        score = row_score(answer, reference)
        if score < right_from:
            name = "never stops" if scored.row in endless else _kind(task, scored.output, answer, reference)
            groups[name].append((score, scored.row))
    largest_first = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    shown, rest = largest_first[:MAIN_GROUPS], largest_first[MAIN_GROUPS:]
    if rest:
        shown.append(("other mistakes", [row for _, rows in rest for row in rows]))
    return tuple(ErrorGroup(name=name, rows=tuple(row for _, row in sorted(rows)[:most])) for name, rows in shown)


def _kind(task: str, output: str, answer: str, reference: str) -> str:
    if not output.strip():
        return "empty answer"
    if task == "classify":
        return "no readable label" if answer == UNREAD else f"{reference} taken for {answer}"
    if task == "structured" and not _is_json(answer):
        return "not valid JSON"
    return _shape(words(answer), words(reference))


def _shape(said: list[str], wanted: list[str]) -> str:
    if len(said) >= 12 and len(set(pairwise(said))) < len(said) / 2:
        return "repeats itself"
    if len(said) * 2 < len(wanted):
        return "much too short"
    if len(said) > 2 * max(len(wanted), 1):
        return "much too long"
    return "otherwise wrong"


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
