"""Phone numbers: international ones, those dialled inside a country by their grouping, and what is said to be one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from backend.audit.before import names_a_thing
from backend.audit.wider import wider

_INTERNATIONAL = re.compile(
    r"(?<![\w+.=*/^])(?:\(\+|\+|00 ?(?=[1-9]\d{0,2}[ ./()-]))(?:[ ]?\(?\d{1,12}\)?[ .\-/\u00a0\u2010-\u2013]?){1,7}"
    r"(?: ?(?:x|ext\.? ?)\d{1,5})?(?![\w+])"
)
_NINE_DIGITS = r"(?:\+|00)[ (]{0,3}(?:\p{Nd}[ ()./\x{a0}\x{2010}-\x{2013}-]{0,4}){8}\p{Nd}"
"""What every international one that counts holds (RE2): so many digits are asked for behind its sign."""
_AMERICAN = re.compile(
    r"(?<![\w+.#=/-])(?:(?:\+?1|001)[-. ])?"
    r"(?:\([2-9]\d{2}\)[ -]?[2-9]\d{2}[-. ]|[2-9]\d{2}([-.\u2010-\u2013])[2-9]\d{2}\1)\d{4}"
    r"(?: ?(?:x|ext\.? ?)\d{1,5})?(?![\w-]|\.\d| =)"
)
_TRUNK = re.compile(
    r"(?<![\w+.#=/,-])(?<!\d )(?:07\d{3}[ ]?\d{3}[ ]?\d{3}|01[567]\d[ ]?\d{7,8}|\(0\d{1,4}\)[ ]?\d{3,4}[ -]?\d{3,4}"
    r"|\(\d{2}\) ?9?\d{4}-\d{4}|\(\d{2,3}\) \d{3} ?\d{3} ?\d{3}|0[1-9]\d{2,3} \d{5,7}"
    r"|0[1-9]\d{0,2}-\d{2,3} \d{2}(?: \d{2})?|06-\d{1,2}/\d{3} ?\d{4}|8[ -]\(?\d{3}\)?[ -]\d{3}[ -]\d{2}[ -]?\d{2}"
    r"|0\d{2,4}[/] ?\d{5,8}|0[1-9]\d{0,3}([ .-])\d{2,4}(?:\1\d{2,4}){1,3})(?![\w-]|[ .,/]\d)"
)
"""Numbers as they are dialled inside a country: a 0 in front, then groups of two to four with one kind of gap."""
_LINE = (
    r"(?:phone|mobile|cell(?:phone)?|tel(?:ephone)?|whatsapp|signal|sms|fax|landline|desk"
    r"|handy|telefon|t[ée]l[ée]phone|tel[ée]fono|telefone|celular|m[óo]vil|portable|mobil|mobilnummer|ruf ?nummer"
    r"|telefoon(?:nummer)?|puhelin|電話(?:番号)?|电话|手机|전화|телефон)"
)
_PHONE = r"((?:\+|\()?\d[\d ()/.\-]{5,18}\d(?:x\d{1,5})?)"
_NAMED = re.compile(
    # `reach me at`, `ring Ann on`
    rf"(?<![\w./])(?:{_LINE}|call|dial|ring"
    r"|(?:call(?:ed|ing)?|reach(?:ed)?|text(?:ed)?|ring|phone|dial(?:led|ed)?|contact|answering|messages?)"
    r"(?=:| (?:me|him|her|us|them|at|on|under|to|back)\b)"
    r"(?: me| him| her| us| them)?(?: back)?(?: at| on| under| to)?"
    r"|(?:ring|call|phone|reach|contact|text|message)(?: [\w'’.]+){1,3}? (?:at|on|under)|text|please (?:ring|call)"
    # `her work number`, `left a number`
    r"|(?:contact|callback|emergency|daytime|evening|office|home|work|private|direct) (?:number|no\.?)"
    r"|(?:left|gave|leave|leaves) (?:\w+ )?(?:the|this|a|his|her|their|your) number"
    r"|(?:my|his|her|their|your)(?: new| old| work| home| private| registered| direct)* number"
    r"|registered(?! (?:number|no\b)))(?!\w)"  # that is a company's
    r"(?: (?:number|no\.?|nummer|is|at|on|ist|me|him|her|now|under))*"
    rf"[\"']?[ .:#\n]{{1,3}}[\"']?{_PHONE}(?![\w]|-\d)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d[\d ()/.\-]{5,}\d")
AROUND = 100
"""Characters around a number in which it may be said whose it is."""
_LABELLED = re.compile(
    rf"(?<![\w+.#=/,-]){_PHONE}[ -]?[ ([]?(?:office|fax|mobile|cell|home|work|landline)\b",
    re.IGNORECASE,
)
_CHINESE_MOBILE = re.compile(r"(?<![\d.-])1[3-9]\d{9}(?![\d.-])")
_HAN = re.compile("[一-龥]")
"""Among Chinese signs a number of that form is a mobile one; elsewhere it may be anything."""
_SUM = re.compile(r"[\w)\]]\s*\+ \d|\+\d+\.\d\Z")
_FICTION = re.compile(r"55501\d\d\Z")
"""Lines kept free in North America for films and manuals: nobody's."""
_DRUG = re.compile(r"\d{5}-\d{4}-\d{2}")
"""How the National Drug Code numbers packages, and nobody writes a number to dial."""
_SERVICE = re.compile(
    # North America, Australia and India, Spain, Italy
    r"(?:1 ?)?8(?:00|22|33|44|55|66|77|88) ?\d{3} ?\d{4}|(?:1 ?)?900 \d{3} \d{4}|1[38]00(?: ?\d){6,7}"
    r"|(?:90[0-2]|80[03])(?: ?\d){6}"
    # free of charge in most of Europe, in France by twos; Japan, the Netherlands, Sweden, Germany
    r"|080\d ?\d[\d ]*|08 0\d(?: \d\d){3}|0(?:120|900)(?: ?\d){4,6}|020(?: ?\d){5,6}|077[01](?: ?\d){6}|0180 \d[\d ]*"
    # the United Kingdom, whose groups tell them from towns of Germany
    r"|0(?:3(?:0[03]|3[03]|4[345]|7[01])|84[345]|870) \d{3} \d{4}"
)
"""Lines of firms and authorities, free of charge or at a shared price: they are no person's. Signs between the groups
of digits are spaces here."""
_SERVICE_ABROAD = re.compile(
    r"(?:800|1(?:8(?:00|22|33|44|55|66|77|88)|900)|460?(?:20|77[01])|4[49]0?(?:80\d|180)|440?(?:3[0347]|84|870)"
    r"|330?8[0129]|611[38]00|3980[03]|3490[0-2]|3[12]0?800|4[13]0?800)\d*"
)
"""Such lines behind `+` or `00`, digits alone."""
_GAPS = re.compile(r"\D+")
_DATE = re.compile(
    r"(?:0?[1-9]|[12]\d|3[01])([./ -])(?:0?[1-9]|1[0-2])\1(?:19|20)\d\d|(?:19|20)\d\d([./ -])\d\d\2\d\d|\d+\.\d+"
)


def look() -> str:
    """A pattern (RE2) that every text with a phone number holds."""
    return f"{_NINE_DIGITS}|{wider(_AMERICAN, _TRUNK, _CHINESE_MOBILE, _NAMED, _LABELLED)}"


def find_phones(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, "phone") of each; the same stretch may come more than once."""
    return (found for found in _found(text) if not _is_service(text[found[0] : found[1]]))


def _is_service(number: str) -> bool:
    grouped = _GAPS.sub(" ", number.partition("x")[0]).strip()
    if number.lstrip("(").startswith(("+", "00")):
        return _SERVICE_ABROAD.fullmatch(grouped.replace(" ", "").removeprefix("00")) is not None
    return _SERVICE.fullmatch(grouped) is not None


def _found(text: str) -> Iterator[tuple[int, int, str]]:
    if "+" in text or "00" in text:
        yield from _international(text)
    for match in _AMERICAN.finditer(text):
        digits = only_digits(match.group().partition("x")[0])[-10:]
        if not _FICTION.search(digits) and len(set(digits)) > 3 and not names_a_thing(text, *match.span()):
            yield match.start(), match.end(), "phone"
    for match in _TRUNK.finditer(text):
        digits = only_digits(match.group())
        is_drug = _DRUG.fullmatch(match.group())
        if 9 <= len(digits) <= 12 and len(set(digits)) > 3 and not is_drug and not names_a_thing(text, *match.span()):
            yield match.start(), match.end(), "phone"
    for match in _CHINESE_MOBILE.finditer(text) if _HAN.search(text) else ():
        if not names_a_thing(text, *match.span()):
            yield match.start(), match.end(), "phone"
    for near in _NUMBER.finditer(text):
        begin, end = max(0, near.start() - AROUND), near.end() + AROUND
        for match in chain(_NAMED.finditer(text, begin, end), _LABELLED.finditer(text, begin, end)):
            digits = only_digits(match.group(1).partition("x")[0])
            span = match.span(1)
            sound = 7 <= len(digits) <= 15 and len(set(digits)) > 2 and not _DATE.fullmatch(match.group(1).strip("()"))
            sound = sound and not (len(digits) <= 11 and _FICTION.search(digits))
            if sound and not names_a_thing(text, *span):
                yield *span, "phone"


def _international(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _INTERNATIONAL.finditer(text):
        found = match.group().rstrip(" .-/\u00a0")
        digits = only_digits(found.partition("x")[0]).removeprefix("00")
        if not 9 <= len(digits) <= 15 or digits[0] == "0" or len(set(digits)) <= 3:
            continue
        is_thing = found[0] == "0" and names_a_thing(text, *match.span())
        is_thing = is_thing or _DRUG.fullmatch(found) is not None
        is_thing = is_thing or (digits[0] == "1" and _FICTION.search(digits) is not None)
        if not is_thing and not _SUM.search(text, max(0, match.start() - 3), match.end()):
            yield match.start(), match.start() + len(found), "phone"


def only_digits(text: str) -> str:
    """The digits of a text, in order."""
    return "".join(sign for sign in text if sign.isdigit())
