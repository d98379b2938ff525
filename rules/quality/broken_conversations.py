"""broken-conversations: conversations whose turns are missing, out of order, or without an answer at the end."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import DataFacts, Facts
from rules.rows_found import reasons, rows_found
from rules.rule import Hit, Limits, Rule
from rules.wording import CLEAN_COPY

RULE = Rule(
    id="broken-conversations",
    family="quality",
    step="data",
    severity="block",
    problem="Some conversations are not in order.",
    why=(
        "The model learns to give the last answer of a conversation after all that was said before it. Where turns "
        "are missing or out of order it learns nothing, or the wrong thing."
    ),
    fix=(
        "Put the turns in order: what the model is told beforehand (system) first, if there is anything, then the "
        f"user and the assistant by turns, the assistant last. Or drop these conversations. {CLEAN_COPY}"
    ),
    needs=("data",),
    fires_on=Facts(data=DataFacts(rows=10, usable_rows=9, broken_conversations=((7, "ends with the user"),))),
    quiet_on=Facts(data=DataFacts(rows=10, usable_rows=10)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.data
    broken = facts.data.broken_conversations
    rows = tuple(row for row, _ in broken)
    yield from rows_found("Conversations out of order", rows, facts.data.rows, details=f"; {reasons(broken)}")
