"""inconsistent-labels: one label written in several ways.

They differ by case, spaces, punctuation, a word before or behind them (`label: spam`), an abbreviation or a slip of the
pen (`backend/audit/labels.py`).
"""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import DataFacts, Facts
from rules.rule import Hit, Limits, Rule
from rules.wording import CLEAN_COPY, listed, of_rows

RULE = Rule(
    id="inconsistent-labels",
    family="quality",
    step="data",
    severity="block",
    problem="The same label is written in several ways.",
    why=(
        "The model takes `Spam` and `spam ` for two different answers, and its answer counts as wrong when it has "
        "the other spelling."
    ),
    fix=f"Choose one spelling for each label; a cleaned copy has the commonest one throughout. {CLEAN_COPY}",
    needs=("data.label_spellings",),
    fires_on=Facts(
        data=DataFacts(rows=10, usable_rows=10, label_spellings=(("Spam", "spam "),), label_spelling_rows=(2, 6))
    ),
    quiet_on=Facts(data=DataFacts(rows=10, usable_rows=10, label_spellings=())),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.data and facts.data.label_spellings is not None
    variants = facts.data.label_spellings
    if variants:
        shown = listed([" = ".join(f"“{spelling}”" for spelling in spellings) for spellings in variants])
        rows = facts.data.label_spelling_rows or ()
        where = of_rows(len(rows), facts.data.rows)
        yield Hit(
            f"Labels with more than one spelling: {len(variants):,} ({shown}), in {where}.",
            measured=len(variants),
            threshold=0,
            unit="labels",
            rows=rows,
        )
