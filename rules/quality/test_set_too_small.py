"""test-set-too-small: the test rows cannot show the smallest gain worth having.

There is no threshold but the person's own, the smallest gain. What so many rows can show is half the 95% interval of a
score of 50% (normal approximation, `backend/statistics.py`), where luck swings a score most.
"""

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
        "Collect more rows (where up to a quarter of them is enough for a test, Tunewise takes so many), or bring a "
        "larger test file of your own. Or be content to show only a larger gain, and raise the smallest gain worth "
        "having (step 1)."
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
        more = f" That takes about {needed:,} test rows." if needed else ""
        yield Hit(
            f"On {facts.split.test:,} test rows a gain under {100 * visible:.1f} points may be luck (half a 95% "
            f"interval at a score of 50%); you want to see gains from {100 * wanted:.1f} points on.{more}",
            measured=visible,
            threshold=wanted,
            unit="smallest visible gain",
        )
