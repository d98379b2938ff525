"""over-budget: estimated hours or cost above what was given."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import Facts, PlanFacts
from rules.rule import Hit, Limits, Rule

RULE = Rule(
    id="over-budget",
    family="size",
    step="plan",
    severity="warn",
    problem="Training would take more than you have set aside.",
    why="A run stopped half-way for lack of time or money leaves nothing to use.",
    fix=(
        "Take a smaller model or fewer rows, try fewer settings, or set more time or money aside; `tunewise estimate "
        "MODEL` compares."
    ),
    needs=("plan.budget_estimates",),
    fires_on=Facts(plan=PlanFacts((1, 2, 3), (1, 1, 2), 8, (4, 6, 9), hours_allowed=4)),
    quiet_on=Facts(plan=PlanFacts((1, 2, 3), (1, 1, 2), 8, (1, 2, 3), hours_allowed=4)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.plan
    for what, unit, (low, typical, high), given in facts.plan.budget_estimates or ():
        if typical > given:
            yield Hit(
                f"{what} is estimated at {typical:,.1f} {unit} ({low:,.1f} to {high:,.1f}); {given:,.1f} were given.",
                measured=typical,
                threshold=given,
                unit=unit,
            )
