"""no-held-out-set: no rows kept apart for validation or for the final test."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import Facts, SplitFacts
from rules.rule import Hit, Limits, Rule

RULE = Rule(
    id="no-held-out-set",
    family="quality",
    step="data",
    severity="block",
    problem="No rows are kept apart for checking.",
    why="A model tested on rows it has learnt from looks perfect and proves nothing.",
    fix=(
        "Let Tunewise split the data: about 80 % to learn from (train), 10 % to choose settings by (validation), 10 % "
        "or more for the final score (test). Or give your own test file: `tunewise audit DATA --test FILE`."
    ),
    needs=("split",),
    fires_on=Facts(split=SplitFacts(train=1000, validation=100, test=0)),
    quiet_on=Facts(split=SplitFacts(train=1000, validation=100, test=200)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.split
    for name, purpose, rows in (
        ("validation", "for choosing settings", facts.split.validation),
        ("test", "for the final score", facts.split.test),
    ):
        if rows < 1:
            yield Hit(f"No rows are set aside {purpose} ({name} set).", measured=rows, threshold=1, unit=f"{name} rows")
