"""model-too-large: a large model, though nobody has shown that a smaller one fails."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import Facts, ModelFacts
from rules.rule import Hit, Limits, Rule, Threshold

RULE = Rule(
    id="model-too-large",
    family="size",
    step="plan",
    severity="block",
    waivable=True,
    problem="The model is larger than anybody has shown to be necessary.",
    why=(
        "On a narrow task a tuned model of 7 to 13 billion numbers (parameters), or fewer, is often as good as one of "
        "70 billion, at a fraction of the time, memory and cost."
    ),
    fix=(
        "Measure a smaller candidate first (`tunewise prompt` with it); if it fails, that is the reason for "
        "the larger one."
    ),
    needs=("model",),
    thresholds={
        "billions": Threshold(
            13,
            "billion parameters",
            "LoRA Land (arXiv 2405.00732): 4-bit LoRA on 2-8B models beat GPT-4 by 10 points on average over 31 tasks",
        ),
    },
    fires_on=Facts(model=ModelFacts("giant", 70, 8192, 300)),
    quiet_on=Facts(model=ModelFacts("small", 7, 8192, 300)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.model
    if facts.model.billions > limits.billions and not facts.model.smaller_failed:
        yield Hit(
            f"{facts.model.name} has {facts.model.billions:g} billion parameters (more than {limits.billions:g}), "
            "and no smaller one has been measured and found too weak.",
            measured=facts.model.billions,
            threshold=limits.billions,
            unit="billion parameters",
        )
