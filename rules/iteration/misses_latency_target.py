"""misses-latency-target: the measured share of requests within the latency target is too low.

The verdict comes with the measurement (`backend/latency/verdict.py`): it fails where the whole 95 % interval (Wilson
1927) lies below the share that was asked for, and is borderline where the share lies within it.
"""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import Facts, LatencyFacts
from rules.rule import Hit, Limits, Rule
from rules.wording import count_of, percent, share

RULE = Rule(
    id="misses-latency-target",
    family="iteration",
    step="serve",
    severity="warn",
    waivable=True,
    levels="block when the target is missed; warn when it is too close to call or the test cannot be trusted",
    problem="The served model answers too slowly too often.",
    why="People remember the slow answers, not the average wait, and stop using a model that keeps them waiting.",
    fix=(
        "Allow fewer users at once, shorten the prompt or the answers, take a smaller model or faster hardware, or "
        "allow a longer wait. Then measure again: `tunewise latency PROJECT`."
    ),
    needs=("latency",),
    fires_on=Facts(latency=LatencyFacts("fail", good=150, of=200, low=0.69, high=0.81, share=0.95, users=4)),
    quiet_on=Facts(latency=LatencyFacts("pass", good=199, of=200, low=0.97, high=0.999, share=0.95, users=4)),
)

MEASURE_AGAIN = {
    "borderline": "Measure again with more requests: `tunewise latency PROJECT --requests N`.",
    "invalid": "The result of the test says why. Put that right, then measure again: `tunewise latency PROJECT`.",
}
"""What to do where nothing is known to be too slow."""


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.latency
    seen = facts.latency
    if seen.verdict == "pass":
        return
    said = {"fail": "Too slow", "borderline": "Too close to call", "invalid": "The test cannot be trusted"}
    yield Hit(
        f"{said[seen.verdict]}: with {count_of(seen.users, 'user')} at once, {seen.good:,} of {seen.of:,} requests "
        f"were answered within the time allowed (95% interval {percent(seen.low)} to {percent(seen.high)}); "
        f"{percent(seen.share)} should be.",
        measured=share(seen.good, seen.of),
        threshold=seen.share,
        unit="share of requests",
        severity="block" if seen.verdict == "fail" else "warn",
        fix=MEASURE_AGAIN.get(seen.verdict),
    )
