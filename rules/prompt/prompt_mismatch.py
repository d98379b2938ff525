"""prompt-mismatch: the prompt or chat template in training is not the one that is served."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import Facts, PlanFacts
from rules.rule import Hit, Limits, Rule

RULE = Rule(
    id="prompt-mismatch",
    family="prompt",
    step="plan",
    severity="block",
    problem="The model would be trained with another prompt than it is used with.",
    why=(
        "A tuned model expects exactly the wording and layout it was trained with; with another one much of "
        "the gain is lost."
    ),
    fix=(
        "Choose one prompt and one chat template for training and for serving: `tunewise plan` takes the best "
        "measured one."
    ),
    needs=("plan",),
    fires_on=Facts(plan=PlanFacts((1, 2, 3), (1, 1, 2), 8, (0.1, 0.2, 0.4), prompt_matches=False)),
    quiet_on=Facts(plan=PlanFacts((1, 2, 3), (1, 1, 2), 8, (0.1, 0.2, 0.4))),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.plan
    if not facts.plan.prompt_matches:
        yield Hit(
            "The prompt or chat template planned for training is not the one to be served.", measured=0, threshold=1
        )
