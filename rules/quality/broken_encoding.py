"""broken-encoding: garbled letters, replacement marks and control characters."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import DataFacts, Facts
from rules.rule import Hit, Limits, Rule, Threshold
from rules.wording import of_rows, share

RULE = Rule(
    id="broken-encoding",
    family="quality",
    step="data",
    severity="warn",
    levels="warn; block above 1 % of rows",
    belief="More data is always better.",
    problem="Some texts have garbled characters.",
    why=(
        "The model learns to write the garbage (such as `Ã©` for `é`), and it does not recognise the clean word in use."
    ),
    fix=(
        "Run `tunewise audit DATA --fix OUT`, which repairs what can be repaired; export the rest again from "
        "the source as UTF-8."
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
    found = facts.data.broken_encoding
    if found:
        yield Hit(
            f"Garbled characters (broken encoding): {of_rows(len(found), facts.data.rows)}.",
            measured=len(found),
            threshold=0,
            unit="rows",
            rows=found,
            severity="block" if share(len(found), facts.data.rows) > limits.block_share else "warn",
        )
