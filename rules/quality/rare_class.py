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
    belief="More data is always better.",
    problem="Some kinds of answer hardly occur.",
    why="From a handful of cases the model learns to ignore that kind, and its score for it is a matter of luck.",
    fix="Collect more rows of these kinds, or merge them with a neighbouring kind if the expert agrees.",
    needs=("data.label_counts",),
    thresholds={
        "fewest_rows": Threshold(
            20,
            "rows of a class",
            "our choice: 2 test rows in a tenth kept apart is the least that shows anything",
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
        shown = listed([f"“{label}” {count:,}" for label, count in rare])
        yield Hit(
            f"Kinds of answer (classes) with fewer than {limits.fewest_rows:.0f} rows: {len(rare):,} ({shown}).",
            measured=min(count for _, count in rare),
            threshold=limits.fewest_rows,
            unit="rows",
        )
