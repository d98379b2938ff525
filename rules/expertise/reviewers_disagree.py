"""reviewers-disagree: two reviewers judge the same rows differently (Cohen's kappa)."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import Facts, ReviewFacts
from rules.rule import Hit, Limits, Rule, Threshold

RULE = Rule(
    id="reviewers-disagree",
    family="expertise",
    step="signoff",
    severity="warn",
    waivable=True,
    levels="warn below 0.6; block below 0.4",
    problem="Two reviewers do not agree on what is good.",
    why=(
        "If two people who know the subject disagree, it is not clear what a good answer is, and no model can learn it."
    ),
    fix="Let both talk through the rows they judged differently, sharpen the definition of good, and review again.",
    needs=("review.agreement",),
    thresholds={
        "warn_below": Threshold(0.6, "kappa", "Landis and Koch 1977: above 0.6 substantial agreement"),
        "block_below": Threshold(0.4, "kappa", "Landis and Koch 1977: up to 0.4 only fair agreement"),
    },
    fires_on=Facts(review=ReviewFacts(60, 60, 0, 0.049, overlap=20, agreement=0.5)),
    quiet_on=Facts(review=ReviewFacts(60, 60, 0, 0.049, overlap=20, agreement=0.8)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.review and facts.review.agreement is not None
    kappa = facts.review.agreement
    blocks = kappa < limits.block_below
    if kappa < limits.warn_below:
        yield Hit(
            f"On {facts.review.overlap:,} rows judged by two people the agreement beyond chance (Cohen's kappa) is "
            f"{kappa:.2f}; {limits.warn_below:.2f} or more is wanted.",
            measured=kappa,
            threshold=limits.block_below if blocks else limits.warn_below,
            unit="kappa",
            severity="block" if blocks else "warn",
        )
