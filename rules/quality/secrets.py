"""secrets: keys, tokens and private keys in the texts."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import DataFacts, Facts
from rules.rows_found import rows_found
from rules.rule import Hit, Limits, Rule
from rules.wording import CLEAN_COPY

RULE = Rule(
    id="secrets",
    family="quality",
    step="data",
    severity="block",
    problem="Some rows contain passwords or keys.",
    why="A tuned model can repeat what it has seen, word for word, to anybody who asks.",
    fix=(
        "Have these passwords and keys replaced by new ones wherever they are in use, since others may have seen them "
        f"here, and drop these rows. {CLEAN_COPY}"
    ),
    needs=("data",),
    fires_on=Facts(data=DataFacts(rows=100, usable_rows=100, secrets=(3, 8))),
    quiet_on=Facts(data=DataFacts(rows=100, usable_rows=100)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.data
    yield from rows_found("Passwords, keys or tokens in the text (secrets)", facts.data.secrets, facts.data.rows)
