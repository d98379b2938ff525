"""no-definition-of-good: no acceptance criteria, or too few hand-written examples of good and bad."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import Facts, GoalFacts
from rules.rule import Hit, Limits, Rule, Threshold

RULE = Rule(
    id="no-definition-of-good",
    family="expertise",
    step="goal",
    severity="warn",
    levels="block without acceptance criteria; warn when there are too few examples of good and bad",
    problem="It is not written down what a good answer is.",
    why="If people don't agree on what a good answer is, nobody can tell good data from bad, and no score means much.",
    fix=(
        "Write in two or three sentences when the expert would accept an answer, and add three good examples "
        "and a bad one by hand."
    ),
    needs=("goal",),
    thresholds={
        "good_examples": Threshold(3, "hand-written examples", "our choice: three show what they have in common"),
        "bad_examples": Threshold(1, "hand-written examples", "our choice: one bad example shows where the line is"),
    },
    fires_on=Facts(goal=GoalFacts("classify", "Sort mails into spam and ham.")),
    quiet_on=Facts(
        goal=GoalFacts(
            "classify",
            "Sort mails into spam and ham.",
            good_examples=3,
            bad_examples=1,
            definition_of_good="The label the support team would choose.",
        )
    ),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.goal
    if not facts.goal.definition_of_good.strip():
        yield Hit(
            "It is not written down when an answer is good enough (acceptance criteria).",
            measured=0,
            threshold=1,
            severity="block",
        )
    for kind, count, fewest in (
        ("good", facts.goal.good_examples, limits.good_examples),
        ("bad", facts.goal.bad_examples, limits.bad_examples),
    ):
        if count < fewest:
            yield Hit(
                f"Hand-written {kind} examples: {count}; at least {fewest:.0f} asked for.",
                measured=count,
                threshold=fewest,
                unit=f"{kind} examples",
            )
