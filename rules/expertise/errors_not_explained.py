"""errors-not-explained: no expert note on the main groups of mistakes."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import Facts, ReadingFacts
from rules.rule import Hit, Limits, Rule

RULE = Rule(
    id="errors-not-explained",
    family="expertise",
    step="evaluate",
    gate="serve",
    severity="block",
    waivable=True,
    problem="Nobody has explained the main mistakes.",
    why="Only somebody who knows the subject can say which mistakes matter and what is missing in the data.",
    fix=(
        "Let the expert write a sentence on each main group of mistakes in step 7: what goes wrong, how bad "
        "it is, what would help."
    ),
    needs=("reading",),
    fires_on=Facts(reading=ReadingFacts(read=40, error_groups=3, error_groups_explained=1)),
    quiet_on=Facts(reading=ReadingFacts(read=40, error_groups=3, error_groups_explained=3)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.reading
    groups, explained = facts.reading.error_groups, facts.reading.error_groups_explained
    if explained < groups:
        yield Hit(
            f"Main groups of mistakes with a note of the expert: {explained} of {groups}.",
            measured=explained,
            threshold=groups,
            unit="groups of mistakes",
        )
