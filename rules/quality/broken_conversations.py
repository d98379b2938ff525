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
        "The model learns from the last answer to the turns before it; without that order there is nothing to "
        "learn, or the wrong thing."
    ),
    fix=(
        "Make every conversation go: system (optional), then user and assistant in turn, with the assistant last; or "
        f"drop these. {CLEAN_COPY}"
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
