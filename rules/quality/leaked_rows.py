"""leaked-rows: test or validation rows that are in the training rows too, exactly or nearly."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import Facts, SplitFacts
from rules.rule import Hit, Limits, Rule

RULE = Rule(
    id="leaked-rows",
    family="quality",
    step="data",
    severity="block",
    problem="Some test rows are also in the training data.",
    why="The model has seen the questions of its own exam, so the score would be too good and would not hold in use.",
    fix=(
        "Let Tunewise split again, so that copies stay on one side, or remove the rows named from your test file; a "
        "cleaned copy made with `--test FILE` leaves the training rows out instead."
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
        held_out = facts.split.validation + facts.split.test
        alike = f", {len(near):,} of them nearly rather than exactly" if near else ""
        yield Hit(
            f"Also in the training rows (leaked): {len(leaked):,} of {held_out:,} validation and test rows{alike}.",
            measured=len(leaked),
            threshold=0,
            unit="rows",
            rows=leaked,
        )
