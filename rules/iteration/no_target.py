"""no-target: no metric, no target or no smallest gain worth having."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import Facts, GoalFacts
from rules.rule import Hit, Limits, Rule
from rules.wording import listed

RULE = Rule(
    id="no-target",
    family="iteration",
    step="goal",
    severity="block",
    problem="It is not said what success would be.",
    why=(
        "Without a measure and a target fixed beforehand every result can be called a success, and none can be trusted."
    ),
    fix="Name the metric, the score you need, and the smallest gain that would be worth the effort.",
    needs=("goal",),
    fires_on=Facts(goal=GoalFacts("classify", "Sort mails into spam and ham.", metric="accuracy")),
    quiet_on=Facts(
        goal=GoalFacts("classify", "Sort mails into spam and ham.", metric="accuracy", target=0.9, smallest_gain=0.05),
    ),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.goal
    parts = (
        ("how it is measured (metric)", facts.goal.metric),
        ("the score you need (target)", facts.goal.target),
        ("the smallest gain worth having", facts.goal.smallest_gain),
    )
    missing = [name for name, value in parts if value is None or value == ""]
    if missing:
        yield Hit(f"Not said yet: {listed(missing)}.", measured=len(missing), threshold=0, unit="missing")
