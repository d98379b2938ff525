"""leftover-markup: HTML, navigation text, tracking links or code fences inside plain text."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import DataFacts, Facts
from rules.rule import Hit, Limits, Rule
from rules.wording import of_rows

RULE = Rule(
    id="leftover-markup",
    family="quality",
    step="data",
    severity="warn",
    belief="More data is always better.",
    problem="Some texts still contain web-page leftovers.",
    why="Tags and menu text are learnt as if they were language and turn up in the answers.",
    fix=(
        "Run `tunewise audit DATA --fix OUT` to strip them, and look at a few rows before and after; keep "
        "them if your task is about markup."
    ),
    needs=("data.markup",),
    fires_on=Facts(data=DataFacts(rows=100, usable_rows=100, markup=(3, 8))),
    quiet_on=Facts(data=DataFacts(rows=100, usable_rows=100, markup=())),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.data and facts.data.markup is not None
    found = facts.data.markup
    if found:
        yield Hit(
            f"Leftover markup: {of_rows(len(found), facts.data.rows)}.",
            measured=len(found),
            threshold=0,
            unit="rows",
            rows=found,
        )
