"""A learning curve drawn, and what it says: the same on the page of step 2 and in an audit passed on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor import curve_words, plots
from advisor.cards import section, table

if TYPE_CHECKING:
    from rules.facts import CurveFacts

COLUMNS = ("Rows to learn from", "Result", "95% interval")


def drawn(found: CurveFacts) -> str:
    """Heading, verdict, curve, and the intervals where they are known."""
    line = plots.Line(found.learner or "quick learner", tuple((float(x), y) for x, y in found.points), dots=True)
    rows = table(COLUMNS, curve_words.points(found), "The learning curve", numbers=(0, 1, 2))
    return (
        section("Would more examples help? (learning curve)", curve_words.told(found))
        + plots.lines([line], "rows to learn from", curve_words.name(found))
        + (rows if found.ranges else "")
    )
