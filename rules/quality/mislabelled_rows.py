"""mislabelled-rows: rows whose label the other rows contradict.

`rows` are ranked, most suspicious first, here and in the JSON. Not asked where a learner of the other rows is too weak,
or the rows are too few, for its doubts to mean anything (`backend/audit/label_errors.py`, which has the method).
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
        "Read the rows named, the most suspicious come first, and correct the labels that are wrong; this is "
        "a suspicion, not proof."
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
        "The label disagrees with what similar rows have (likely label errors)",
        facts.data.label_errors,
        facts.data.rows,
        limits.block_share,
    )
