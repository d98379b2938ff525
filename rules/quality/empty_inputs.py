"""empty-inputs: rows whose input is blank once spaces are taken away."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import DataFacts, Facts
from rules.rows_found import rows_found
from rules.rule import Hit, Limits, Rule
from rules.wording import CLEAN_COPY

RULE = Rule(
    id="empty-inputs",
    family="quality",
    step="data",
    severity="block",
    problem="Some rows have no input.",
    why="A blank input teaches the model to answer when nothing was asked, that is, to make things up.",
    fix=f"Fill in the inputs or drop these rows. {CLEAN_COPY}",
    needs=("data",),
    fires_on=Facts(data=DataFacts(rows=10, usable_rows=8, empty_inputs=(2, 7))),
    quiet_on=Facts(data=DataFacts(rows=10, usable_rows=10)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.data
    yield from rows_found("No input", facts.data.empty_inputs, facts.data.rows)
