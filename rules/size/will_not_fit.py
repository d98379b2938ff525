"""will-not-fit: estimated training or serving memory above the hardware."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import Facts, PlanFacts
from rules.rule import Hit, Limits, Rule

RULE = Rule(
    id="will-not-fit",
    family="size",
    step="plan",
    severity="warn",
    levels="block when the typical estimate is above what is there; warn when only the high estimate is",
    problem="The model does not fit into the memory you have.",
    why="Training that runs out of memory breaks off, often after hours, when it comes to the longest row.",
    fix=(
        "Take a smaller model, store its numbers in 4 bits while training (QLoRA), train on fewer rows at a time (a "
        "smaller batch) or on shorter ones, or take a larger machine; "
        "`tunewise estimate MODEL` compares them."
    ),
    needs=("plan.available_gib",),
    fires_on=Facts(plan=PlanFacts((20, 24, 30), (14, 16, 18), 16, (1, 2, 4))),
    quiet_on=Facts(plan=PlanFacts((5, 6, 8), (4, 5, 6), 16, (1, 2, 4))),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.plan and facts.plan.available_gib is not None
    have = facts.plan.available_gib
    for what, (low, typical, high) in (("Training", facts.plan.train_gib), ("Serving", facts.plan.serve_gib)):
        if high > have:
            yield Hit(
                f"{what} needs about {typical:.1f} GiB of memory (estimate, {low:.1f} to {high:.1f}); "
                f"{have:.1f} GiB are there.",
                measured=typical if typical > have else high,
                threshold=have,
                unit="GiB",
                severity="block" if typical > have else "warn",
            )
