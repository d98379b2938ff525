"""never-stops: sampled answers that run into the length limit though the references do not."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import EvaluationFacts, Facts
from rules.rule import Hit, Limits, Rule, Threshold
from rules.wording import percent

RULE = Rule(
    id="never-stops",
    family="iteration",
    step="evaluate",
    gate="serve",
    severity="warn",
    levels="warn; block above 2 % of the sampled answers",
    problem="Some answers never come to an end.",
    why="Such a model rambles on until it is cut off. Usually the sign that ends an answer was not trained on.",
    fix=(
        "Check in the token view (step 2) that the end sign is part of what is trained on, and that training and "
        "serving lay a conversation out in the same way (chat template)."
    ),
    needs=("evaluation.endless_share",),
    thresholds={
        "block_share": Threshold(
            0.02,
            "share of sampled answers",
            "our choice: a single slip in fifty warns, more is a fault of the end sign",
        ),
    },
    fires_on=Facts(evaluation=EvaluationFacts(0.8, (), endless=12, sampled=100)),
    quiet_on=Facts(evaluation=EvaluationFacts(0.8, (), endless=0, sampled=100)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.evaluation and facts.evaluation.endless_share is not None
    endless = facts.evaluation.endless_share
    blocks = endless > limits.block_share
    if endless > 0:
        yield Hit(
            f"Answers that ran into the length limit though the right answer is shorter: "
            f"{facts.evaluation.endless:,} of {facts.evaluation.sampled:,} sampled ({percent(endless)}).",
            measured=endless,
            threshold=limits.block_share if blocks else 0,
            unit="share of sampled answers",
            severity="block" if blocks else "warn",
        )
