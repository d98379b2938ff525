"""personal-data: e-mail addresses, phone and card numbers, IBANs, national ids, addresses."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import DataFacts, Facts
from rules.rows_found import rows_found
from rules.rule import Hit, Limits, Rule
from rules.wording import CLEAN_COPY, listed

RULE = Rule(
    id="personal-data",
    family="quality",
    step="data",
    severity="block",
    waivable=True,
    problem="Some rows contain personal data.",
    why=(
        "A tuned model can repeat it to strangers, and once learnt it cannot be deleted again; the law may "
        "forbid the use."
    ),
    fix=(
        f"Replace it by stand-ins. {CLEAN_COPY} Or have the expert waive this in writing with the legal ground: "
        "`tunewise waive PROJECT personal-data --by NAME --why TEXT`."
    ),
    needs=("data",),
    fires_on=Facts(data=DataFacts(rows=10, usable_rows=10, personal=(1, 6), personal_kinds=(("e-mail", 2),))),
    quiet_on=Facts(data=DataFacts(rows=10, usable_rows=10)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.data
    kinds = listed([f"{kind}: {count:,}" for kind, count in facts.data.personal_kinds])
    details = f"; {kinds}" if kinds else ""
    yield from rows_found("Personal data", facts.data.personal, facts.data.rows, details=details)
