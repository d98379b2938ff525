"""signoff-outdated: data or plan changed after the expert signed."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import Facts, SignOffFacts
from rules.rule import Hit, Limits, Rule
from rules.wording import listed

RULE = Rule(
    id="signoff-outdated",
    family="expertise",
    step="signoff",
    gate="train",
    severity="block",
    problem="Something changed after the expert signed.",
    why="The signature is for what the expert saw, not for what it has become.",
    fix="Show the expert what has changed, and have it signed anew: `tunewise sign`.",
    needs=("signoff",),
    fires_on=Facts(signoff=SignOffFacts("Ada", "Bob", changed_since=("data",))),
    quiet_on=Facts(signoff=SignOffFacts("Ada", "Bob")),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.signoff
    changed = facts.signoff.changed_since
    if changed:
        yield Hit(
            f"Changed since {facts.signoff.signer or 'the expert'} signed: {listed(changed)}.",
            measured=len(changed),
            threshold=0,
            unit="records",
        )
