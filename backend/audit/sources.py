"""Markup of the sources of documents, and phrases of sites around them: each form told by its own grammar.

A form that many rows have is the file's own; what stands in programs and in code is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from backend.audit.pattern_lists import listed
from backend.audit.sift import any_of
from backend.audit.wider import wider

TOGETHER = 8
"""Forms that are looked for at once."""
OWN_SHARE = 0.03
"""Share of rows with a form above which the file is made of such sources."""
_FORMS = listed("sources")["form"]
SOME = any_of(hint for form in _FORMS for hint in form["hints"])
"""What every text with such a form holds (RE2)."""
_READY = tuple(
    (
        form["hints"],
        re.compile(form["about"], re.IGNORECASE) if "about" in form else None,
        re.compile(form["form"], re.MULTILINE if form.get("cased") else re.MULTILINE | re.IGNORECASE),
    )
    for form in _FORMS
)


def looks() -> tuple[str, ...]:
    """Patterns (RE2), one of which every text with such a form holds: a few forms each, as all would not fit into
    RE2."""
    forms = [form for _, _, form in _READY]
    return tuple(wider(*forms[first : first + TOGETHER]) for first in range(0, len(forms), TOGETHER))


def forms_in(text: str, beside: str = "") -> Iterator[int]:
    """Numbers of the forms that stand in a text, where neither it nor what is `beside` it is about them."""
    lower = text.lower()
    for number, (hints, about, form) in enumerate(_READY):
        if not any(hint in lower for hint in hints) or not form.search(text) or form.search(beside):
            continue
        if about is None or not (about.search(form.sub(" ", text)) or about.search(beside)):
            yield number


def without(text: str) -> str:
    """The words of the text."""
    for number in forms_in(text):
        text = _READY[number][2].sub(lambda found: next((word for word in found.groups() if word), ""), text).strip()
    return text
