"""One way of writing what may be written in several: lists, emphasis, numbers, dates, units, shortened words."""

from __future__ import annotations

import re
from functools import cache

from backend.audit.text import INVISIBLE
from backend.audit.vocabulary import groups

_LIST_MARK = re.compile(r"^[ \t]*(?:[-*+•·‣▪●–—]|(?:Step )?(\d{1,2})[.):])[ \t]+", re.MULTILINE)
_EMPHASIS = re.compile(r"(?<![\w*])(\*{1,3})(?=[^\s*])([^*\n]+?)(?<=[^\s*])\1(?![\w*])")
_TAG = re.compile(r"</?(?:b|i|u|em|strong|p|br|ul|ol|li|span|h[1-6])\s*/?>", re.IGNORECASE)
_HEADING = re.compile(r"^#{1,6}[ \t]+", re.MULTILINE)
_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,])")
_PER_CENT = re.compile(r"(?<=\d)\s*(?:%|per ?cent\b)", re.IGNORECASE)
_MONEY = re.compile(r"(US\$|[$€£¥]|USD|EUR|GBP|JPY) ?(\d[\d.,]*(?<=\d)(?: (?:thousand|million|billion|trillion)\b)?)")
_CURRENCY = {"$": "dollars", "US$": "dollars", "€": "euros", "£": "pounds", "¥": "yen"}
_CURRENCY |= {"USD": "dollars", "EUR": "euros", "GBP": "pounds", "JPY": "yen"}
_MONTHS = "January February March April May June July August September October November December".split()
_MONTH = {short: name for name in _MONTHS for short in (name.casefold(), name[:3].casefold(), name[:4].casefold())}
_DAY_FIRST = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?(?: of)? ([A-Za-z]{3,9})\b[.]?(?:,? (\d{4})\b)?")
_MONTH_FIRST = re.compile(r"\b([A-Za-z]{3,9})[.]? (\d{1,2})(?:st|nd|rd|th)?\b(?:,? (\d{4})\b)?")
_UNIT = re.compile(r"(?<![^\W\d_]\d)(?<=\d) ?([^\W\d_]+(?!\w)|[$€£¢]|°(?: ?[CFcf]\b)?)([.]?)")
_DIGIT = re.compile(r"\d")
_YEAR_FIRST = re.compile(r"\b(\d{4})-(0[1-9]|1[0-2])-(\d{2})\b")
_WITH_DOTS = re.compile(r"\b(\d{1,2})[.](0?[1-9]|1[0-2])[.](\d{4})\b")
_SHORTENED = re.compile(r"\b(?:(e\.\s?g\.)|(i\.\s?e\.)|(etc\b\.?)|([Nn]os?\.(?=\s?\d))|(w/(?=\s))|(w/o(?=\s)))")
_PERHAPS_SHORTENED = ("e.g", "i.e", ". g", ". e", "etc", "no.", "No.", "os.", "w/")
_SIGN = re.compile(r"(?<=[^\W\d] )(?:@(?= [^\W\d])|~(?=\d))")
_SMILE = re.compile(r"\s(?:<3|[:;=]-?[()DPp])+\s*\Z")
_IN_LATIN = dict(zip("аеорсухіАВЕКМНОРСТХ", "aeopcyxiABEKMHOPCTX", strict=True))
_LOOKALIKE = re.compile("(?<=[A-Za-z])[{0}]|[{0}](?=[A-Za-z])".format("".join(_IN_LATIN)))
"""Letters of the Cyrillic alphabet in a word of Latin ones."""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ONES = "one two three four five six seven eight nine".split()
_TENS_AND_ONES = re.compile(rf"\b({'|'.join(_TENS)})[- ]({'|'.join(_ONES)})\b", re.IGNORECASE)
_SIGNS = {"@": "at", "~": "about "}
_PHRASE = re.compile(
    r"\b(?:(such as)|(in order to)|(due to|owing to)|(a lot of|lots of)|(prior to)"
    r"|(?<![Dd]o )(?<!did )(?<!does )(?<!not )(?<![Dd]o you )(?<![Dd]o not )(?<![Dd]o we )(?<![Dd]o [Ii] )(?<!do they )"
    r"(ha(?:ve|s) to))\b"
)
"""Two words for one, but for `do I have to`."""
_IN_A_WORD = ("", "like", "to", "because of", "many", "before", "must")
_IN_FULL = ("", "for example", "that is", "and so on", "number", "with", "without")
_BEFORE_A_WORD = re.compile(r"\b([Cc]o|[Ee]|[Rr]e|[Pp]re|[Mm]ulti|[Ss]ub)-(?=[a-z]{3})")
"""What is as often written together with the word behind it: `co-worker`, `e-mail`."""


def joined(text: str) -> str:
    """The text with such words in one."""
    return _BEFORE_A_WORD.sub(r"\1", text) if "-" in text else text


def in_one_way(text: str) -> str:
    """The text without marks of lists and emphasis, its numbers, dates, units and shortened words in one form."""
    if not text.isascii():
        text = _LOOKALIKE.sub(lambda found: _IN_LATIN[found.group()], INVISIBLE.sub("", text))
    text = joined(_SMILE.sub("", text))
    if "\n" in text:
        text = _without_list_marks(_HEADING.sub("", text) if "#" in text else text)
    if "*" in text:
        text = _EMPHASIS.sub(r"\2", text)
    if "<" in text:
        text = _TAG.sub(" ", text)
    if " @ " in text or "~" in text:
        text = _SIGN.sub(lambda found: _SIGNS[found.group()], text)
    if any(sign in text for sign in _PERHAPS_SHORTENED):
        text = _SHORTENED.sub(lambda found: _IN_FULL[found.lastindex or 0], text)
    if "such as" in text or " to" in text or " of" in text:
        text = _PHRASE.sub(lambda found: _IN_A_WORD[found.lastindex or 0], text)
    if "ty" in text:
        text = _TENS_AND_ONES.sub(_number, text)
    return _numbers_in_one_way(text) if _DIGIT.search(text) else text


def _number(found: re.Match[str]) -> str:
    return str(10 * _TENS.index(found[1].casefold()) + 21 + _ONES.index(found[2].casefold()))


def _without_list_marks(text: str) -> str:
    marks = _LIST_MARK.findall(text)
    numbers = [int(number) for number in marks if number]
    counting = numbers == list(range(1, len(numbers) + 1))
    return _LIST_MARK.sub("", text) if len(marks) > 1 and counting else text


def _numbers_in_one_way(text: str) -> str:
    if "," in text:
        text = _THOUSANDS.sub(lambda found: found.group().replace(",", ""), text)
    text = _MONEY.sub(lambda found: f"{found[2]} {_CURRENCY[found[1]]}", text)
    text = _PER_CENT.sub(" percent", text)
    text = _YEAR_FIRST.sub(lambda found: _date(found, found[3], _MONTHS[int(found[2]) - 1], found[1]), text)
    text = _WITH_DOTS.sub(lambda found: _date(found, found[1], _MONTHS[int(found[2]) - 1], found[3]), text)
    text = _DAY_FIRST.sub(lambda found: _date(found, found[1], found[2], found[3]), text)
    text = _MONTH_FIRST.sub(lambda found: _date(found, found[2], found[1], found[3]), text)
    return _UNIT.sub(_unit, text)


def _date(found: re.Match[str], day: str, month: str, year: str | None) -> str:
    name = _MONTH.get(month.casefold())
    if name is None:
        return found.group()
    return f"{int(day)} {name}" + (f" {year}" if year else "")


def _unit(found: re.Match[str]) -> str:
    name = found[1].casefold().replace(" ", "")
    if found[2] and f"{name}." in _units():
        return f" {_units()[f'{name}.']}"
    return f" {_units()[name]}{found[2]}" if name in _units() else found.group()


@cache
def _units() -> dict[str, str]:
    """Unit as written behind a number, in lower case → its one name."""
    return {written: group[0] for group in groups("units") for written in group}
