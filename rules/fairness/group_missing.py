"""group-missing: a group the person named does not occur in the data."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import DataFacts, Facts, Group
from rules.rule import Hit, Limits, Rule
from rules.wording import listed

RULE = Rule(
    id="group-missing",
    family="fairness",
    step="data",
    severity="warn",
    problem="A group of people or cases you named is missing.",
    why="The model has never seen this group, and nobody can say how it will treat it.",
    fix="Collect rows of this group, or say in the report that the model is not meant for it.",
    needs=("data.groups",),
    fires_on=Facts(data=DataFacts(rows=100, usable_rows=100, groups=(Group("women", 0), Group("men", 100)))),
    quiet_on=Facts(data=DataFacts(rows=100, usable_rows=100, groups=(Group("women", 50), Group("men", 50)))),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.data and facts.data.groups is not None
    present = {group.name for group in facts.data.groups if group.rows > 0}
    stated = [name.split("=")[0].strip() for name in (facts.goal.groups if facts.goal else ())]
    named = [group.name for group in facts.data.groups] + stated
    missing = [name for name in dict.fromkeys(named) if name not in present]
    if missing:
        shown = listed([f"“{name}”" for name in missing])
        yield Hit(f"Not a single row of: {shown}.", measured=len(missing), threshold=0, unit="groups")
