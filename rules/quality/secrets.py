"""secrets: keys, tokens and private keys in the texts."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import DataFacts, Facts
from rules.rule import Hit, Limits, Rule
from rules.wording import of_rows

RULE = Rule(
    id="secrets",
    family="quality",
    step="data",
    severity="block",
    belief="More data is always better.",
    problem="Some rows contain passwords or keys.",
    why="A tuned model can repeat what it has seen, word for word, to anybody who asks.",
    fix=(
        "Take the keys out of the data, and have them replaced where they are in use: they have left their "
        "safe place already."
    ),
    needs=("data",),
    fires_on=Facts(data=DataFacts(rows=100, usable_rows=100, secrets=(3, 8))),
    quiet_on=Facts(data=DataFacts(rows=100, usable_rows=100)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.data
    found = facts.data.secrets
    if found:
        yield Hit(
            f"Keys or tokens in the text: {of_rows(len(found), facts.data.rows)}.",
            measured=len(found),
            threshold=0,
            unit="rows",
            rows=found,
        )
