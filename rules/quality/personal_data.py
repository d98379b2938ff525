"""personal-data: e-mail addresses, phone and card numbers, IBANs, national ids, addresses."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import DataFacts, Facts
from rules.rule import Hit, Limits, Rule
from rules.wording import listed, of_rows

RULE = Rule(
    id="personal-data",
    family="quality",
    step="data",
    severity="block",
    waivable=True,
    belief="More data is always better.",
    problem="Some rows contain personal data.",
    why=(
        "A tuned model can repeat it to strangers, and once learnt it cannot be deleted again; the law may "
        "forbid the use."
    ),
    fix=(
        "Replace it by stand-ins (`tunewise audit DATA --fix OUT` does), or have the expert waive this in "
        "writing with the legal ground: `tunewise waive PROJECT personal-data --by NAME --why TEXT`."
    ),
    needs=("data",),
    fires_on=Facts(data=DataFacts(rows=10, usable_rows=10, personal=(1, 6), personal_kinds=(("e-mail", 2),))),
    quiet_on=Facts(data=DataFacts(rows=10, usable_rows=10)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.data
    found = facts.data.personal
    if found:
        kinds = listed([f"{kind}: {count:,}" for kind, count in facts.data.personal_kinds])
        yield Hit(
            f"Personal data: {of_rows(len(found), facts.data.rows)}{f' ({kinds})' if kinds else ''}.",
            measured=len(found),
            threshold=0,
            unit="rows",
            rows=found,
        )
