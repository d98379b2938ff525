"""gain-within-noise: the tuned model is not measurably better than the best prompt on the base model."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import DifferenceFacts, EvaluationFacts, Facts
from rules.rule import Hit, Limits, Rule
from rules.wording import points

RULE = Rule(
    id="gain-within-noise",
    family="iteration",
    step="evaluate",
    gate="serve",
    severity="block",
    waivable=True,
    problem="The tuned model is not measurably better than simply prompting the base model.",
    why="So small a difference can be luck with the test rows; you would look after a model of your own for nothing.",
    fix="See which kinds of input go wrong (weak slices), add data there and train again, or use the prompt, untuned.",
    needs=("evaluation.against_prompt",),
    fires_on=Facts(
        evaluation=EvaluationFacts(
            0.8, (DifferenceFacts("accuracy", "prompt", 0.02, -0.03, 0.07, 0.4, "can't tell", 200, 900),)
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
    for gap in facts.evaluation.against_prompt or ():
        if gap.verdict == "can't tell":
            more = f" About {gap.rows_needed:,} test rows would settle it." if gap.rows_needed else ""
            yield Hit(
                f"{gap.metric}: the tuned model differs from the best prompt by {points(gap.difference)}, which can be "
                f"luck (95% interval {points(gap.low, gap.high)}, {gap.rows:,} rows).{more}",
                measured=gap.difference,
                threshold=0.0,
                unit=gap.metric,
            )
