"""unreadable-rows: records that cannot be parsed or mapped to an input and an answer.

One such row blocks: nobody knows what stood in it, and leaving it out knowingly takes one command, which is on record.
"""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import DataFacts, Facts
from rules.rows_found import reasons, rows_found
from rules.rule import Hit, Limits, Rule
from rules.wording import CLEAN_COPY

RULE = Rule(
    id="unreadable-rows",
    family="quality",
    step="data",
    severity="block",
    problem="Some rows could not be read.",
    why="The model cannot learn from a row that cannot be read, and the missing rows may be the very cases you need.",
    fix=(
        "Check that the right columns are chosen as input and answer, then repair or delete the rows named; `tunewise "
        f"audit DATA --json -` lists them all. {CLEAN_COPY}"
    ),
    needs=("data",),
    fires_on=Facts(data=DataFacts(rows=10, usable_rows=9, unreadable=((4, "no closing brace"),))),
    quiet_on=Facts(data=DataFacts(rows=10, usable_rows=10)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.data
    broken = facts.data.unreadable
    rows = tuple(row for row, _ in broken)
    yield from rows_found("Not readable", rows, facts.data.rows, details=f"; {reasons(broken)}")
