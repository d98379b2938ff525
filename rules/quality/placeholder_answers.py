"""placeholder-answers: answers such as TODO, N/A or lorem ipsum."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import DataFacts, Facts
from rules.rule import Hit, Limits, Rule, Threshold
from rules.wording import of_rows, share

RULE = Rule(
    id="placeholder-answers",
    family="quality",
    step="data",
    severity="warn",
    waivable=True,
    levels="warn; block above 1 % of rows",
    belief="More data is always better.",
    problem="Some answers are placeholders.",
    why="The model learns to write “TODO” and “N/A” in place of an answer.",
    fix="Write the missing answers or drop the rows; `tunewise audit DATA --fix OUT` writes a copy without them.",
    needs=("data",),
    thresholds={
        "block_share": Threshold(
            0.01,
            "share of rows",
            "our choice; placeholders are never wanted, a few slips are tolerated",
        ),
    },
    fires_on=Facts(data=DataFacts(rows=100, usable_rows=100, placeholders=(3, 8))),
    quiet_on=Facts(data=DataFacts(rows=100, usable_rows=100)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.data
    found = facts.data.placeholders
    if found:
        yield Hit(
            f"Placeholders instead of answers: {of_rows(len(found), facts.data.rows)}.",
            measured=len(found),
            threshold=0,
            unit="rows",
            rows=found,
            severity="block" if share(len(found), facts.data.rows) > limits.block_share else "warn",
        )
