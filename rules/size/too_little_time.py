"""too-little-time: too few hours of people's time set aside for data and training."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import Facts, GoalFacts
from rules.rule import Hit, Limits, Rule, Threshold

RULE = Rule(
    id="too-little-time",
    family="size",
    step="goal",
    severity="warn",
    problem="Little time is set aside for the work around the training.",
    why="The computing is the smaller part: most of the work is finding examples, checking them and reading answers.",
    fix="Plan at least 20 hours of people's time, 60 to 70 % of it for the data, or choose a smaller goal.",
    needs=("goal.engineering_hours",),
    thresholds={
        "fewest_hours": Threshold(
            20,
            "hours",
            "our choice: 60-70 % of the effort of a tuning project goes into its data",
        ),
    },
    fires_on=Facts(goal=GoalFacts("classify", "Sort mails into spam and ham.", engineering_hours=8)),
    quiet_on=Facts(goal=GoalFacts("classify", "Sort mails into spam and ham.", engineering_hours=40)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.goal and facts.goal.engineering_hours is not None
    hours = facts.goal.engineering_hours
    if hours < limits.fewest_hours:
        yield Hit(
            f"{hours:g} hours of people's time are set aside; "
            f"such a project usually takes {limits.fewest_hours:g} or more.",
            measured=hours,
            threshold=limits.fewest_hours,
            unit="hours",
        )
