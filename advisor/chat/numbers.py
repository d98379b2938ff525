"""The rule that numbers come from tools, enforced: which numbers of an answer no tool has given."""

from __future__ import annotations

import re

NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?")
LIST_MARK = re.compile(r"(?m)^\s*\d+[.)]\s")


def unsupported(answer: str, sources: list[str]) -> list[str]:
    """The numbers in `answer` that are in none of `sources`, also not rounded or as percent instead of a fraction."""
    given = {_value(found) for source in sources for found in NUMBER.findall(source)}
    return [found for found in NUMBER.findall(LIST_MARK.sub("", answer)) if not _known(found, given)]


def _known(text: str, given: set[float]) -> bool:
    value = _value(text)
    decimals = len(text.partition(".")[2])
    forms = (form for known in given for form in (known, known * 100, known / 100))
    return any(round(form, decimals) == value for form in forms)


def _value(text: str) -> float:
    return float(text.replace(",", ""))
