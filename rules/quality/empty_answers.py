"""empty-answers: rows whose answer is blank once spaces are taken away."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import DataFacts, Facts
from rules.rule import Hit, Limits, Rule
from rules.wording import of_rows

RULE = Rule(
    id="empty-answers",
    family="quality",
    step="data",
    severity="block",
    belief="More data is always better.",
    problem="Some rows have no answer.",
    why="A blank answer teaches the model to say nothing.",
    fix="Write the missing answers or drop these rows; `tunewise audit DATA --fix OUT` writes a copy without them.",
    needs=("data",),
    fires_on=Facts(data=DataFacts(rows=10, usable_rows=8, empty_answers=(2, 7))),
    quiet_on=Facts(data=DataFacts(rows=10, usable_rows=10)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.data
    blank = facts.data.empty_answers
    if blank:
        yield Hit(
            f"No answer: {of_rows(len(blank), facts.data.rows)}.",
            measured=len(blank),
            threshold=0,
            unit="rows",
            rows=blank,
        )
