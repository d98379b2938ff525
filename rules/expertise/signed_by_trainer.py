"""signed-by-trainer: the signer also runs the training, or is a stand-in."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import Facts, SignOffFacts
from rules.rule import Hit, Limits, Rule

RULE = Rule(
    id="signed-by-trainer",
    family="expertise",
    step="signoff",
    severity="warn",
    problem="Nobody independent has signed.",
    why="Whoever trains the model wants it to be ready; a second pair of eyes sees what the first overlooks.",
    fix="Have another person who knows the subject review and sign: `tunewise sign`.",
    needs=("signoff",),
    fires_on=Facts(signoff=SignOffFacts("Ada", "ada")),
    quiet_on=Facts(signoff=SignOffFacts("Ada", "Bob")),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.signoff
    signer, trainer = facts.signoff.signer.strip(), facts.signoff.trainer.strip()
    if facts.signoff.stand_in:
        yield Hit("Signed by the demonstration's stand-in, not by a person.", measured=0, threshold=1, unit="signers")
    elif signer and signer.casefold() == trainer.casefold():
        yield Hit(f"{signer} signed and also runs the training.", measured=0, threshold=1, unit="independent signers")
