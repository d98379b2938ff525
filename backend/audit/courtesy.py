"""What is said around a question or an answer out of courtesy: greetings, thanks, offers of more help."""

from __future__ import annotations

import re
from functools import cache

from backend.audit.text import words
from backend.audit.vocabulary import phrase_list, word_list

LONGEST = 12
"""Words of a clause of courtesy."""
EDGE = 100
"""Characters from either end in which a clause is looked for."""

_CLAUSE_END = re.compile(r"[.!?:;\n]+\s+|,\s+|\s[-–—]\s+|[。！？，：；]\s*")
_MARKS = " \n.,:;!?。！？，：；"
_CAPITAL = re.compile(r"\s(?=[A-Z])")
_NAME = re.compile(r"[A-Z]\w*(?: [A-Z]\w*)?|(?:[Tt]he|[Yy]our) \w+(?: \w+)?")


def without_courtesy(text: str) -> str:
    """The text without what opens and closes it out of courtesy; as it is where that is all of it.

    A clause is courtesy where all its words may stand in one, and one of them says so. A name behind it signs it.
    """
    if not tells_of_courtesy(text):
        return text.strip() or text
    start, end = 0, len(text)
    while (opening := _CLAUSE_END.search(text, start, min(end, start + EDGE))) and opens(
        text[start : opening.start()]
    ):
        start = opening.end()
    while (closing := _closing(text, start, end)) is not None:
        end = closing
    return text[start:end].strip() or text


def tells_of_courtesy(text: str) -> bool:
    """Whether a word of courtesy stands near either end."""
    return not _telling().isdisjoint(words(f"{text[:EDGE]} {text[-EDGE:]}".casefold()))


@cache
def _telling() -> frozenset[str]:
    of_phrases = {max(words(phrase), key=len) for phrase in phrase_list("courtesies")}
    return word_list("courtesy") | word_list("introducing") | of_phrases


def is_courtesy(clause: str) -> bool:
    """Whether a clause is made of words of courtesy, or is one in another language."""
    bare = clause.strip(_MARKS).replace("’", "'").casefold()
    return bare in phrase_list("courtesies") or _is_made_of(clause, word_list("courtesy"))


def opens(clause: str) -> bool:
    """Whether a clause only leads up to what follows: a courtesy, or `In other words`, `Here is my question`."""
    return is_courtesy(clause) or _is_made_of(clause, word_list("introducing"))


def _is_made_of(clause: str, telling: frozenset[str]) -> bool:
    """Whether one of its words is `telling`, and all others are too or may stand in a courtesy."""
    said = [word.casefold() for word in words(clause)]
    others = word_list("courtesy"), word_list("in_courtesy")
    return (
        0 < len(said) <= LONGEST
        and not telling.isdisjoint(said)
        and all(word in telling or any(word in known for known in others) for word in said)
    )


def _closing(text: str, start: int, end: int) -> int | None:
    """Where the last clause begins if it is courtesy, perhaps with a name behind it."""
    first = max(start, end - EDGE)
    clauses = [found.end() for found in _CLAUSE_END.finditer(text, first, end)]
    capitals = [found.end() for found in _CAPITAL.finditer(text, first, end)]
    for name in (False, True):
        if name and clauses and _NAME.fullmatch(text[clauses[-1] : end].rstrip(" .!")):
            end = clauses.pop()
        elif name:
            return None
        for at in sorted({*clauses, *capitals}):
            if start < at < end and is_courtesy(text[at:end]):
                return at
    return None
