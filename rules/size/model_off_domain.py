"""model-off-domain: another candidate's pre-training is closer to the person's answers."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import Facts, ModelFacts
from rules.rule import Hit, Limits, Rule, Threshold
from rules.wording import percent, share

RULE = Rule(
    id="model-off-domain",
    family="size",
    step="plan",
    severity="warn",
    waivable=True,
    levels="warn above 10 % fewer bits per byte; block above 25 %",
    problem="Another model knows your kind of text better.",
    why=(
        "A model finds texts easy that resemble what it was trained on; starting closer needs less data and "
        "ends higher."
    ),
    fix=(
        "Compare the closer candidate in the prompt trials (`tunewise prompt`); a larger model is always "
        "somewhat closer, so compare models of like size."
    ),
    needs=("model.bits_per_byte", "model.closest_rival"),
    thresholds={
        "warn_share": Threshold(
            0.10,
            "share of bits per byte",
            "our choice: more than neighbouring sizes of one model family usually differ",
        ),
        "block_share": Threshold(0.25, "share of bits per byte", "our choice: a clear gap"),
    },
    fires_on=Facts(model=ModelFacts("general", 1, 4096, 300, bits_per_byte=1.2, rivals=(("medical", 0.8),))),
    quiet_on=Facts(model=ModelFacts("general", 1, 4096, 300, bits_per_byte=1.0, rivals=(("other", 0.98),))),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.model and facts.model.bits_per_byte is not None and facts.model.closest_rival
    rival, theirs = facts.model.closest_rival
    own = facts.model.bits_per_byte
    closer = share(own - theirs, own)
    blocks = closer > limits.block_share
    if closer > limits.warn_share:
        yield Hit(
            f"On your answers {facts.model.name} needs {own:.2f} bits per byte, {rival} {theirs:.2f}: "
            f"{percent(closer)} less (the fewer, the more familiar the text).",
            measured=closer,
            threshold=limits.block_share if blocks else limits.warn_share,
            unit="share of bits per byte",
            severity="block" if blocks else "warn",
        )
