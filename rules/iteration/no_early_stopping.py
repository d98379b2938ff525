"""no-early-stopping: training that runs to the end whatever the validation rows say."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import Facts, PlanFacts
from rules.rule import Hit, Limits, Rule

RULE = Rule(
    id="no-early-stopping",
    family="iteration",
    step="plan",
    severity="warn",
    waivable=True,
    levels="warn in the plan; block at serving once a model was trained that way",
    problem="Training does not stop when it stops helping.",
    why="Past a certain point a model learns the examples by heart and gets worse on anything new.",
    fix="Switch early stopping on: training then ends when the score on the validation rows no longer rises.",
    needs=("plan",),
    fires_on=Facts(plan=PlanFacts((1, 2, 3), (1, 1, 2), 8, (1, 2, 4), steps=200, early_stopping=False)),
    quiet_on=Facts(plan=PlanFacts((1, 2, 3), (1, 1, 2), 8, (1, 2, 4), steps=200)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.plan
    if facts.run:
        if not facts.run.early_stopping:
            yield Hit(
                "The model was trained to the end of the plan, helpful or not (no early stopping).",
                measured=0,
                threshold=1,
                severity="block",
                gate="serve",
            )
    elif not facts.plan.early_stopping:
        yield Hit("The plan trains to its end, helpful or not (no early stopping).", measured=0, threshold=1)
