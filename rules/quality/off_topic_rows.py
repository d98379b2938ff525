"""off-topic-rows: rows far from the rest and from the stated domain."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import DataFacts, Facts
from rules.rule import Hit, Limits, Rule, Threshold
from rules.wording import of_rows, share

RULE = Rule(
    id="off-topic-rows",
    family="quality",
    step="data",
    severity="warn",
    waivable=True,
    levels="warn; block above 30 % of rows",
    belief="More data is always better.",
    problem="Some rows seem to be about something else.",
    why="Rows from another subject use up training on what you don't need and blur what you do.",
    fix="Read the rows named and drop those that don't belong; an unusual row that does belong is worth keeping. "
    "Where rows come in several templates the check rather keeps silent than accuses your own: none named is no proof.",
    needs=("data.off_topic",),
    thresholds={
        "block_share": Threshold(
            0.30,
            "share of rows",
            "our choice; a second subject of 15 to 20 % was the person's own in three of four sound sets",
        ),
    },
    fires_on=Facts(data=DataFacts(rows=100, usable_rows=100, off_topic=(3, 8))),
    quiet_on=Facts(data=DataFacts(rows=100, usable_rows=100, off_topic=())),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.data and facts.data.off_topic is not None
    found = facts.data.off_topic
    if found:
        yield Hit(
            f"Unlike the rest of the data: {of_rows(len(found), facts.data.rows)}.",
            measured=len(found),
            threshold=0,
            unit="rows",
            rows=found,
            severity="block" if share(len(found), facts.data.rows) > limits.block_share else "warn",
        )
