"""The general probe: thirty small questions that show whether tuning cost the model what it could do before."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from backend.evaluation.slices import as_slice
from backend.evaluation.text import words
from backend.statistics import compare_paired, score_interval
from rules.facts import DifferenceFacts, SliceFacts

QUESTIONS = Path(__file__).with_name("probe.toml")


@dataclass(frozen=True)
class Question:
    """One question and every answer that counts as right; `kind` is arithmetic, fact or instruction."""

    kind: str
    ask: str
    right: tuple[str, ...]


@cache
def questions() -> tuple[Question, ...]:
    """The thirty questions, in a fixed order. Ask them with the model's chat template and about 24 new tokens."""
    table = tomllib.loads(QUESTIONS.read_text(encoding="utf-8"))
    return tuple(Question(q["kind"], q["ask"], tuple(q["right"])) for q in table["question"])


def probe_scores(answers: Sequence[str]) -> list[float]:
    """1.0 for each answer that holds a right one as words of its own, else 0.0; one answer a question, in order."""
    return [
        float(any(_holds(answer.replace(question.ask, ""), right) for right in question.right))  # an echo is no answer
        for question, answer in zip(questions(), answers, strict=True)
    ]


def probe_facts(base: Sequence[str], tuned: Sequence[str]) -> tuple[SliceFacts, SliceFacts, DifferenceFacts]:
    """Base and tuned on the probe, and the paired difference (tuned minus base): the three `probe_` facts."""
    before, after = probe_scores(base), probe_scores(tuned)
    told = compare_paired(before, after)
    drop = DifferenceFacts(
        metric="general probe",
        against="base",
        difference=told.difference,
        low=told.low,
        high=told.high,
        p_value=told.p_value,
        verdict=told.verdict,
        rows=told.rows,
        rows_needed=told.rows_needed,
        primary=False,
    )
    return (
        as_slice("general probe, base", score_interval(before)),
        as_slice("general probe, tuned", score_interval(after)),
        drop,
    )


def _holds(answer: str, right: str) -> bool:
    return f" {' '.join(words(right))} " in f" {' '.join(words(answer))} "
