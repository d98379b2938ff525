"""group-quality-gap: the model answers one group worse than another."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import EvaluationFacts, Facts
from rules.rule import Hit, Limits, Rule, Threshold
from rules.wording import points

RULE = Rule(
    id="group-quality-gap",
    family="fairness",
    step="evaluate",
    gate="serve",
    severity="warn",
    waivable=True,
    levels="warn above 10 points; block when the whole interval is above 10 points",
    problem="The model works worse for one group.",
    why="A good average can hide that the people of one group get bad answers.",
    fix="Read the mistakes in the weaker group, collect more and better rows of it, and train again.",
    needs=("evaluation.group_gap",),
    thresholds={
        "gap": Threshold(0.10, "gap between groups, fraction", "our choice: 10 points"),
    },
    fires_on=Facts(evaluation=EvaluationFacts(0.8, (), group_gap=(0.15, 0.04, 0.26))),
    quiet_on=Facts(evaluation=EvaluationFacts(0.8, (), group_gap=(0.03, -0.02, 0.08))),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.evaluation and facts.evaluation.group_gap
    gap, low, high = facts.evaluation.group_gap
    if gap > limits.gap:
        ends = sorted(facts.evaluation.group_scores or (), key=lambda group: group.value)
        who = f"“{ends[0].name}” is answered worse than “{ends[-1].name}”" if len(ends) > 1 else "Groups differ"
        chance = "" if low > 0 else "; with so few rows it can still be chance"
        yield Hit(
            f"{who} by {100 * gap:.1f} points (95% interval {points(low, high)}){chance}.",
            measured=gap,
            threshold=limits.gap,
            unit="gap between groups",
            severity="block" if low > limits.gap else "warn",
        )
