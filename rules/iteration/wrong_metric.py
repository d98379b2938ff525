"""wrong-metric: a metric that does not suit the task."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import Facts, GoalFacts
from rules.rule import Hit, Limits, Rule
from rules.wording import listed

RULE = Rule(
    id="wrong-metric",
    family="iteration",
    step="goal",
    severity="warn",
    problem="The chosen measure does not suit the task.",
    why="A measure that looks at the wrong thing rises while the answers get no better.",
    fix="Choose one of the measures that suit this kind of task, or write down why this one is right for you.",
    needs=("goal.metric",),
    fires_on=Facts(
        goal=GoalFacts(
            "classify", "Sort mails into spam and ham.", metric="bleu", suitable_metrics=("accuracy", "macro_f1")
        ),
    ),
    quiet_on=Facts(
        goal=GoalFacts(
            "classify", "Sort mails into spam and ham.", metric="accuracy", suitable_metrics=("accuracy", "macro_f1")
        ),
    ),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.goal
    suitable = facts.goal.suitable_metrics
    if suitable and facts.goal.metric not in suitable:
        yield Hit(f"“{facts.goal.metric}” is unusual for the task “{facts.goal.task}”; suitable: {listed(suitable)}.")
