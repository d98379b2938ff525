"""malformed-answers: answers that break the form that the others keep to.

JSON or XML that a program cannot read (parse), JSON without a key that nearly all others have, or with another kind of
value there, and code fences that nobody closed. Not asked where the answers have no such form to keep to.
"""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import DataFacts, Facts
from rules.rows_found import rows_found
from rules.rule import Hit, Limits, Rule, Threshold

RULE = Rule(
    id="malformed-answers",
    family="quality",
    step="data",
    severity="warn",
    waivable=True,
    levels="warn; block above 1 % of rows",
    problem="Some answers break their format, such as JSON.",
    why="The model learns to break the format too, and the program that reads its answers fails.",
    fix="Repair the answers named; `tunewise audit DATA` lists them and shows in the first few where the JSON breaks.",
    needs=("data.malformed",),
    thresholds={
        "block_share": Threshold(
            0.01,
            "share of rows",
            "our choice; a format is either kept or not, a few slips are tolerated",
        ),
    },
    fires_on=Facts(data=DataFacts(rows=100, usable_rows=100, malformed=(3, 8))),
    quiet_on=Facts(data=DataFacts(rows=100, usable_rows=100, malformed=())),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.data
    yield from rows_found(
        "Answers that break their format (malformed)", facts.data.malformed, facts.data.rows, limits.block_share
    )
