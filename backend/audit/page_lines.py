"""Furniture of a web page that stands on a line of its own, or behind the last sentence of a line: "Read more »".

A text that is nothing else is no leftover: it may be the name of a button that is to be translated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from itertools import islice, pairwise

from backend.audit import buttons
from backend.audit.columns import answers, inputs
from backend.audit.pattern_lists import in_parts, lines, part
from backend.audit.short_lines import texts_with_line
from backend.audit.wider import wider
from backend.domain import Example

FEWEST_WORDS = 4
"""Of the rest of the text, so that the line is furniture around something."""


_lines = partial(lines, "page_lines")
"""The patterns of one section of `page_lines.toml`, as one."""
_KNOWN = f"{_lines('anywhere')}|{_lines('abroad')}"
"""Lines that stand anywhere on a page, in English and other languages."""
_OPEN, _SHUT = r"[\[(«‹<←→…↑☰»›|×✕]{0,3} ?", r" ?(?:\.\.\.|[\])»›→>…:|↑↓▼▾^+.]){0,4}[ \t\r]*"
"""Signs before and behind the words of a button."""
_FIRST_LOOK = (
    *(
        rf"""(?i:["'”’)\]\s]*{_OPEN}(?:{some}){_SHUT}\s*)"""
        for some in (
            *in_parts("page_lines", "anywhere", 3),
            _lines("abroad"),
            _lines("last"),
            ".*(?:cookie|kakor).*",
            _lines("stubs"),
            _lines("gaps"),
        )
    ),
    *buttons.first_look(),
    r"[^|·•»›/\n]{1,40}(?:(?: ?[|·•»›] ?| / )[^|·•»›/\n]{1,40})+",
)
"""What every such line is (RE2), behind a sentence with the marks that shut it. Joined they take ten times as long."""
_ANYWHERE = f"{_KNOWN}|{_lines('cookies')}|{_lines('stubs')}|{_lines('gaps')}"
"""All of those that need not be the last line."""
_LINE = re.compile(rf"{_OPEN}(?:{_ANYWHERE}){_SHUT}", re.IGNORECASE)
"""Such a line as a whole."""
_LAST_LINE = re.compile(rf"{_OPEN}(?:{_lines('last')}){_SHUT}", re.IGNORECASE)
"""A line that is one only where a text ends."""
_BEHIND = re.compile(rf"{_OPEN}(?:{_ANYWHERE}|{_lines('last')}) ?(?:\.\.\.|[\])»›→>…|↑↓▼▾^+]){{0,4}}", re.IGNORECASE)
"""Behind a sentence: without a full stop, else it may be a sentence that invites to something, and without a colon,
which announces what is to come."""
_REFERENCE = re.compile(r"see also: .*\.", re.IGNORECASE)
"""Where a text itself, which ends its sentences, says what to read besides."""
_TAIL = re.compile(r"[.!?…][\"'”’)\]]?[ \t]+(?=\S[^\n]{0,79}[^.!?\n](?:\.\.\.)?\s*\Z)")
"""The end of the last sentence of a line that goes on without a full stop."""
_PLACE = re.compile(rf"{_OPEN}{part('page_lines', 'item')}{_SHUT}", re.IGNORECASE)
"""A part of a page as menus name it."""
_BAR = re.compile(r" ?[|·•»›] ?| / ")
"""What parts the words of a bar."""
_UPRIGHT, _SENTENCE, _WORD = re.compile(r" ?\| ?"), re.compile(r"[.!?]\s+"), re.compile(r"\S+")
"""The upright stroke of a bar; the end of a sentence; a word."""
LONGEST_PART = 4
"""Words of the last part of a bar that the text of its line follows."""
_SUBJECTS = (
    "The|You|Your|We|Our|If|This|These|It|Its|There|When|They|He|She|Most|Some|Please|After|Before|While|Although"
)
"""Words with which a sentence begins, and names of buttons do not go on."""
BEFORE_SENTENCES = rf"(?:[a-z]|[a-z]\.\.\.|[…»›→]) (?:{_SUBJECTS}) [a-z]"
"""What texts hold (RE2) where a sentence begins behind words that no sentence ends with."""
_CONTROLS = "box|button|check-?box|column|dialog|field|list|menu|option|radio button|setting|switch|tab|window"
"""Of these a manual says what they are for, below the words on them: `Get Online Quotes This check-box is to …`."""
_BEFORE_SENTENCE = re.compile(
    rf"(?:\A|(?<=[.!?] ))([^.!?:;,()\n]{{2,60}}?(?:\.\.\.|…)?[ »›→]+)"
    rf"(?!This (?:{_CONTROLS}) )(?=(?:{_SUBJECTS}) [a-z])"
)
"""The words on a button right before a sentence."""
IN_FRONT = rf"\A(?i:{_lines('front')})[ .»›>…→|]"
"""What texts hold (RE2) that begin with a button in another language than English."""
_IN_FRONT = re.compile(
    rf"\A((?i:{_lines('front')})(?: ?[»›>…→|]| ?\.\.\.)? +)"
    r"(?=[\"„«“¿¡/]?(?:[^\W\d_a-zß-öø-ÿ]|\d)\S*(?:\s+\S+){2}|[\u0600-\u06ff\u3040-\u9fff\uac00-\ud7af])"
)
"""The same in other languages than English, at the beginning of a text."""
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
"""A month in English."""
_DATE = re.compile(
    rf"(?:\w+, )?(?:{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}|\d{{1,2}}\.? {_MONTH},? \d{{4}}"
    r"|\d{1,2}[/.]\d{1,2}[/.]\d{2,4})|\d+ min(?:ute)?s? read|\d+ \w+ ago",
    re.IGNORECASE,
)
"""A date, or how long ago or how long to read, as pages say it beside a title."""
FEWEST_BEFORE = 3
"""Words of the sentence before; the number of a step is none."""
_COUNT = re.compile(r"(?:posts|joined|member since|messages|reputation|threads|likes): ?\S", re.IGNORECASE)
"""What forums say of who writes."""
SHORTEST_MENU = 3
"""Lines."""
LONGEST, LONGEST_ON_COOKIES = 110, 260
"""Characters of a line."""


def rows_with_lines(examples: Sequence[Example]) -> set[int]:
    """Indices of examples that may hold such a line.

    Texts of one line without a bar that end with a full stop hold none, and are most.
    """
    columns = [
        (texts, [at for at, text in enumerate(texts)
                 if not text or text[-1] not in ".!?" or "\n" in text or "|" in text])
        for texts in (inputs(examples), answers(examples))
    ]  # fmt: skip
    some = list(dict.fromkeys(texts[at] for texts, rows in columns for at in rows))  # labels come again and again
    places = texts_with_line(some, _FIRST_LOOK, LONGEST_ON_COOKIES, _may_be)
    barred = (at for at, text in enumerate(some) if "|" in text and any(map(_bar_in_front, text.split("\n"))))
    lined = {some[place] for place in places.union(barred)}
    return {at for texts, rows in columns for at in rows if texts[at] in lined} if lined else set()


@lru_cache(2**12)  # lines of pages come again and again
def _may_be(line: str) -> bool:
    line = line.lstrip("\"'”’)] \t")
    forms = (_LINE, _LAST_LINE, _BEHIND, _PLACE)
    known = any(form.fullmatch(line) for form in forms) or buttons.stands_alone(line)
    return known or buttons.is_button(line) or _is_bar(line)


def _is_bar(line: str) -> bool:
    """`News | Sport | Contact`, `Ann Lee · 3 May 2020`: three or more short parts of which two are parts of pages, or
    a name and when it was written."""
    parts = _BAR.split(line)
    if len(parts) < 2 or not all(0 < len(part.split()) < 5 for part in parts) or line[-1] in ".,;|":
        return False  # a row of a table ends with a bar
    if any(_DATE.fullmatch(part) or _COUNT.match(part) for part in parts):
        return True
    known = sum(map(_is_part, parts))
    return known == len(parts) or (len(parts) > 2 and known > 1)


def furniture(text: str, fewest: int = FEWEST_WORDS) -> list[tuple[int, int]]:
    """(start, end) of every such stretch, in order; none where the rest of the text has less than `fewest` words."""
    found = list(_stretches(text))
    left = len(text.split()) - sum(len(text[start:end].split()) for start, end in found) if found else 0
    return found if left >= fewest else []


def without_last(text: str) -> str:
    """The text without the furniture that it ends with, on one line or on more."""
    for start, end in reversed(furniture(text)):
        if end < len(text.rstrip()):
            break
        text = text[:start].rstrip()
    return text


def before_sentences(text: str) -> list[tuple[int, int]]:
    """(start, end) of furniture in front of a sentence on the same line: `Read more... You can see it`."""
    in_front = _IN_FRONT.match(text)
    if in_front:
        return [in_front.span(1)]
    found = (one.span(1) for one in _BEFORE_SENTENCE.finditer(text))
    return [(start, end) for start, end in found if _is_furniture(text[start:end].strip())]


def looks_led() -> str:
    """A pattern (RE2) that every text holds with furniture in front of a sentence on the same line."""
    return wider(_IN_FRONT, _BEFORE_SENTENCE)


@lru_cache(2**12)
def _is_furniture(words: str) -> bool:
    return _LINE.fullmatch(words) is not None or (" " in words and buttons.is_button(words))


def _stretches(text: str) -> Iterator[tuple[int, int]]:
    end_of_text = len(text.rstrip())
    at = 0
    lines = text.split("\n")
    menus = _in_menus([line.strip() for line in lines]) | _alone([line.strip() for line in lines])
    for number, line in enumerate(lines):
        bare = line.strip()
        start = at + len(line) - len(line.lstrip())
        last = start + len(bare) >= end_of_text
        short = len(bare) <= (LONGEST_ON_COOKIES if "ook" in bare or "OOK" in bare else LONGEST)
        if number in menus or (
            short
            and (_is_line(bare) or (last and start and _LAST_LINE.fullmatch(bare)))
        ):
            yield start, start + len(bare)
        else:
            if front := _bar_in_front(bare) if "|" in bare else 0:
                yield start, start + front
            if tail := next((tail for tail in _TAIL.finditer(bare, front) if _is_behind(bare, tail.end())), None):
                yield start + tail.end(), start + len(bare)
        at += len(line) + 1


@lru_cache(2**12)
def _is_line(bare: str) -> bool:
    known = _LINE.fullmatch(bare) is not None and not _REFERENCE.fullmatch(bare)
    return known or buttons.is_button(bare) or _is_bar(bare)


def _is_behind(line: str, start: int) -> bool:
    if len(line[:start].split()) < FEWEST_BEFORE:
        return False
    return _is_tail(line[start:])


@lru_cache(2**12)
def _is_tail(tail: str) -> bool:
    known = _BEHIND.fullmatch(tail) is not None or buttons.is_button(tail) or _is_bar(tail)
    return known or buttons.stands_alone(tail)


def _alone(lines: Sequence[str]) -> set[int]:
    """Numbers of the lines of one word that pages have, if no other line is of one word, as those of a list are."""
    of_one = [number for number, line in enumerate(lines) if line and " " not in line]
    few = len(of_one) < SHORTEST_MENU and all(buttons.stands_alone(lines[number]) for number in of_one)
    return set(of_one) if few else set()


def _bar_in_front(line: str) -> int:
    """Characters of a bar that the text of a line follows: `Home | About us | Contact  We bake bread.`; else 0."""
    parts = [(0, 0), *(bar.span() for bar in _UPRIGHT.finditer(line, 0, LONGEST))]
    if len(parts) < 2:
        return 0
    for (_, start), (end, _) in pairwise(parts):
        part = line[start:end].strip()
        if not (_is_part(part) or (start == 0 and _is_part(_SENTENCE.split(part)[-1]))):
            return 0
    start = parts[-1][1]
    ends = [word.end() for word in islice(_WORD.finditer(line, start), LONGEST_PART)]
    for end in reversed(ends):
        if _is_part(line[start:end].strip()) and line[end:].lstrip()[:1].isupper():
            return end
    return 0


@lru_cache(2**12)
def _is_part(part: str) -> bool:
    """Whether it is something that any page has: `Home`, `Read more`, `Print`."""
    return bool(_PLACE.fullmatch(part) or _LINE.fullmatch(part)) or buttons.is_button(part) or buttons.is_word(part)


def _in_menus(lines: Sequence[str]) -> set[int]:
    """Numbers of the lines in runs of at least three that are parts of any page: `Home`, `About us`, `Contact`."""
    found: set[int] = set()
    run: list[int] = []
    for number, line in enumerate([*lines, "."]):
        if _PLACE.fullmatch(line):
            run.append(number)
        elif line:
            found.update(run if len(run) >= SHORTEST_MENU else ())
            run = []
    return found
