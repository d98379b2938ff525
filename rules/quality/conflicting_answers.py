"""conflicting-answers: the same input with answers that cannot all be right.

For labels, extraction and structured answers any two that differ. Questions may be answered in many ways: there it is
short facts that differ, numbers and negations, and answers to another question (docs/decisions/0036).
"""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import DataFacts, Facts
from rules.rows_found import rows_found
from rules.rule import Hit, Limits, Rule, Threshold

RULE = Rule(
    id="conflicting-answers",
    family="quality",
    step="data",
    severity="warn",
    waivable=True,
    levels="warn; block above 1 % of rows",
    problem="The same question has different answers in your data.",
    why=(
        "The model cannot learn both answers, so it learns to guess; and whatever it answers, some of these rows "
        "will count it as wrong."
    ),
    fix="Have the expert decide which answer is right for each of these inputs, and correct or drop the others.",
    needs=("data.conflicts",),
    thresholds={
        "block_share": Threshold(0.01, "share of rows", "our choice; Deepchecks tolerates none (ConflictingLabels)"),
    },
    fires_on=Facts(data=DataFacts(rows=100, usable_rows=100, conflicts=(3, 8))),
    quiet_on=Facts(data=DataFacts(rows=100, usable_rows=100, conflicts=())),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.data
    yield from rows_found(
        "The same input with different answers (contradictions)",
        facts.data.conflicts,
        facts.data.rows,
        limits.block_share,
    )
