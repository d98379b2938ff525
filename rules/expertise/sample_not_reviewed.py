"""sample-not-reviewed: fewer rows reviewed than the sampling plan asks."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import Facts, ReviewFacts
from rules.rule import Hit, Limits, Rule

RULE = Rule(
    id="sample-not-reviewed",
    family="expertise",
    step="signoff",
    severity="block",
    problem="The expert has not looked at enough rows.",
    why="Only rows a person has judged tell how many bad ones are in the data.",
    fix="Go on with the review (`tunewise review`) until the sample is done.",
    needs=("review",),
    fires_on=Facts(review=ReviewFacts(required=60, reviewed=20, rejected=0, bad_share_upper=0.14)),
    quiet_on=Facts(review=ReviewFacts(required=60, reviewed=60, rejected=0, bad_share_upper=0.049)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.review
    if facts.review.reviewed < facts.review.required:
        yield Hit(
            f"Reviewed: {facts.review.reviewed:,} of the {facts.review.required:,} rows of the sample.",
            measured=facts.review.reviewed,
            threshold=facts.review.required,
            unit="rows",
        )
