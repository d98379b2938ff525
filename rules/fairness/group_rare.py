"""group-rare: a group the person named makes up very few rows.

The share is of all rows, also of those that belong to no group. A group without any row is `group-missing`'s business.
"""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import DataFacts, Facts, Group
from rules.rule import Hit, Limits, Rule, Threshold
from rules.wording import of_rows, percent, share

RULE = Rule(
    id="group-rare",
    family="fairness",
    step="data",
    severity="warn",
    problem="A group of people or cases you named is rare.",
    why="With so few rows the model learns little about this group, and its mistakes there hardly show in the score.",
    fix="Collect more rows of this group, and look at its own score after training (step 7).",
    needs=("data.groups",),
    thresholds={
        "smallest_share": Threshold(0.05, "share of rows", "our choice: one row in twenty"),
    },
    fires_on=Facts(data=DataFacts(rows=100, usable_rows=100, groups=(Group("women", 3), Group("men", 97)))),
    quiet_on=Facts(data=DataFacts(rows=100, usable_rows=100, groups=(Group("women", 50), Group("men", 50)))),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.data and facts.data.groups is not None
    for group in facts.data.groups:
        part = share(group.rows, facts.data.rows)
        if 0 < part < limits.smallest_share:
            yield Hit(
                f"“{group.name}”: {of_rows(group.rows, facts.data.rows)}; "
                f"under {percent(limits.smallest_share)} is rare.",
                measured=part,
                threshold=limits.smallest_share,
                unit="share of rows",
            )
