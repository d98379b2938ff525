"""mislabelled-rows: rows whose label does not fit what the other rows say about such texts.

`rows` are ranked, most suspicious first, here and in the JSON. Not asked where there are too few rows, or where a small
model that learns from the others is right too seldom for its doubts to count. The method and its papers are in
`backend/audit/label_errors.py`.
"""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import DataFacts, Facts
from rules.rows_found import rows_found
from rules.rule import Hit, Limits, Rule, Threshold

RULE = Rule(
    id="mislabelled-rows",
    family="quality",
    step="data",
    severity="warn",
    waivable=True,
    levels="warn; block above 5 % of rows",
    problem="Some labels look wrong.",
    why="A wrong label is learnt as faithfully as a right one, and in the test set it punishes right answers.",
    fix=(
        "Read the rows named (the most suspicious come first) and correct the labels that are wrong. This is a "
        "suspicion, not a proof."
    ),
    needs=("data.label_errors",),
    thresholds={
        "block_share": Threshold(
            0.05,
            "share of rows",
            "our choice, above the 3.3 % that ten well-known test sets have on average: Northcutt, Athalye and "
            "Mueller 2021 (arXiv 2103.14749)",
        ),
    },
    fires_on=Facts(data=DataFacts(rows=100, usable_rows=100, label_errors=(8, 3))),
    quiet_on=Facts(data=DataFacts(rows=100, usable_rows=100, label_errors=())),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.data
    yield from rows_found(
        "Labels that similar rows do not have (likely label errors)",
        facts.data.label_errors,
        facts.data.rows,
        limits.block_share,
    )
