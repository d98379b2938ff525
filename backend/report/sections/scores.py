"""Scores on the sealed test rows: base bare, base with the best prompt, tuned; slices, and what else changed."""

from __future__ import annotations

from collections.abc import Mapping

from backend.evaluation.compare import in_words
from backend.report.charts import Bar, bars
from backend.report.given import ReportInput
from backend.report.page import Section, Table, score_words
from rules.facts import EvaluationFacts, SliceFacts
from rules.wording import of_rows, percent, points

ARMS = (
    ("base", "Base model, bare", "base"), ("prompt", "Base, best prompt", "best"), ("tuned", "Tuned model", "tuned"),
)
"""What comparisons call an arm, what people call it, and its colour."""


def section(given: ReportInput) -> Section | None:
    """Every score with its 95% interval and rows; comparisons in words."""
    evaluation = given.evaluation
    if evaluation is None:
        return None
    arms = tuple(zip(ARMS, evaluation.arms, strict=True))
    named = {key: name for key, name, _ in ARMS}
    metrics = tuple(evaluation.arms[-1].metrics)
    shown = [_bar(name, arm.metrics[given.metric], kind) for (_, name, kind), arm in arms]
    told = tuple((c.metric, f"{named[c.second]} against {named[c.first]}", in_words(c)) for c in evaluation.comparisons)
    target = given.goal.target if given.goal else None
    rows = tuple((name, *(score_words(arm.metrics[metric]) for metric in metrics)) for (_, name, _), arm in arms)
    tables = (
        Table("Scores (95% interval, rows)", ("Model", *metrics), rows),
        Table("Comparisons, paired row for row", ("Metric", "Compared", "Verdict"), told),
        _slices("Parts of the test rows, weakest first (tuned model)", evaluation.facts.slices[:12]),
        _slices("Groups the person named (tuned model)", evaluation.facts.group_scores or ()),
        Table(
            "Wrong answers by kind (tuned model)", ("Kind", "Rows"),
            tuple((group.name, _rows(group.rows)) for group in evaluation.error_groups),
        ),
    )
    return Section(
        id="scores",
        title="Scores on the sealed test rows",
        words=(f"How often the test rows were opened so far: {evaluation.facts.test_openings}.",),
        facts=_behaviour(evaluation.facts),
        charts=(bars(f"{given.metric} on the test rows", shown, target),),
        tables=tuple(table for table in tables if table.rows),
    )


def _bar(name: str, score: Mapping[str, float], kind: str) -> Bar:
    return Bar(name, score["value"], score["low"], score["high"], kind)


def _slices(caption: str, slices: tuple[SliceFacts, ...]) -> Table:
    rows = tuple(
        (s.name, score_words({"value": s.value, "low": s.low, "high": s.high, "rows": s.rows})) for s in slices
    )
    return Table(caption, ("Part", "Score (95% interval, rows)"), rows)


def _rows(rows: tuple[int, ...], most: int = 10) -> str:
    shown = ", ".join(map(str, rows[:most]))
    return f"{len(rows)}: {shown}" + (" …" if len(rows) > most else "")


def _behaviour(facts: EvaluationFacts) -> tuple[tuple[str, str], ...]:
    told = []
    if facts.sampled:
        told.append(("Answers that never stop", of_rows(facts.endless, facts.sampled)))
    if facts.probe_base and facts.probe_tuned and facts.probe_drop:
        drop = facts.probe_drop
        told.append((
            "General questions, unrelated to the task",
            f"base {percent(facts.probe_base.value)}, tuned {percent(facts.probe_tuned.value)}: "
            f"{points(drop.difference)} (95% interval {points(drop.low, drop.high)}, {drop.rows} questions): "
            f"{drop.verdict}",
        ))
    if facts.group_gap:
        told.append((
            "Gap between best and worst group",
            f"{points(facts.group_gap[0])} (95% interval {points(facts.group_gap[1], facts.group_gap[2])})",
        ))
    if facts.identity_changes:
        rows, base, tuned = facts.identity_changes
        told.append((
            "Answers that change when only a name or pronoun is swapped",
            f"base {base}, tuned {tuned} of {rows} inputs" if rows else "no input has a listed name or pronoun",
        ))
    return tuple(told)
