"""outcome-skew: one group gets the favourable answer far less often than another.

Asked where the favourable answers of two groups or more were counted (`data.compared_groups`). Every group is held
against the one that fares best. The interval that is told looks at these two groups alone; the test whether it can be
chance allows for the best having been picked from among all (`rules/rate_ratio.py`).
"""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import DataFacts, Facts, Group
from rules.rate_ratio import holm, rate_ratio
from rules.rule import Hit, Limits, Rule, Severity, Threshold
from rules.wording import count_of, listed, percent, share

RULE = Rule(
    id="outcome-skew",
    family="fairness",
    step="data",
    severity="warn",
    waivable=True,
    levels=(
        "warn below 0.8 and block below 0.5, both only when chance is ruled out; note when it can still be chance, "
        "when no row has the favourable answer, or on a group under 30 rows, which is not compared"
    ),
    problem="The data favours one group over another.",
    why=(
        "A tuned model repeats a bias in its data and often makes it stronger; in hiring, lending or housing that may "
        "be unlawful."
    ),
    fix=(
        "Ask the expert whether the difference is real or a bias in past decisions; if it is bias, balance the rows "
        "or correct the answers."
    ),
    needs=("data.compared_groups",),
    thresholds={
        "warn_below": Threshold(0.8, "ratio", "four-fifths rule, EEOC Uniform Guidelines 1978, 29 CFR 1607.4(D)"),
        "block_below": Threshold(0.5, "ratio", "our choice: half as often"),
        "fewest_rows": Threshold(30, "rows of each group", "our choice: fewer are too few for a useful interval"),
        "chance": Threshold(
            0.05, "p-value", "usual 5 % level; two-proportion z-test, corrected for all pairs (Holm 1979)"
        ),
    },
    fires_on=Facts(data=DataFacts(rows=200, usable_rows=200, groups=(Group("women", 100, 35), Group("men", 100, 60)))),
    quiet_on=Facts(data=DataFacts(rows=200, usable_rows=200, groups=(Group("women", 100, 55), Group("men", 100, 60)))),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.data and facts.data.compared_groups is not None
    named = facts.data.compared_groups
    judged = [group for group in named if group.rows >= limits.fewest_rows]
    tiny = [group for group in named if group not in judged]
    if tiny:
        shown = listed([f"“{group.name}” has only {count_of(group.rows, 'row')}" for group in tiny])
        yield Hit(
            f"{shown}; a group of fewer than {limits.fewest_rows:.0f} is not compared.",
            measured=min(group.rows for group in tiny),
            threshold=limits.fewest_rows,
            unit="rows of a group",
            severity="note",
            fix="Collect more rows of the group, or say in the report that its outcome was not compared.",
        )
    if not any(group.favourable for group in judged or named):
        shown = listed([f"“{group.name}”" for group in judged or named])
        yield Hit(
            f"No row of {shown} has the favourable answer, so there is nothing to compare.",
            measured=0,
            threshold=1,
            unit="rows with the favourable answer",
            severity="note",
            fix="Check that the favourable answer is spelt as in the data, or collect rows of the groups that have it.",
        )
        return
    if len(judged) > 1:
        yield from _compared(judged, limits, facts.data.in_several_groups)


def _compared(groups: list[Group], limits: Limits, in_several: int) -> Iterator[Hit]:
    """Every group against the one that fares best."""
    best = max(groups, key=_rate)
    others = [group for group in groups if group is not best]
    ratios = [rate_ratio(group.favourable or 0, group.rows, best.favourable or 0, best.rows) for group in others]
    pairs = len(groups) * (len(groups) - 1) // 2  # the best of all is picked out, so every pair counts as compared
    chances = holm([ratio.p_value for ratio in ratios], pairs)
    overlap = (
        f" {count_of(in_several, 'row')} in more than one group count in each, so interval and test are only rough."
        if in_several
        else ""
    )
    for group, ratio, chance in zip(others, ratios, chances, strict=True):
        if ratio.ratio >= limits.warn_below:
            continue
        sure = chance < limits.chance
        severity: Severity = "note" if not sure else "block" if ratio.ratio < limits.block_below else "warn"
        threshold = limits.block_below if severity == "block" else limits.warn_below
        yield Hit(
            f"Favourable answer: “{group.name}” in {percent(_rate(group))} of {group.rows:,} rows, “{best.name}” in "
            f"{percent(_rate(best))} of {best.rows:,}: {ratio.ratio:.2f} times as often for the first (impact ratio; "
            f"95% interval {ratio.low:.2f} to {ratio.high:.2f}), under the limit of {threshold:.2f}"
            f"{'' if sure else '; with so few rows, and all groups compared, it can still be chance'}.{overlap}",
            measured=ratio.ratio,
            threshold=threshold,
            unit="ratio of favourable answers",
            severity=severity,
        )


def _rate(group: Group) -> float:
    """Share of the group's rows with the favourable answer, 0–1."""
    return share(group.favourable or 0, group.rows)
