"""near-duplicate-rows: rows that are almost, but not quite, the same as an earlier one.

Near is what a reader would call the same question put again, with nearly the same answer. Typing mistakes, punctuation,
spaces, a doubled or a small word and words of courtesy make no other question of it; another number, name, negation or
content word does, however alike the rest is (`backend/audit/same_thing.py`; pairs to compare are found by MinHash,
Broder 1997). There is no threshold: near copies may be wanted, and the person decides.
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
        "Rows that say the same in almost the same words count as several but teach little more than one. And a test "
        "row with such a twin in the training data is too easy a test."
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
