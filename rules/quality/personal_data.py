"""personal-data: e-mail, IP and home addresses, phone and card numbers, IBANs, national ids.

That models repeat rows word for word is shown by Carlini et al. 2021, "Extracting Training Data from Large Language
Models" (arXiv 2012.07805).
"""

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
        "A tuned model can repeat it to strangers, and what is learnt cannot be deleted again. The law may forbid "
        "such use."
    ),
    fix=(
        f"Put stand-ins in its place. {CLEAN_COPY} Or have the expert allow it in writing (waive it), with the legal "
        "ground: `tunewise waive PROJECT personal-data --by NAME --why TEXT`."
    ),
    needs=("data",),
    fires_on=Facts(data=DataFacts(rows=10, usable_rows=10, personal=(1, 6), personal_kinds=(("email", 2),))),
    quiet_on=Facts(data=DataFacts(rows=10, usable_rows=10)),
)

IN_WORDS = {
    "email": "e-mail address",
    "phone": "phone number",
    "card": "payment card number",
    "iban": "bank account number (IBAN)",
    "ssn": "United States social security number (SSN)",
    "nino": "British national insurance number (NINO)",
    "national id": "national id",
    "ip": "IP address",
    "address": "postal address",
}
"""The kinds that are measured, as a person would call them."""


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.data
    kinds = listed([f"{IN_WORDS.get(kind, kind)}: {count:,}" for kind, count in facts.data.personal_kinds])
    details = f"; {kinds}" if kinds else ""
    yield from rows_found("Personal data", facts.data.personal, facts.data.rows, details=details)
