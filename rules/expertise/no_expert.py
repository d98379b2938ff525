"""no-expert: nobody from the domain is named."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import Facts, GoalFacts
from rules.rule import Hit, Limits, Rule

RULE = Rule(
    id="no-expert",
    family="expertise",
    step="goal",
    severity="block",
    problem="No expert is named.",
    why=(
        "Somebody who knows the subject must say what a good answer is; a score alone cannot tell harmful from helpful."
    ),
    fix="Name the person who knows the subject and will review examples and sign off.",
    needs=("goal",),
    fires_on=Facts(goal=GoalFacts("classify", "Sort mails into spam and ham.")),
    quiet_on=Facts(goal=GoalFacts("classify", "Sort mails into spam and ham.", expert="Ada")),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.goal
    if not facts.goal.expert.strip():
        yield Hit("Nobody who knows the subject (domain expert) is named.", measured=0, threshold=1, unit="experts")
