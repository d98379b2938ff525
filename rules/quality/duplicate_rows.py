"""duplicate-rows: the same input with the same answer more than once."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import DataFacts, Facts
from rules.rule import Hit, Limits, Rule, Threshold

RULE = Rule(
    id="duplicate-rows",
    family="quality",
    step="data",
    severity="warn",
    belief="More data is always better.",
    problem="Some rows are copies of other rows.",
    why="A copied row teaches nothing new, is counted twice, and pulls the model towards itself.",
    fix="Keep the first of each group of copies; Tunewise can write such a clean copy.",
    needs=("data",),
    thresholds={
        "block_share": Threshold(0.20, "share of rows", "DESIGN §4; deduplication is where most quality gain lies (Data-Juicer recipes)"),
    },
    fires_on=Facts(data=DataFacts(rows=10, usable_rows=7, duplicates=(3, 4, 5))),
    quiet_on=Facts(data=DataFacts(rows=10, usable_rows=10)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.data
    copies = facts.data.duplicates
    if not copies:
        return
    share = len(copies) / facts.data.rows
    yield Hit(
        f"{len(copies)} of {facts.data.rows} rows ({share:.1%}) repeat an earlier row.",
        measured=len(copies),
        threshold=0,
        unit="rows",
        rows=copies,
        severity="block" if share > limits.block_share else "warn",
    )
