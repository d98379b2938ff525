"""misses-latency-target: the measured share of requests within the latency target is too low."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import Facts, LatencyFacts
from rules.rule import Hit, Limits, Rule
from rules.wording import percent, share

RULE = Rule(
    id="misses-latency-target",
    family="iteration",
    step="serve",
    severity="warn",
    waivable=True,
    levels="block when the target is missed; warn when the measurement is borderline or invalid",
    problem="The served model answers too slowly too often.",
    why="People feel the slow answers, not the average; a model they don't wait for is not used.",
    fix=(
        "Allow fewer users at once, shorten prompt or answers, take a smaller model or faster hardware, or "
        "relax the target; then `tunewise latency URL` again."
    ),
    needs=("latency",),
    fires_on=Facts(latency=LatencyFacts("fail", good=150, of=200, low=0.69, high=0.81, share=0.95, users=4)),
    quiet_on=Facts(latency=LatencyFacts("pass", good=199, of=200, low=0.97, high=0.999, share=0.95, users=4)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.latency
    seen = facts.latency
    if seen.verdict == "pass":
        return
    numbers = (
        f"{seen.good:,} of {seen.of:,} requests within the target "
        f"(95% interval {percent(seen.low)} to {percent(seen.high)}), {percent(seen.share)} wanted, "
        f"users at once: {seen.users}"
    )
    said = {"fail": "Too slow", "borderline": "Too close to call", "invalid": "The measurement is not valid"}
    yield Hit(
        f"{said[seen.verdict]}: {numbers}.",
        measured=share(seen.good, seen.of),
        threshold=seen.share,
        unit="share of requests",
        severity="block" if seen.verdict == "fail" else "warn",
    )
