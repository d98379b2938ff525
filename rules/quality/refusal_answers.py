"""refusal-answers: answers of the kind “As an AI, I cannot …”.

An assistant declines what it was asked, or speaks of itself as a machine (`backend/audit/refusals.py`); a clerk who
cannot refund something does not count. Whether it is right to refuse there is not judged: the expert may waive the
block.
"""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import DataFacts, Facts
from rules.rows_found import rows_found
from rules.rule import Hit, Limits, Rule, Threshold

RULE = Rule(
    id="refusal-answers",
    family="quality",
    step="data",
    severity="warn",
    waivable=True,
    levels="warn; block above 1 % of rows",
    problem="Some answers refuse instead of answering.",
    why="Refusals spread: a model tuned on some of them starts to refuse ordinary questions.",
    fix="Replace them by real answers or drop the rows, unless refusing is what you want for exactly these inputs.",
    needs=("data",),
    thresholds={
        "block_share": Threshold(
            0.01,
            "share of rows",
            "our choice; OpenAI's fine-tuning guide warns that refusals in the data lead to over-refusal",
        ),
    },
    fires_on=Facts(data=DataFacts(rows=100, usable_rows=100, refusals=(3, 8))),
    quiet_on=Facts(data=DataFacts(rows=100, usable_rows=100)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.data
    yield from rows_found("Answers that refuse (refusals)", facts.data.refusals, facts.data.rows, limits.block_share)
