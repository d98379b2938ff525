"""unreadable-rows: records that cannot be parsed or mapped to an input and an answer."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import DataFacts, Facts
from rules.rule import Hit, Limits, Rule
from rules.wording import listed, of_rows

RULE = Rule(
    id="unreadable-rows",
    family="quality",
    step="data",
    severity="block",
    belief="More data is always better.",
    problem="Some rows could not be read.",
    why="A row that cannot be read is lost without a word, and what is lost may be the very cases you need.",
    fix=(
        "Open the file at the lines named, repair or delete them, and check that the right columns are chosen "
        "as input and answer."
    ),
    needs=("data",),
    fires_on=Facts(data=DataFacts(rows=10, usable_rows=9, unreadable=((4, "no closing brace"),))),
    quiet_on=Facts(data=DataFacts(rows=10, usable_rows=10)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.data
    broken = facts.data.unreadable
    if broken:
        reasons = listed([f"row {row}: {reason}" for row, reason in broken], most=3)
        yield Hit(
            f"Not readable: {of_rows(len(broken), facts.data.rows)}; {reasons}.",
            measured=len(broken),
            threshold=0,
            unit="rows",
            rows=tuple(row for row, _ in broken),
        )
