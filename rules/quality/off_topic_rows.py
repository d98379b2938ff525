"""off-topic-rows: rows far from the rest of the file.

Each row gets a chance of being from elsewhere: by what its words mean, which words and forms it has, which rows it
groups with and, in a file with labels, how little it fits its own label; the likeliest are read as wholes
(`backend/audit/off_topic.py` and `closer_look.py`, where the chances from which a row is named stand too). What a
quarter of the rows or more are about is a second subject of the file and is not named, nor is what 8 % or more are
about and lies about as near the rest as another subject does. How many are found, and how many of the file's own are
accused, is in docs/decisions/0035 to 0041.
"""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import DataFacts, Facts
from rules.rows_found import rows_found
from rules.rule import Hit, Limits, Rule, Threshold

RULE = Rule(
    id="off-topic-rows",
    family="quality",
    step="data",
    severity="warn",
    waivable=True,
    levels="warn; block above 20 % of rows",
    problem="Some rows seem to be about something else.",
    why="Rows from another subject use up training on what you don't need and blur what you do.",
    fix=(
        "Read the rows named and drop those that don't belong; an unusual row that does belong is worth keeping. "
        "Then look for more yourself: so as not to accuse your own rows, the check misses one or two stray rows in "
        "ten, and more where they are few or are worded like yours."
    ),
    needs=("data.off_topic",),
    thresholds={
        "block_share": Threshold(
            0.20,
            "share of rows",
            "our choice: 10 % blocked three sound sets whose second subject was the person's own (16, 21 and 36 % of "
            "their rows were named, docs/decisions/0016); a subject of a quarter or more is not named at all",
        ),
    },
    fires_on=Facts(data=DataFacts(rows=100, usable_rows=100, off_topic=(3, 8))),
    quiet_on=Facts(data=DataFacts(rows=100, usable_rows=100, off_topic=())),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.data
    yield from rows_found(
        "Rows unlike the rest of the data (outliers)", facts.data.off_topic, facts.data.rows, limits.block_share
    )
