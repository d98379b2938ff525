"""empty-answers: rows whose answer is blank once spaces are taken away."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import DataFacts, Facts
from rules.rows_found import rows_found
from rules.rule import Hit, Limits, Rule
from rules.wording import CLEAN_COPY

RULE = Rule(
    id="empty-answers",
    family="quality",
    step="data",
    severity="block",
    problem="Some rows have no answer.",
    why="A blank answer teaches the model to say nothing.",
    fix=f"Write the missing answers or drop these rows. {CLEAN_COPY}",
    needs=("data",),
    fires_on=Facts(data=DataFacts(rows=10, usable_rows=8, empty_answers=(2, 7))),
    quiet_on=Facts(data=DataFacts(rows=10, usable_rows=10)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.data
    yield from rows_found("No answer", facts.data.empty_answers, facts.data.rows)
