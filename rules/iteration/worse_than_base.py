"""worse-than-base: significantly worse than the base model, bare or prompted, on a primary metric."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import DifferenceFacts, EvaluationFacts, Facts
from rules.rule import Hit, Limits, Rule
from rules.wording import points

RULE = Rule(
    id="worse-than-base",
    family="iteration",
    step="evaluate",
    gate="serve",
    severity="block",
    problem="The tuned model is worse than the base model.",
    why="This is more than bad luck with the test rows: whoever uses the tuned model is worse off than without it.",
    fix=(
        "Don't serve it. See which kinds of input go wrong (slices), check the labels and the prompt, let training "
        "take smaller steps (learning rate) and train again, or use the base model with the best prompt."
    ),
    needs=("evaluation.primary",),
    fires_on=Facts(
        evaluation=EvaluationFacts(
            0.6, (DifferenceFacts("accuracy", "base", -0.1, -0.16, -0.04, 0.001, "worse", 200),)
        ),
    ),
    quiet_on=Facts(
        evaluation=EvaluationFacts(
            0.8, (DifferenceFacts("accuracy", "prompt", 0.2, 0.14, 0.26, 0.0001, "better", 200),)
        ),
    ),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.evaluation
    for gap in facts.evaluation.primary or ():
        if gap.verdict == "worse":
            other = "base model with the best prompt" if gap.against == "prompt" else "bare base model"
            yield Hit(
                f"{gap.metric}: the tuned model differs from the {other} by {points(gap.difference)} "
                f"(95% interval {points(gap.low, gap.high)}, {gap.rows:,} rows).",
                measured=gap.difference,
                threshold=0.0,
                unit=gap.metric,
            )
