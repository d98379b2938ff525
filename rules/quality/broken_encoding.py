"""broken-encoding: garbled letters, replacement marks and control characters."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import DataFacts, Facts
from rules.rows_found import rows_found
from rules.rule import Hit, Limits, Rule, Threshold
from rules.wording import CLEAN_COPY

RULE = Rule(
    id="broken-encoding",
    family="quality",
    step="data",
    severity="warn",
    levels="warn; block above 1 % of rows",
    problem="Some texts have garbled characters.",
    why=(
        "The model learns to write the garbage (such as `Ã©` for `é`), and it does not recognise the clean word in use."
    ),
    fix=(
        "Repair what can be repaired with a cleaned copy, and export the rest anew from where it came from, in the "
        "usual way to store letters (UTF-8). "
        f"{CLEAN_COPY}"
    ),
    needs=("data",),
    thresholds={
        "block_share": Threshold(
            0.01,
            "share of rows",
            "our choice; such damage comes from one wrong export and is mended at the source",
        ),
    },
    fires_on=Facts(data=DataFacts(rows=100, usable_rows=100, broken_encoding=(3, 8))),
    quiet_on=Facts(data=DataFacts(rows=100, usable_rows=100)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.data
    yield from rows_found(
        "Garbled characters (broken encoding)", facts.data.broken_encoding, facts.data.rows, limits.block_share
    )
