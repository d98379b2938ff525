"""leftover-markup: HTML, navigation text, tracking links or code fences inside plain text."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import DataFacts, Facts
from rules.rows_found import rows_found
from rules.rule import Hit, Limits, Rule
from rules.wording import CLEAN_COPY

RULE = Rule(
    id="leftover-markup",
    family="quality",
    step="data",
    severity="warn",
    problem="Some texts still contain web-page leftovers.",
    why="The model learns tags such as `<br>` and the words of menus as if they were language, and writes them too.",
    fix=f"Take them out with a cleaned copy, or keep them if your task is about web pages or code. {CLEAN_COPY}",
    needs=("data.markup",),
    fires_on=Facts(data=DataFacts(rows=100, usable_rows=100, markup=(3, 8))),
    quiet_on=Facts(data=DataFacts(rows=100, usable_rows=100, markup=())),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.data
    yield from rows_found("Web-page leftovers in the text (markup)", facts.data.markup, facts.data.rows)
