"""Personal data: e-mail, phone, card, IBAN, national ids, IP and home addresses, each checked as far as it can be.

Where no standard is named, the forms and the limits are our choice.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain

from backend.audit import addresses, cards, ip_addresses, national_ids, phones
from backend.audit.addresses import find_addresses
from backend.audit.cards import find_cards, find_ibans
from backend.audit.ip_addresses import find_ips
from backend.audit.national_ids import find_ids, said_to_be_id
from backend.audit.phones import find_phones
from backend.audit.sift import MANY_LIKELY, first_look, rows_among
from backend.audit.wider import wider
from backend.domain import Example

Span = tuple[int, int, str]
"""Where it starts and ends in its text, in characters, and its kind."""

_DOT_IN_BRACKETS = r"[\[({]\s?(?i:dot|punkt|punto)\s?[\])}]"
_ENDINGS = r"(?:com|org|net|edu|io|info|eu|de|fr|es|it|nl|uk|ch|pl|pt|br|ca|au|me)"
MAIL = rf"[@＠]| AT [\w-]+\.|[\[({{]\s?(?i:at)\s?[\])}}]|{_DOT_IN_BRACKETS}|(?i: (?:dot|punkt|punto|point) {_ENDINGS})"
"""What every mail address holds. As RE2, which is fast but does not look around: it sorts out most texts at once."""
NUMBER = (
    r"\d(?:[ ()./\x{a0}\x{2010}-\x{2013}-]{0,3}\d){5}|[A-Z]{2}\d{2}[ -]?[A-Z0-9]{4}"
    rf"|{ip_addresses.SOME}|{national_ids.SOME}"
)
"""What all personal data but mail and postal addresses hold, besides a digit (RE2)."""

_EMAIL = re.compile(
    r"(?<![\w.+%/-])([^\W_][\w.%+-]{0,63})[@＠]((?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,4}[^\W\d_]{2,18})(?![\w@-])"
)
_ANY_DOT = r"(?:[\[({]\s?(?:dot|\.)\s?[\])}]|\.)"
_SPELT_OUT = re.compile(
    r"(?<![\w.+%/-])([\w.+-]{2,64})\s?[\[({]\s?at\s?[\])}]\s?"
    rf"([\w-]+(?:\s?{_ANY_DOT}\s?[\w-]+)*\s?{_ANY_DOT}\s?[a-z]{{2,10}})(?!\w)",
    re.IGNORECASE,
)
"""`jane [at] somewhere [dot] org`: written against machines, by people who mean themselves."""
_DOTTED = re.compile(
    rf"(?<![\w.+%/-])([\w.+-]{{2,64}})\sat\s([\w-]+(?:\s?{_DOT_IN_BRACKETS}\s?[\w-]+){{0,2}}\s?{_DOT_IN_BRACKETS}\s?"
    rf"(?:{_ENDINGS}|gov|biz|ru|jp|se|dk|fi|cz))(?!\w)",
    re.IGNORECASE,
)
"""`jane AT somewhere (dot) org`."""
_APART = re.compile(
    r"(?<![\w.+%/-])(?!self|np\.)([a-z]{2,30}(?:[._-][a-z]{2,30}){1,3}\d{0,4}) (?:@|AT) "
    rf"((?:[a-z0-9][a-z0-9-]{{1,40}}\.){{1,3}}(?:{_ENDINGS}|gov|[a-z]{{2}}))(?![\w(\[-]|\.\w)"
)
"""`jane.miller @ somewhere.org`, `jane.miller AT somewhere.org`: a name in two parts, as in no formula."""
_SAID_ALOUD = re.compile(
    r"(?<!\w)(?P<before>(?:mail\w*|write|reach|contact|address|e-?mail|:)[^.!?\n]{0,30}? )?"
    r"(?P<mail>[\w-]{2,30}(?:\.[\w-]{1,30}(?= AT ))?"
    r"(?: (?:dot|underscore|dash|hyphen|minus|punkt|punto|point) [\w-]{1,30}){0,3}(?:\.[\w-]{1,30})?"
    rf" (?:at|arroba|chiocciola|arobase|ät) (?P<host>[\w-]{{2,30}})(?: (?:dot|punkt|punto|point) [a-z]{{2,10}}){{0,2}}"
    rf" (?:dot|punkt|punto|point) {_ENDINGS})(?!\w)",
    re.IGNORECASE,
)
"""`jane dot miller at somewhere dot org`: as it is read out to somebody."""
_MAILERS = frozenset(
    "gmail googlemail outlook hotmail yahoo icloud proton protonmail gmx web aol live mail posteo".split()
)
"""Firms where people have their mail: what is read out with such a name is an address, whatever stands before."""
_MAILS = (_EMAIL, _SPELT_OUT, _DOTTED, _APART, _SAID_ALOUD)
_DOT = re.compile(rf"{_DOT_IN_BRACKETS}| (?:dot|punkt|punto|point) {_ENDINGS}\b", re.IGNORECASE)
_AT = re.compile(r"[\[({]\s?at\s?[\])}]", re.IGNORECASE)
_RUN = re.compile(r"(?=[A-Z\d])(?:\d(?:[ ()./\u00a0\u2010-\u2013-]{0,3}\d){5}|" + national_ids.SOME + ")")
_FOUR_PARTS = re.compile(ip_addresses.SOME)
_LETTERS_FIRST = re.compile(r"(?:[A-Z]{2}|\b[a-z]{2})\d{2}[ \u00a0-]?[A-Za-z0-9]{4}")
"""Cheap looks: what every phone, card and id, every IP address and every IBAN holds."""
FEWEST_DIGITS = 4
"""Fewest ASCII digits of an IP address without colons, and of a phone number, a card or an id."""
ENOUGH_DIGITS = 6
"""With fewer ASCII digits there is no phone number, card or id but such as `_FEW` finds."""
FEWEST_OF_CARD = 12
"""Fewest digits of a payment card (ISO/IEC 7812 has up to 19)."""
_FEW = re.compile(r"[A-Z]{5}\d{4}[A-Z]")
_RESERVED = re.compile(
    r"(?:^|\.)(?:example|test|invalid|localhost|local|internal|lan|corp|intranet)$"
    r"|(?:^|\.)example\.(?:com|org|net|edu)$"
    r"|^(?:domain|yourdomain|mydomain|company|yourcompany|email|site|yoursite|website|abc|xyz|foo|bar)"
    r"\.(?:com|org|net)$",
    re.IGNORECASE,
)
"""RFC 2606 names and the usual stand-ins."""
_FILE_ENDINGS = frozenset(
    ("png", "jpg", "jpeg", "gif", "svg", "webp", "pdf", "js", "css", "py", "html", "xml", "json", "txt", "md", "java")
)
_ROLES = re.compile(
    r"^(?:no-?reply|do-?not-?reply|info|support|sales|contact|help|helpdesk|service|customerservice|admin|administrator"
    r"|postmaster|webmaster|abuse|office|press|media|jobs|careers|hr|billing|hello|team|feedback|privacy|security|legal"
    r"|git|root|user|users?name|name|you|me|someone|test|mailer-daemon|newsletter|orders?|enquiries|inquiries)$",
    re.IGNORECASE,
)
"""Addresses of nobody in particular."""
_FULL_NAME = re.compile(r"[A-Za-z]{2,}[._][A-Za-z]{2,}\d*|[a-z]{4,}\d{1,4}|[a-z]{8,}")
"""What stands before the @ where it is a name: `jane.miller@example.com` reaches nobody, and names somebody."""
_NOBODY = re.compile(r"(?:john|jane)[._]?(?:smith|q)|(?:^|[._])?(?:doe|roe|bloggs|mustermann)$", re.IGNORECASE)
_GUIDE = re.compile(
    r"\b(?:enter|type|such as|e\.g\.|for (?:example|instance)|like|sample|example|replace)\b", re.IGNORECASE
)
"""What is written before an address that only shows how one looks."""
_STAND_INS = re.compile(
    r"(?:your|my|user|some|first|last|full|e?-?mail|customer|client|recipient|sender|example|nobody|developer|employee"
    r"|student|demo|sample|name|account|member|person|reader|subscriber|student|manager|address|contact)[._]?\w*",
    re.IGNORECASE,
)

EVERYTHING = frozenset(("mail", "number", "address"))
"""What a text may hold by a first look: `MAIL`, `NUMBER`, `addresses.SOME`."""
NUMBERS = frozenset(("code", "id", "phone"))
"""What is told apart by a second look: IP addresses, accounts and cards; ids; phone numbers."""
FEWEST_ALIKE, BY_CHANCE = 20, 0.2
"""Where at least twenty rows hold numbers of one shape, and fewer than a fifth of these rows one whose check digits are
right, they are order numbers: a check digit is right by chance in every tenth number."""
_DIGIT, _LETTER = re.compile(r"\d"), re.compile(r"[^\W\d_]")


def personal(
    examples: Sequence[Example], looked: Mapping[str, Sequence[int]] | None = None
) -> tuple[tuple[int, ...], tuple[tuple[str, int], ...]]:
    """(the `row` numbers of rows with personal data in any of their texts, (kind, rows that have it) commonest first).

    `looked` are the indices of examples that hold `MAIL` ("mail"), `NUMBER` ("number") or `addresses.SOME`
    ("address"), where known already. Names of people are not looked for: patterns cannot tell them from titles.
    """
    rows: list[int] = []
    sure: list[tuple[int, set[tuple[str, str]]]] = []
    kinds: Counter[str] = Counter()
    if looked is None:
        looked = first_look(examples, {"mail": MAIL}, {"number": NUMBER, "address": addresses.SOME})
    looked = {what: looked[what] for what in EVERYTHING}
    every = set(chain.from_iterable(looked.values()))
    if len(looked["number"]) > MANY_LIKELY:  # sums, dates and counts make a row likely and are nobody's
        looked |= {"number": (), **_looked_at_again(examples, looked["number"], _looks_at_numbers())}
    if len(looked["mail"]) > MANY_LIKELY:
        looked |= _looked_at_again(examples, looked["mail"], {"mail": (wider(*_MAILS),)})
    if len(looked["address"]) > MANY_LIKELY:
        looked |= _looked_at_again(examples, looked["address"], {"address": addresses.looks()})
    likely: dict[int, frozenset[str]] = {}
    for what, rows_with in looked.items():
        likely |= {index: likely.get(index, frozenset()) | {what} for index in rows_with}
    for index, holds in sorted(likely.items()):
        example = examples[index]
        texts = (example.input, example.answer, example.system, *(turn.content for turn in example.history))
        spans = ((text, *span) for text in texts for span in find_personal(text, holds))
        found = {(kind, _shape(text, start, end, kind)) for text, start, end, kind in spans}
        if found:
            sure.append((index, found))
    by_chance = _by_chance(examples, every, sure)
    for index, found in sure:
        if kept := {kind for kind, shape in found if shape not in by_chance}:
            rows.append(examples[index].row)
            kinds.update(kept)
    return tuple(rows), tuple(kinds.most_common())


def _looks_at_numbers() -> dict[str, tuple[str, ...]]:
    """What of `NUMBERS` a text may hold → patterns (RE2), one of which it holds then."""
    forms = [form for form, words, *_ in national_ids.KINDS if words is None]
    words = dict.fromkeys(words for _, words, *_ in national_ids.KINDS if words)
    return {
        "code": (wider(_FOUR_PARTS, _LETTERS_FIRST, *cards.FORMS),),
        "id": (wider(*forms[::2]), wider(*forms[1::2]), wider(*words)),  # as one they would not fit into RE2
        "phone": (phones.look(),),
    }


def _looked_at_again(
    examples: Sequence[Example], likely: Sequence[int], looks: Mapping[str, tuple[str, ...]]
) -> dict[str, list[int]]:
    """For each name the indices of those of the likely rows that hold one of its patterns."""
    found = rows_among(examples, likely, {look: look for several in looks.values() for look in several})
    return {what: sorted({*chain.from_iterable(map(found.__getitem__, several))}) for what, several in looks.items()}


def _shape(text: str, start: int, end: int, kind: str) -> str:
    """The form of an id that only its check digits tell, digits as 0: `000000-0000`; else "".

    Not so where it has letters, or where the text says that it is an id.
    """
    shape = _DIGIT.sub("0", text[start:end])
    return "" if kind != "national id" or _LETTER.search(shape) or said_to_be_id(text, start) else shape


def _by_chance(
    examples: Sequence[Example], likely: Iterable[int], found: Sequence[tuple[int, set[tuple[str, str]]]]
) -> set[str]:
    """Shapes that are no ids in this file: so many rows have them, and so few with the right check digits."""
    named = Counter(shape for _, pairs in found for _, shape in pairs if shape)
    having: Counter[str] = Counter()
    patterns = {shape: re.compile(rf"(?<!\w){re.escape(shape)}(?!\w)") for shape in named}
    for index in set(likely) if named else ():
        text = _DIGIT.sub("0", f"{examples[index].input}\n{examples[index].answer}")
        having.update(shape for shape, pattern in patterns.items() if pattern.search(text))
    return {
        shape for shape, rows in named.items() if having[shape] >= FEWEST_ALIKE and rows < BY_CHANCE * having[shape]
    }


@lru_cache(maxsize=64)  # what was found is marked, hidden and mended right after
def find_personal(text: str, holds: frozenset[str] = EVERYTHING) -> tuple[Span, ...]:
    """All that is personal in a text, in order, no two overlapping: of two that do, the finder that looks first has it.

    `holds`: what of mail, number and address the text may hold, or of `NUMBERS`. The kinds are email, iban, card, ssn,
    nino, national id, phone, ip and address.
    """
    has_at = "mail" in holds and (
        any(sign in text for sign in ("@", "＠", " AT ")) or bool(_AT.search(text) or _DOT.search(text))
    )
    digits = sum(map(text.count, "0123456789"))
    if not has_at and not digits:
        return ()
    finders: list[Callable[[str], Iterator[Span]]] = [_emails] if has_at else []
    finders += _of_numbers(text, digits, NUMBERS if "number" in holds else holds)
    if "address" in holds:
        finders.append(find_addresses)
    spans: list[Span] = []
    for finder in finders:
        for found in list(finder(text)):
            at = bisect(spans, found)
            if (at == 0 or spans[at - 1][1] <= found[0]) and (at == len(spans) or found[1] <= spans[at][0]):
                spans.insert(at, found)
    return tuple(spans)


def _of_numbers(text: str, digits: int, holds: frozenset[str]) -> Iterator[Callable[[str], Iterator[Span]]]:
    """The finders that may find something in a text with so many ASCII digits, in the order in which they are asked.
    `holds`: what of `NUMBERS` it may hold."""
    enough = digits >= FEWEST_DIGITS or not text.isascii()
    if "code" in holds and (enough or ":" in text) and _FOUR_PARTS.search(text):
        yield find_ips
    if "code" in holds and _LETTERS_FIRST.search(text):
        yield find_ibans
    if enough and (_RUN if digits >= ENOUGH_DIGITS or not text.isascii() else _FEW).search(text):
        if "code" in holds and (digits >= FEWEST_OF_CARD or not text.isascii()):
            yield find_cards
        if "id" in holds:
            yield find_ids
        if "phone" in holds:
            yield find_phones


def masked(text: str) -> str:
    """The text with every find replaced by its kind, such as `<EMAIL>`."""
    return with_kinds(text, find_personal(text))


def with_kinds(text: str, spans: Iterable[Span]) -> str:
    """The text with the kind of each span, `<EMAIL>`, in its place. They are in order and do not overlap."""
    parts, at = [], 0
    for start, end, kind in spans:
        parts += [text[at:start], f"<{kind.upper()}>"]
        at = end
    return "".join((*parts, text[at:]))


def _emails(text: str) -> Iterator[Span]:
    for match in _EMAIL.finditer(text):
        name, domain = match.groups()
        if domain.rsplit(".", 1)[-1].lower() in _FILE_ENDINGS or _ROLES.match(name):
            continue
        if text[: match.start()].endswith(":") and "//" in text[max(0, match.start() - 40) : match.start()]:
            continue  # a user and a password in a link
        named = _FULL_NAME.fullmatch(name) and not _STAND_INS.fullmatch(name) and not _NOBODY.search(name)
        named = named and not _ROLES.match(name.rstrip("0123456789"))
        named = named and not _GUIDE.search(text, max(0, match.start() - 50), match.start())
        if not _RESERVED.search(domain) or named:
            yield match.start(), match.end(), "email"
    for match in chain(_SPELT_OUT.finditer(text), _DOTTED.finditer(text), _APART.finditer(text)):
        if not _ROLES.match(match.group(1)) and not match.group(2).lower().startswith("example"):
            yield match.start(), match.end(), "email"
    if _DOT.search(text):
        for match in _SAID_ALOUD.finditer(text):
            shouted = " AT " in match["mail"] and " DOT " in match["mail"]
            if match["before"] or shouted or match["host"].casefold() in _MAILERS:
                yield match.start("mail"), match.end("mail"), "email"
