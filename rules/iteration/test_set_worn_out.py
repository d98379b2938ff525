"""test-set-worn-out: the test rows have been scored too often for choosing."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import EvaluationFacts, Facts
from rules.rule import Hit, Limits, Rule, Threshold

RULE = Rule(
    id="test-set-worn-out",
    family="iteration",
    step="evaluate",
    severity="warn",
    problem="The test rows have been used too often.",
    why=(
        "Each time you keep what scored best on the test rows, you also keep what was lucky with them; after some "
        "rounds the score promises too much."
    ),
    fix="Collect fresh test rows that nobody has looked at, and choose by the validation rows from now on.",
    needs=("evaluation",),
    thresholds={
        "most_openings": Threshold(
            3,
            "times scored",
            "our choice; adaptive reuse wears a test set out (Dwork et al. 2015, Science 349)",
        ),
    },
    fires_on=Facts(evaluation=EvaluationFacts(0.8, (), test_openings=5)),
    quiet_on=Facts(evaluation=EvaluationFacts(0.8, (), test_openings=1)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.evaluation
    times = facts.evaluation.test_openings
    if times > limits.most_openings:
        yield Hit(
            f"The test rows have been scored {times} times; up to {limits.most_openings:.0f} is harmless.",
            measured=times,
            threshold=limits.most_openings,
            unit="times scored",
        )
