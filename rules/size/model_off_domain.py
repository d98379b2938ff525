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
        "A model finds texts easy that are like those it has learnt from. If these were close to yours, it needs less "
        "data and ends up better."
    ),
    fix=(
        "Try the prompts on the other model too (`tunewise prompt`). A larger model is always a little ahead here, so "
        "compare models of about the same size."
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
            f"Your answers surprise {rival} less than {facts.model.name}, by {percent(closer)} (bits per byte: "
            f"{theirs:.2f} against {own:.2f}; the fewer, the more familiar the text).",
            measured=closer,
            threshold=limits.block_share if blocks else limits.warn_share,
            unit="share of bits per byte",
            severity="block" if blocks else "warn",
        )
