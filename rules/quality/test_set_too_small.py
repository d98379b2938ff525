"""test-set-too-small: the test rows cannot show the smallest gain worth having."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import Facts, GoalFacts, SplitFacts
from rules.rule import Hit, Limits, Rule

RULE = Rule(
    id="test-set-too-small",
    family="quality",
    step="data",
    severity="block",
    waivable=True,
    problem="The test set is too small to show the gain you hope for.",
    why=(
        "A score on few rows swings by luck: a real gain would drown in that swing, and you could not tell "
        "success from chance."
    ),
    fix=(
        "Collect more rows (the test set takes up to a quarter of them where that is enough), bring a larger test "
        "file of your own, or name a larger smallest gain worth having."
    ),
    needs=("goal.smallest_gain", "split"),
    fires_on=Facts(
        goal=GoalFacts("classify", "Sort mails into spam and ham.", smallest_gain=0.03),
        split=SplitFacts(1000, 100, 100, smallest_visible_gain=0.1, rows_for_smallest_gain=1100),
    ),
    quiet_on=Facts(
        goal=GoalFacts("classify", "Sort mails into spam and ham.", smallest_gain=0.05),
        split=SplitFacts(4000, 500, 500, smallest_visible_gain=0.04),
    ),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.goal and facts.goal.smallest_gain is not None and facts.split
    visible, wanted = facts.split.smallest_visible_gain, facts.goal.smallest_gain
    if visible > wanted:
        needed = facts.split.rows_for_smallest_gain
        more = f" About {needed:,} test rows would." if needed else ""
        yield Hit(
            f"{facts.split.test:,} test rows are too few to be sure of showing a gain under {100 * visible:.1f} points "
            "(half a 95% interval at a score of 50%); "
            f"the smallest gain worth having is {100 * wanted:.1f} points.{more}",
            measured=visible,
            threshold=wanted,
            unit="smallest visible gain",
        )
