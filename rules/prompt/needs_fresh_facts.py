"""needs-fresh-facts: the goal asks for knowledge that changes."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import Facts, GoalFacts
from rules.rule import Hit, Limits, Rule
from rules.wording import listed

RULE = Rule(
    id="needs-fresh-facts",
    family="prompt",
    step="goal",
    severity="block",
    waivable=True,
    problem="The goal needs knowledge that changes.",
    why=(
        "Tuning stores what was true on the day of training; prices, stock, news or opening hours are wrong "
        "the week after."
    ),
    fix=(
        "Look such facts up when the question is asked and put them into the prompt (retrieval), and tune "
        "only the manner of answering; or reword the goal."
    ),
    needs=("goal",),
    fires_on=Facts(goal=GoalFacts("answer", "Tell customers today's price.", fresh_facts=("today's price",))),
    quiet_on=Facts(goal=GoalFacts("classify", "Sort mails into spam and ham.")),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.goal
    fresh = facts.goal.fresh_facts
    if fresh:
        shown = listed([f"“{phrase}”" for phrase in fresh])
        yield Hit(
            f"The goal asks for knowledge that changes: {shown}.", measured=len(fresh), threshold=0, unit="phrases"
        )
