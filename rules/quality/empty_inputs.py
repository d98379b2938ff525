"""empty-inputs: rows whose input is blank once spaces are taken away."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import DataFacts, Facts
from rules.rule import Hit, Limits, Rule
from rules.wording import of_rows

RULE = Rule(
    id="empty-inputs",
    family="quality",
    step="data",
    severity="block",
    belief="More data is always better.",
    problem="Some rows have no input.",
    why="A blank input teaches the model to answer when nothing was asked, that is, to make things up.",
    fix="Fill in the inputs or drop these rows; `tunewise audit DATA --fix OUT` writes a copy without them.",
    needs=("data",),
    fires_on=Facts(data=DataFacts(rows=10, usable_rows=8, empty_inputs=(2, 7))),
    quiet_on=Facts(data=DataFacts(rows=10, usable_rows=10)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.data
    blank = facts.data.empty_inputs
    if blank:
        yield Hit(
            f"No input: {of_rows(len(blank), facts.data.rows)}.",
            measured=len(blank),
            threshold=0,
            unit="rows",
            rows=blank,
        )
