"""mixed-languages: rows in another language than most of the others.

In translations the inputs and the answers have a language each. Not asked where no language has a clear majority: such
data may well be meant to be in several (`backend/audit/language.py`).
"""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import DataFacts, Facts
from rules.rows_found import rows_found
from rules.rule import Hit, Limits, Rule

RULE = Rule(
    id="mixed-languages",
    family="quality",
    step="data",
    severity="warn",
    problem="Some rows are in another language.",
    why="A few rows in another language teach the model to switch language now and then.",
    fix="Drop or translate the rows named, or gather enough rows in every language you want answered.",
    needs=("data.other_language",),
    fires_on=Facts(data=DataFacts(rows=100, usable_rows=100, other_language=(5,), main_language="English")),
    quiet_on=Facts(data=DataFacts(rows=100, usable_rows=100, other_language=())),
)

_SCRIPTS = {"Cyrillic": "Cyrillic", "Arabic": "Arabic", "Hindi": "Devanagari"}
"""Main languages that are told by their script alone, in which others are written too: Russian, Persian, Marathi."""


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.data
    yield from rows_found(_said(facts.data.main_language), facts.data.other_language, facts.data.rows)


def _said(main: str) -> str:
    if main in _SCRIPTS:
        return f"Not in the {_SCRIPTS[main]} script"
    # a rare language has no name here, only the code of a model
    return "In another language" if not main or main.islower() else f"In another language than {main}"
