"""outcome-skew: one group gets the favourable answer far less often than another.

Asked where at least two of the groups the person named have counts of a favourable answer (`data.favourable_rates`).
The interval told is that of the two groups alone; whether chance is ruled out is corrected for all pairs of groups.
"""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import DataFacts, Facts, Group
from rules.rate_ratio import holm, rate_ratio
from rules.rule import Hit, Limits, Rule, Severity, Threshold
from rules.wording import percent

RULE = Rule(
    id="outcome-skew",
    family="fairness",
    step="data",
    severity="warn",
    waivable=True,
    levels=(
        "warn below 0.8 when chance is ruled out; block below 0.5; note when it can still be chance, or when no row "
        "has the favourable answer; groups under 30 rows are never judged"
    ),
    belief="A tuned model is as fair as its data.",
    problem="The data favours one group over another.",
    why="A tuned model repeats and often sharpens such a lean; in hiring, lending or housing it may be unlawful.",
    fix=(
        "Ask the expert whether the difference is real or a habit of past decisions; balance the rows or "
        "correct the answers if it is a habit."
    ),
    needs=("data.favourable_rates",),
    thresholds={
        "warn_below": Threshold(0.8, "ratio", "four-fifths rule, EEOC Uniform Guidelines 1978, 29 CFR 1607.4(D)"),
        "block_below": Threshold(0.5, "ratio", "our choice: half as often"),
        "fewest_rows": Threshold(30, "rows of each group", "our choice: below it a ratio is mostly chance"),
        "chance": Threshold(0.05, "p-value", "two-proportion test, corrected for all groups compared (Holm 1979)"),
    },
    fires_on=Facts(data=DataFacts(rows=200, usable_rows=200, groups=(Group("women", 100, 35), Group("men", 100, 60)))),
    quiet_on=Facts(data=DataFacts(rows=200, usable_rows=200, groups=(Group("women", 100, 55), Group("men", 100, 60)))),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.data and facts.data.groups is not None
    judged = [
        group
        for group in facts.data.groups
        if group.rows >= limits.fewest_rows and group.favourable is not None and 0 <= group.favourable <= group.rows
    ]
    best = max(judged, key=lambda group: (group.favourable or 0) / group.rows, default=None)
    if best is None:
        return
    if not best.favourable:
        yield Hit(
            f"None of the {sum(group.rows for group in judged):,} rows that belong to a group has the favourable "
            "answer, so they cannot be compared. Is it written as in the data?",
            measured=0, unit="rows with the favourable answer", severity="note",
        )
        return
    others = [group for group in judged if group is not best]
    ratios = [rate_ratio(group.favourable or 0, group.rows, best.favourable, best.rows) for group in others]
    pairs = len(judged) * (len(judged) - 1) // 2  # the best of all is picked out, so every pair counts as compared
    chances = holm([ratio.p_value for ratio in ratios], pairs)
    for group, ratio, chance in zip(others, ratios, chances, strict=True):
        if ratio.ratio >= limits.warn_below:
            continue
        sure = chance < limits.chance
        severity: Severity = "note" if not sure else "block" if ratio.ratio < limits.block_below else "warn"
        yield Hit(
            f"Favourable answer: “{group.name}” {percent((group.favourable or 0) / group.rows)} of {group.rows:,} "
            "rows, "
            f"“{best.name}” {percent(best.favourable / best.rows)} of {best.rows:,}; the ratio is {ratio.ratio:.2f} "
            f"(95 % interval {ratio.low:.2f} to {ratio.high:.2f}), under {limits.warn_below:.2f} (four-fifths rule)"
            f"{'' if sure else '; with so few rows, and all groups compared, it can still be chance'}.",
            measured=ratio.ratio,
            threshold=limits.warn_below,
            unit="ratio of favourable answers",
            severity=severity,
        )
