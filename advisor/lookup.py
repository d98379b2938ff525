"""What a person means: a rule or a term of the glossary, typing mistakes allowed."""

from __future__ import annotations

import re
from collections.abc import Collection

from advisor.glossary import ALSO, GLOSSARY

_GENERIC = {"rows", "answers", "inputs", "steps"}
"""Words of rule ids that a person may leave out."""


def find_rule(text: str, likely: Collection[str] = ()) -> str | None:
    """The id of the rule a person means, typing mistakes allowed, such as `leaked-rows` for "leeked rows".

    Of several that fit equally, one of the `likely` is taken.
    """
    from rapidfuzz import fuzz

    from rules.judge import all_rules

    asked = re.findall(r"[a-z0-9]+", text.lower())

    def said(word: str) -> bool:
        return any(
            token == word
            or (len(token) >= 4 and (word.startswith(token) or (token.startswith(word) and len(word) >= 4)))
            or (len(token) >= 5 and len(word) >= 5 and (token[:6] == word[:6] or fuzz.ratio(token, word) >= 80))
            for token in asked
        )

    found: list[tuple[int, bool, int, str]] = []
    for rule in all_rules():
        words = rule.id.split("-")
        telling = [word for word in words if word not in _GENERIC] or words
        if all(said(word) for word in telling):
            found.append((len(telling), rule.id in likely, sum(said(word) for word in words), rule.id))
    return max(found)[3] if found else None


def find_term(text: str) -> str | None:
    """The glossary entry a person means, typing mistakes allowed; None when it is in doubt."""
    from rapidfuzz import fuzz, process

    asked = " ".join(text.lower().split()).strip(" ?!.\"'")
    names = {name.lower(): name for name in GLOSSARY} | ALSO
    for guess in (asked, asked.removesuffix("s")):
        if guess in names:
            return names[guess]
    if len(asked) < 4:  # too short to tell a mistake from another word
        return None
    close = process.extractOne(asked, list(names), scorer=fuzz.ratio, score_cutoff=80)
    return names[close[0]] if close else None


def explain(term: str) -> tuple[str, str] | None:
    """(entry, explanation) for a term, typing mistakes allowed; None when we have no entry for it."""
    name = find_term(term)
    return (name, GLOSSARY[name]) if name else None
