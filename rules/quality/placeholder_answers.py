"""placeholder-answers: answers such as TODO, N/A or lorem ipsum, and letters with `[Company Name]` still in them."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import DataFacts, Facts
from rules.rows_found import rows_found
from rules.rule import Hit, Limits, Rule, Threshold
from rules.wording import CLEAN_COPY

RULE = Rule(
    id="placeholder-answers",
    family="quality",
    step="data",
    severity="warn",
    waivable=True,
    levels="warn; block above 1 % of rows",
    problem="Some answers were never filled in, or not entirely.",
    why="The model learns to write “TODO”, “N/A” or “[Company Name]” in place of an answer.",
    fix=f"Write the missing answers or drop the rows. {CLEAN_COPY}",
    needs=("data",),
    thresholds={
        "block_share": Threshold(
            0.01,
            "share of rows",
            "our choice: a few slips may pass, more points to an unfinished data set",
        ),
    },
    fires_on=Facts(data=DataFacts(rows=100, usable_rows=100, placeholders=(3, 8))),
    quiet_on=Facts(data=DataFacts(rows=100, usable_rows=100)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.data
    yield from rows_found(
        "Answers that are a stand-in, or still hold one (placeholders)",
        facts.data.placeholders,
        facts.data.rows,
        limits.block_share,
    )
