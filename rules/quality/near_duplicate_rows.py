"""near-duplicate-rows: pairs that are almost, but not quite, the same.

Near is what a reader would call the same question put again: slips, marks, blanks, a doubled or a small word, a
courtesy before or after it. Another number, name, negation or content word is another question, however alike the rest
(`backend/audit/same_thing.py`; pairs to compare are found by MinHash, Broder 1997). There is no threshold here.
"""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import DataFacts, Facts
from rules.rows_found import rows_found
from rules.rule import Hit, Limits, Rule

RULE = Rule(
    id="near-duplicate-rows",
    family="quality",
    step="data",
    severity="warn",
    problem="Some rows are nearly the same as other rows.",
    why=(
        "Rows that say the same in almost the same words count as several but teach little more than one, and they "
        "slip into the test set."
    ),
    fix=(
        "Look at them side by side and keep one of each group unless the small difference matters; `tunewise "
        "audit DATA` lists the rows and shows some beside the earlier row that they repeat."
    ),
    needs=("data.near_duplicates",),
    fires_on=Facts(data=DataFacts(rows=100, usable_rows=100, near_duplicates=(3, 8))),
    quiet_on=Facts(data=DataFacts(rows=100, usable_rows=100, near_duplicates=())),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.data
    yield from rows_found(
        "Almost the same as an earlier row (near duplicates)", facts.data.near_duplicates, facts.data.rows
    )
