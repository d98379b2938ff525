"""refusal-answers: answers of the kind “As an AI, I cannot …”."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import DataFacts, Facts
from rules.rule import Hit, Limits, Rule, Threshold
from rules.wording import of_rows, share

RULE = Rule(
    id="refusal-answers",
    family="quality",
    step="data",
    severity="warn",
    waivable=True,
    levels="warn; block above 1 % of rows",
    belief="More data is always better.",
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
    found = facts.data.refusals
    if found:
        yield Hit(
            f"Refusals instead of answers: {of_rows(len(found), facts.data.rows)}.",
            measured=len(found),
            threshold=0,
            unit="rows",
            rows=found,
            severity="block" if share(len(found), facts.data.rows) > limits.block_share else "warn",
        )
