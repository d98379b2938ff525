"""uneven-prompts: several system prompts or instruction wordings for one task."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import DataFacts, Facts
from rules.rule import Hit, Limits, Rule

RULE = Rule(
    id="uneven-prompts",
    family="quality",
    step="data",
    severity="warn",
    problem="The instruction is worded in several ways.",
    why="In use the model will be asked in one wording; rows with other wordings teach it less about that one.",
    fix=(
        "Choose the wording you will use in the end and give it to every row, unless the model really has to "
        "understand them all."
    ),
    needs=("data",),
    fires_on=Facts(data=DataFacts(rows=100, usable_rows=100, system_prompts=3, instructions=4)),
    quiet_on=Facts(data=DataFacts(rows=100, usable_rows=100, system_prompts=1, instructions=1)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.data
    counted = (
        (
            "texts that tell the model its task beforehand (system prompts)",
            "system prompts",
            facts.data.system_prompts,
        ),
        ("wordings of the instruction in the inputs", "instruction wordings", facts.data.instructions or 0),
    )
    for what, unit, count in counted:
        if count > 1:
            yield Hit(f"Different {what}: {count:,}.", measured=count, threshold=1, unit=unit)
