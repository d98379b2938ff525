"""too-slow-to-serve: the estimated latency misses the target."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import Facts, PlanFacts
from rules.rule import Hit, Limits, Rule

RULE = Rule(
    id="too-slow-to-serve",
    family="size",
    step="plan",
    severity="warn",
    waivable=True,
    levels="block when the typical estimate misses the target; warn when only the high estimate does",
    problem="The model would answer more slowly than you want.",
    why="A larger model answers more slowly, and training does not make it any faster: it is better to know now.",
    fix=(
        "Take a smaller model or faster hardware, allow fewer users at once, or allow a longer wait. This "
        "is an estimate, until `tunewise latency` has measured."
    ),
    needs=("plan.latency_estimates",),
    fires_on=Facts(plan=PlanFacts((1, 2, 3), (1, 1, 2), 8, (1, 2, 4), ttft_ms=(300, 500, 900), ttft_target_ms=300)),
    quiet_on=Facts(plan=PlanFacts((1, 2, 3), (1, 1, 2), 8, (1, 2, 4), ttft_ms=(100, 150, 250), ttft_target_ms=300)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.plan
    corrected = f" corrected by {facts.latency.recalibrated}" if facts.latency and facts.latency.recalibrated else ""
    for what, (low, typical, high), target in facts.plan.latency_estimates or ():
        if high > target:
            yield Hit(
                f"{what} is about {typical:,.0f} ms (estimate{corrected}, {low:,.0f} to {high:,.0f}); "
                f"the target is {target:,.0f} ms.",
                measured=typical if typical > target else high,
                threshold=target,
                unit="ms",
                severity="block" if typical > target else "warn",
            )
