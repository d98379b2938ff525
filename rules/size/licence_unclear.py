"""licence-unclear: no licence, or one that forbids commercial use."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rules.facts import Facts, ModelFacts
from rules.rule import Hit, Limits, Rule

RESTRICTED = re.compile(r"\bnc\b|non-?commercial|research", re.IGNORECASE)
"""Words of licences that allow research only, or nothing commercial (`cc-by-nc-4.0`)."""

RULE = Rule(
    id="licence-unclear",
    family="size",
    step="plan",
    severity="warn",
    problem="It is not clear that you may use this model.",
    why="Without a licence nobody has given you the right to use the model, and some licences forbid commercial use.",
    fix="Ask whoever answers for licences in your organisation, or choose a model under Apache-2.0 or MIT.",
    needs=("model",),
    fires_on=Facts(model=ModelFacts("small", 0.1, 2048, 300, licence="cc-by-nc-4.0")),
    quiet_on=Facts(model=ModelFacts("small", 0.1, 2048, 300, licence="apache-2.0")),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.model
    licence = facts.model.licence.strip()
    if licence.casefold() in ("", "other", "unknown"):
        yield Hit(f"{facts.model.name} names no licence that we know{f' (“{licence}”)' if licence else ''}.")
    elif RESTRICTED.search(licence):
        yield Hit(
            f"The licence of {facts.model.name}, “{licence}”, restricts what it may be used for, "
            "such as research only or nothing commercial."
        )
