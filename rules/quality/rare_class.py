"""rare-class: a class with too few rows to be learnt or scored."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import DataFacts, Facts
from rules.rule import Hit, Limits, Rule, Threshold
from rules.wording import listed

RULE = Rule(
    id="rare-class",
    family="quality",
    step="data",
    severity="warn",
    problem="Some kinds of answer hardly occur.",
    why="From a handful of cases the model learns to ignore that kind, and its score for it is a matter of luck.",
    fix="Collect more rows of these kinds, or merge each with the kind closest in meaning if the expert agrees.",
    needs=("data.label_counts",),
    thresholds={
        "fewest_rows": Threshold(
            20,
            "rows of a class",
            "our choice: with fewer, a tenth kept for testing holds at most one",
        ),
    },
    fires_on=Facts(data=DataFacts(rows=1000, usable_rows=1000, label_counts=(("ham", 988), ("spam", 12)))),
    quiet_on=Facts(data=DataFacts(rows=1000, usable_rows=1000, label_counts=(("ham", 600), ("spam", 400)))),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.data and facts.data.label_counts is not None
    rare = [(label, count) for label, count in facts.data.label_counts if count < limits.fewest_rows]
    if rare:
        kinds = f"{len(rare):,} kinds of answer (classes) have" if len(rare) > 1 else "1 kind of answer (class) has"
        shown = listed([f"“{label}” ({count:,})" for label, count in rare])
        yield Hit(
            f"{kinds} fewer than {limits.fewest_rows:.0f} rows: {shown}.",
            measured=min(count for _, count in rare),
            threshold=limits.fewest_rows,
            unit="rows",
        )
