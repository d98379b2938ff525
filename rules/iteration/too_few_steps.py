"""too-few-steps: too few optimiser steps to move the model."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import Facts, PlanFacts
from rules.rule import Hit, Limits, Rule, Threshold

RULE = Rule(
    id="too-few-steps",
    family="iteration",
    step="plan",
    severity="warn",
    problem="Training is too short to change much.",
    why="Each step corrects the model a little; after a few dozen it has hardly moved from where it was.",
    fix="Take a smaller batch, more passes over the data (epochs) or more examples.",
    needs=("plan",),
    thresholds={
        "fewest_steps": Threshold(
            50,
            "optimiser steps",
            "our choice: about a tenth goes into warming up, too few remain below this",
        ),
    },
    fires_on=Facts(plan=PlanFacts((1, 2, 3), (1, 1, 2), 8, (1, 2, 4), steps=30)),
    quiet_on=Facts(plan=PlanFacts((1, 2, 3), (1, 1, 2), 8, (1, 2, 4), steps=200)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.plan
    if facts.plan.steps < limits.fewest_steps:
        yield Hit(
            f"The plan makes {facts.plan.steps} correction steps (optimiser steps); "
            f"{limits.fewest_steps:.0f} or more are usual.",
            measured=facts.plan.steps,
            threshold=limits.fewest_steps,
            unit="steps",
        )
