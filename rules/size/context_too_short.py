"""context-too-short: inputs that do not fit the model's context."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import Facts, ModelFacts
from rules.rule import Hit, Limits, Rule

RULE = Rule(
    id="context-too-short",
    family="size",
    step="plan",
    severity="block",
    problem="Your longest inputs do not fit into this model.",
    why="What does not fit is cut off or refused, in training and in use.",
    fix="Choose a model with a longer context, or shorten, split or summarise the inputs beforehand.",
    needs=("model",),
    fires_on=Facts(model=ModelFacts("small", 0.1, 2048, 3000)),
    quiet_on=Facts(model=ModelFacts("small", 0.1, 2048, 300)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.model
    longest, room = facts.model.longest_input_tokens, facts.model.context_tokens
    if longest > room:
        yield Hit(
            f"The longest input has {longest:,} word pieces (tokens); {facts.model.name} takes {room:,} (its context).",
            measured=longest,
            threshold=room,
            unit="tokens",
        )
