"""class-imbalance: one class far more frequent than another, or a single class only."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import DataFacts, Facts
from rules.rule import Hit, Limits, Rule, Threshold

RULE = Rule(
    id="class-imbalance",
    family="quality",
    step="data",
    severity="warn",
    problem="One kind of answer outweighs the others by far.",
    why=(
        "The model can score well by always giving the frequent answer, and will miss the rare one that often "
        "matters most."
    ),
    fix=(
        "Add rows of the rare kinds or thin out the frequent one, and judge by a score that counts every kind alike "
        "(macro-F1)."
    ),
    needs=("data.label_counts",),
    thresholds={
        "largest_to_smallest": Threshold(
            20,
            "times the smallest class",
            "our choice; Cleanlab Datalab flags a class under a tenth of its even share, 19:1 for two classes",
        ),
    },
    fires_on=Facts(data=DataFacts(rows=1000, usable_rows=1000, label_counts=(("ham", 970), ("spam", 30)))),
    quiet_on=Facts(data=DataFacts(rows=1000, usable_rows=1000, label_counts=(("ham", 600), ("spam", 400)))),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.data and facts.data.label_counts is not None
    counts = facts.data.label_counts
    if len(counts) == 1:
        yield Hit(
            f"Every row has the same answer, “{counts[0][0]}”: there is nothing to tell apart.",
            measured=1,
            threshold=2,
            unit="classes",
        )
        return
    if not counts:
        return
    most = max(counts, key=lambda pair: pair[1])
    least = min(counts, key=lambda pair: pair[1])
    if most[1] > limits.largest_to_smallest * least[1]:
        ratio = most[1] / max(least[1], 1)
        yield Hit(
            f"“{most[0]}” has {most[1]:,} rows, “{least[0]}” has {least[1]:,}: {ratio:,.0f} to 1 (class imbalance).",
            measured=ratio,
            threshold=limits.largest_to_smallest,
            unit="times",
        )
