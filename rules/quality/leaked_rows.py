"""leaked-rows: rows of a test file whose question is in the training data too, exactly or nearly.

The answer does not count: a question seen in training is no test, whatever it was answered with. Asked of a test file
of the person's own; where Tunewise splits the data, it keeps rows that ask the same on one side. There is no threshold:
one leaked row makes the score untrue, and leaving it out costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import Facts, SplitFacts
from rules.rule import Hit, Limits, Rule
from rules.wording import of_rows

RULE = Rule(
    id="leaked-rows",
    family="quality",
    step="data",
    severity="block",
    problem="Some test rows are also in the training data.",
    why="The model has seen the questions of its own exam, so the score would be too good and would not hold in use.",
    fix=(
        "Remove the rows named from your test file. Or leave their copies out of the training data: `tunewise audit "
        "DATA --test FILE --fix OUT` writes a cleaned copy without them. Or give no test file: Tunewise then splits "
        "the data itself and keeps copies on one side."
    ),
    needs=("split",),
    fires_on=Facts(split=SplitFacts(800, 100, 100, leaked=(3, 12), leaked_near=(40,))),
    quiet_on=Facts(split=SplitFacts(800, 100, 100)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.split
    near = set(facts.split.leaked_near)
    leaked = tuple(sorted(near.union(facts.split.leaked)))
    if leaked:
        alike = f", {len(near):,} of them in nearly the same words" if near else ""
        yield Hit(
            f"Test rows that are in the training data too (leaked): {of_rows(len(leaked), facts.split.test)}{alike}.",
            measured=len(leaked),
            threshold=0,
            unit="rows",
            rows=leaked,
        )
