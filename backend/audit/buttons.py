"""Buttons, pointers and notices of a web page that got between the lines of a text: told by the words they are made of.

`Print this page`, `Recent comments`, `Alle Beiträge anzeigen`: something that a page has one do, and with what, and no
other words but names. `Docs › Guides › Install`: a trail of places, of which one is a part of any site.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from backend.audit.pattern_lists import listed, told_by_pieces
from backend.audit.vocabulary import word_list

MOST_WORDS = 14
"""Most words of a line that is a button or a menu of a page."""
MOST_DIGITS = 5
"""`Comments (1,204)`, but no phone number."""
MOST_PLAIN_WORDS = 6
"""Of a button without a word that only pages have."""
FIRST = 7
"""Languages looked for at once."""
NAMES_SHARE = 0.5
"""Share of the words that may be names, where one does something with what only pages have: `Follow Ann on Twitter`."""

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SENTENCE_END = (".", ",", ";", "?")
_UNFINISHED = frozenset(
    "of the a an to and or for with in by as sie bitte die der das und le la les el los il che que come de da do "
    "en".split()
)
"""Words that a line ends with where its sentence goes on in the next."""
_NO_BUTTON = re.compile(r"(?:[-*+•#]+|\d+[.)]) |\(|.*(?:[={}<>_\[\]]|\w\(|\w\.\w|::)")
"""An item of a list, in a guide it may well be a step; a remark; code."""
_PLACE = r"[^\W\d_][^\n>›»→|/]{1,25}"
_TRAIL = re.compile(rf"{_PLACE} ?([>›»→|]|/(?=\s)) ?{_PLACE}(?: ?\1 ?{_PLACE}){{1,4}}")
_SHORT = frozenset(
    "browse buy collapse discover download expand explore follow join learn load log pin print rate read register save "
    "scroll search see share shop show sign skip subscribe view".split()
)
_WHEN_OR_HOW = frozenset("by before after until".split())
"""What one is told to do in a sentence has behind it: `Send the ticket by post`."""
_AFTER = frozenset(
    "more all less fewer now here it this that us in out up back top next previous later online again first last "
    "latest newest oldest everything".split()
)
"""What makes a button of such a word of doing: `Show less`, `Sign in`."""


@dataclass(frozen=True)
class Speech:
    """What the pages of one language are made of (`pages.toml`)."""

    does: frozenset[str]
    things: frozenset[str]
    telling: frozenset[str]
    all: frozenset[str]


@cache
def speeches() -> tuple[Speech, ...]:
    """One for each language."""
    found = []
    for lists in listed("pages").values():
        if "does" not in lists:
            continue
        does, things, telling, words = (frozenset(lists[of].split()) for of in ("does", "things", "telling", "words"))
        found.append(Speech(does, things, telling, does | things | telling | words))
    return tuple(found)


def first_look() -> tuple[str, ...]:
    """Patterns (RE2) for lines that may be one: joined they would not fit into RE2's automaton."""
    first, some, others = speeches()[:1], speeches()[1:FIRST], speeches()[FIRST:]
    named = "|".join(rf"(?:{_any(speech.does)})\b.*\b(?:{_any(speech.telling)})\b.*" for speech in (*first, *some))
    trail = rf"(?:{_any(word_list('page_places'))})[\w ]{{0,15}} ?[>›»→|/] ?.*"
    together = listed("pages")["together"]
    pieces = _any(f"{together['pieces']} {together['telling']}".split())
    closed = (rf"(?i:\W*{_closed(speeches)})" for speeches in (first, some, others))
    return (*closed, rf"(?i:\W*(?:{named}|{trail}))", rf"(?:{pieces}|[\W\d])+")


def _closed(some: Iterable[Speech]) -> str:
    """For lines of words of these languages alone."""
    known = {word for speech in some for word in speech.all} | _months()
    ascii_ends = _any(word for word in known if word[-1].isascii())
    others = _any(word for word in known if not word[-1].isascii())  # behind which RE2 sees no end of a word
    return rf"(?:(?:(?:{ascii_ends}|\d+)\b|{others})[\W\d]*)+"


@lru_cache(2**12)
def is_button(line: str) -> bool:
    """Whether a line of its own, without spaces around it, is one."""
    if (told := told_by_pieces("pages", line)) is not None:
        return told
    written = _WORD.findall(line)
    if any(map(str.isdigit, line)):
        written = [word for word in written if word.casefold() not in _months()]
    if not 0 < len(written) <= MOST_WORDS or sum(map(str.isdigit, line)) > MOST_DIGITS:
        return False
    said = [word.casefold().replace("’", "'") for word in written]
    if said[0] in word_list("page_places") and _TRAIL.fullmatch(line):
        return True
    return not _NO_BUTTON.match(line) and any(_is_made_of(speech, said, written, line) for speech in speeches())


def stands_alone(word: str) -> bool:
    """Whether it is a page's where it is the only word of its line: `Share`, `Reply`."""
    return word[:1].isupper() and word.rstrip("!….:»›→").casefold() in alone()


@cache
def alone() -> frozenset[str]:
    """Words, in lower case, that are a page's where one is the only word of its line: `share`, `reply`."""
    return frozenset(word for lists in listed("pages").values() for word in lists.get("alone", "").split())


@cache
def _months() -> frozenset[str]:
    return frozenset(listed("pages")["months"]["names"].split())


def is_word(part: str) -> bool:
    """Whether one word is something that pages have, or have one do: `Print`."""
    speech = speeches()[0]
    return part.casefold() in speech.does | speech.things


def _is_made_of(speech: Speech, said: list[str], written: list[str], line: str) -> bool:
    telling = sum(word in speech.telling for word in said)
    unknown = [own for word, own in zip(said, written, strict=True) if word not in speech.all]
    if line.endswith(_SENTENCE_END) or said[-1] in _UNFINISHED:
        return len(speech.telling.intersection(said)) > 1 and not unknown and line[0].isupper()
    if unknown:
        named = len(unknown) <= NAMES_SHARE * len(said) and all(own.istitle() for own in unknown)
        return named and telling > 0 and any(word in speech.does - speech.telling for word in said)
    if telling and len(said) > (2 if line.isupper() else 1):
        return True
    return 1 < len(said) <= MOST_PLAIN_WORDS and not line.isupper() and _has_one_do(speech, said, line)


def _has_one_do(speech: Speech, said: list[str], line: str) -> bool:
    if speech in speeches()[FIRST:]:
        return False
    if speech is not speeches()[0]:  # in other languages such words are no verses and commands
        said_at_ends = not speech.does.isdisjoint((said[0], said[-1]))
        return line[0].isupper() and said_at_ends and not any(mark in line for mark in ".!?,;")
    if len(said) < 4 and said[0] in _SHORT and all(word in _AFTER for word in said[1:]):
        return line[0].isupper() and not line.endswith("!")
    things = any(word in speech.things and word not in speech.does for word in said[1:])
    return said[0] in speech.does and things and _WHEN_OR_HOW.isdisjoint(said)


def _any(words: Iterable[str]) -> str:
    """In order, so that RE2 sees what begins alike."""
    return "|".join(sorted(map(re.escape, {*words})))
