"""untuned-settings: a single run with default settings."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import Facts, PlanFacts
from rules.rule import Hit, Limits, Rule, Threshold

RULE = Rule(
    id="untuned-settings",
    family="iteration",
    step="plan",
    severity="warn",
    waivable=True,
    levels="warn in the plan; block at serving once a model was trained that way",
    problem="Only one set of training settings is tried.",
    why=(
        "How far each training step goes (the learning rate) can alone decide between a good and a useless model, and "
        "what is best differs from task to task."
    ),
    fix=(
        "Let a small search try a few settings on the validation rows (`tunewise train PROJECT --trials 8`, or "
        "`--minutes 30` for as many trials as fit)."
    ),
    needs=("plan",),
    thresholds={
        "fewest_trials": Threshold(
            2,
            "sets of settings",
            "our choice: a single run with default settings is no choice",
        ),
    },
    fires_on=Facts(plan=PlanFacts((1, 2, 3), (1, 1, 2), 8, (1, 2, 4), steps=200, search_trials=1)),
    quiet_on=Facts(plan=PlanFacts((1, 2, 3), (1, 1, 2), 8, (1, 2, 4), steps=200, search_trials=4)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.plan
    trials = facts.run.search_trials if facts.run else facts.plan.search_trials
    if trials < limits.fewest_trials:
        where = "were tried" if facts.run else "are planned"
        yield Hit(
            f"Sets of training settings that {where}: {max(trials, 1)}.",
            measured=max(trials, 1),
            threshold=limits.fewest_trials,
            unit="sets of settings",
            severity="block" if facts.run else "warn",
            gate="serve",
        )
