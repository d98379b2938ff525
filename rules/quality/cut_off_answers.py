"""cut-off-answers: answers that stop in the middle of a sentence.

Not asked where answers are no prose (labels, JSON). A suspicion: most ends are told by how the file's other answers end
(`backend/audit/cut_off.py`). So it only warns, whatever their number.
"""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import DataFacts, Facts
from rules.rows_found import rows_found
from rules.rule import Hit, Limits, Rule

RULE = Rule(
    id="cut-off-answers",
    family="quality",
    step="data",
    severity="warn",
    problem="Some answers stop in the middle.",
    why="The model learns to stop in the middle too.",
    fix="Complete these answers or drop the rows; check whether an export cut all texts at the same length.",
    needs=("data.cut_off",),
    fires_on=Facts(data=DataFacts(rows=100, usable_rows=100, cut_off=(3, 8))),
    quiet_on=Facts(data=DataFacts(rows=100, usable_rows=100, cut_off=())),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.data
    yield from rows_found("Answers that seem to break off (truncated)", facts.data.cut_off, facts.data.rows)
