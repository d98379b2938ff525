"""duplicate-rows: the same input with the same answer more than once."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import DataFacts, Facts
from rules.rows_found import rows_found
from rules.rule import Hit, Limits, Rule, Threshold
from rules.wording import CLEAN_COPY

RULE = Rule(
    id="duplicate-rows",
    family="quality",
    step="data",
    severity="warn",
    levels="warn; block above 20 % of rows",
    problem="Some rows are copies of other rows.",
    why="A copied row teaches nothing new, is counted twice, and pulls the model towards itself.",
    fix=f"Keep the first of each group of copies. {CLEAN_COPY}",
    needs=("data",),
    thresholds={
        "block_share": Threshold(
            0.20,
            "share of rows",
            "our choice; Deepchecks fails at 5 %, Data-Juicer's recipe found 23 % in raw instruction data",
        ),
    },
    fires_on=Facts(data=DataFacts(rows=10, usable_rows=7, duplicates=(3, 4, 5))),
    quiet_on=Facts(data=DataFacts(rows=10, usable_rows=10)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.data
    yield from rows_found(
        "Copies of an earlier row (duplicates)", facts.data.duplicates, facts.data.rows, limits.block_share
    )
