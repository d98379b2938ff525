"""outcome-skew: one group gets the favourable answer far less often than another."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import DataFacts, Facts, Group
from rules.rule import Hit, Limits, Rule, Threshold
from rules.wording import percent

RULE = Rule(
    id="outcome-skew",
    family="fairness",
    step="data",
    severity="warn",
    waivable=True,
    levels="warn below 0.8; block below 0.5 when both groups have 30 rows or more",
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
        "block_rows": Threshold(
            30,
            "rows of each group",
            "our choice: below it the ratio is mostly chance, so it only warns",
        ),
    },
    fires_on=Facts(data=DataFacts(rows=200, usable_rows=200, groups=(Group("women", 100, 35), Group("men", 100, 60)))),
    quiet_on=Facts(data=DataFacts(rows=200, usable_rows=200, groups=(Group("women", 100, 55), Group("men", 100, 60)))),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.data and facts.data.favourable_rates
    worst, best = facts.data.favourable_rates[0], facts.data.favourable_rates[-1]
    if best[1] <= 0:
        return
    ratio = worst[1] / best[1]
    if ratio < limits.warn_below:
        enough = min(worst[2], best[2]) >= limits.block_rows
        yield Hit(
            f"Favourable answer: “{worst[0]}” {percent(worst[1])} of {worst[2]:,} rows, “{best[0]}” {percent(best[1])} "
            f"of {best[2]:,}; the ratio is {ratio:.2f}, under {limits.warn_below:.2f} (four-fifths rule).",
            measured=ratio,
            threshold=limits.warn_below,
            unit="ratio of favourable answers",
            severity="block" if enough and ratio < limits.block_below else "warn",
        )
