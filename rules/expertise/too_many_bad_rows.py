"""too-many-bad-rows: the rejected share may be above what is tolerable."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import Facts, ReviewFacts
from rules.rule import Hit, Limits, Rule, Threshold
from rules.wording import percent

RULE = Rule(
    id="too-many-bad-rows",
    family="expertise",
    step="signoff",
    severity="block",
    problem="Too many rows may be bad.",
    why="The sample speaks for all rows: what the expert rejects in it is in the rest as well, and will be learnt.",
    fix=(
        "Find all rows of the kinds that the expert rejected, correct them, and review a fresh sample. If none was "
        "rejected, review more rows: 59 without a rejection show, with 95 % certainty, that at most 5 % are bad."
    ),
    needs=("review",),
    thresholds={
        "most_bad": Threshold(
            0.05,
            "upper bound of the bad share",
            "our choice: one row in twenty; the bound is that of Clopper and Pearson 1934",
        ),
    },
    fires_on=Facts(review=ReviewFacts(required=60, reviewed=60, rejected=5, bad_share_upper=0.168)),
    quiet_on=Facts(review=ReviewFacts(required=60, reviewed=60, rejected=0, bad_share_upper=0.049)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.review
    upper = facts.review.bad_share_upper
    if upper > limits.most_bad:
        yield Hit(
            f"Rejected: {facts.review.rejected:,} of {facts.review.reviewed:,} reviewed rows, so up to "
            f"{percent(upper)} of all rows may be bad (one-sided 95% bound); "
            f"at most {percent(limits.most_bad)} is tolerated.",
            measured=upper,
            threshold=limits.most_bad,
            unit="upper bound of the bad share",
        )
