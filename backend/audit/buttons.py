"""Buttons and pointers of a web page that got between the lines of a text: all their words are such words.

`Print this page`, `Show less`, `Read the full story`: something that a page has one do, and with what. `Docs › Guides ›
Install`: a trail of places, of which one is a part of any site.
"""

from __future__ import annotations

import re

from backend.audit.vocabulary import word_list

MOST_WORDS = 9

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_SENTENCE_END = (".", "!", ",", ";")
_PLACE = r"[^\W\d_][^\n>›»→|/]{1,25}"
_TRAIL = re.compile(rf"{_PLACE} ?([>›»→|]|/(?=\s)) ?{_PLACE}(?: ?\1 ?{_PLACE}){{1,4}}")


def first_look() -> str:
    """A pattern (RE2) for texts with a line that may be one."""
    words = "|".join(sorted(word_list("page_does") | word_list("page_things") | word_list("page_words")))
    places = "|".join(sorted(word_list("page_places")))
    button = rf"(?:(?:{words})[ '’,|/·•&:?-]{{1,3}})*(?:{words})[ \t:?»›→>…\r]*"
    return rf"(?i)(?:\A|\n)[ \t]*(?:{button}|(?:{places})[\w ]{{0,15}} ?[>›»→|/] ?[^\n]*)(?:\n|\z)"


def is_button(line: str) -> bool:
    """Whether a line of its own, without spaces around it, is one."""
    if line.endswith(_SENTENCE_END):
        return False
    said = [word.casefold() for word in _WORD.findall(line)]
    if not 0 < len(said) <= MOST_WORDS:
        return False
    does, things = word_list("page_does"), word_list("page_things")
    if all(word in does or word in things or word in word_list("page_words") for word in said):
        short = len(said) < 4 and line[0].isupper()
        return len(said) > 1 and not does.isdisjoint(said) and (short or not things.isdisjoint(said))
    return said[0] in word_list("page_places") and _TRAIL.fullmatch(line) is not None
