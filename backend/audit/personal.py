"""Personal data: e-mail, phone, card, IBAN, national ids and home addresses, each checked as far as it can be."""

from __future__ import annotations

import re
from bisect import bisect
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain

from backend.audit import addresses, ip_addresses, national_ids
from backend.audit.addresses import find_addresses
from backend.audit.before import names_a_thing
from backend.audit.ip_addresses import find_ips
from backend.audit.national_ids import find_ids, luhn, said_to_be_id
from backend.audit.phones import find_phones, only_digits
from backend.audit.sift import first_look
from backend.domain import Example

Span = tuple[int, int, str]
"""Start, end, kind."""

_DOT_IN_BRACKETS = r"[\[({]\s?(?i:dot|punkt|punto)\s?[\])}]"
_ENDINGS = r"(?:com|org|net|edu|io|info|eu|de|fr|es|it|nl|uk|ch|pl|pt|br|ca|au|me)"
MAIL = rf"[@＠]| AT [\w-]+\.|[\[({{]\s?(?i:at)\s?[\])}}]|{_DOT_IN_BRACKETS}|(?i: (?:dot|punkt|punto|point) {_ENDINGS})"
"""What every mail address holds (RE2)."""
NUMBER = (
    r"\d(?:[ ()./\x{a0}\x{2010}-\x{2013}-]{0,3}\d){5}|[A-Z]{2}\d{2}[ -]?[A-Z0-9]{4}"
    rf"|{ip_addresses.SOME}|{national_ids.SOME}"
)
"""What every piece of personal data but a mail or postal address holds (RE2), which holds a digit too."""

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
_DOT = re.compile(rf"{_DOT_IN_BRACKETS}| (?:dot|punkt|punto|point) {_ENDINGS}\b", re.IGNORECASE)
_AT = re.compile(r"[\[({]\s?at\s?[\])}]", re.IGNORECASE)
_RUN = re.compile(r"(?=[A-Z\d])(?:\d(?:[ ()./\u00a0\u2010-\u2013-]{0,3}\d){5}|" + national_ids.SOME + ")")
_FOUR_PARTS = re.compile(ip_addresses.SOME)
_LETTERS_FIRST = re.compile(r"(?:[A-Z]{2}|\b[a-z]{2})\d{2}[ \u00a0-]?[A-Za-z0-9]{4}")
"""Cheap looks: what every phone, card and id, every IP address and every IBAN holds."""
FEWEST_DIGITS, ENOUGH_DIGITS = 4, 6
"""ASCII ones in whatever `_RUN` finds, and in an IP address without colons; with fewer than the second it finds no more
than `_FEW` does."""
FEWEST_OF_CARD = 12
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
"""`jane.doe@example.com` reaches nobody but carries a name all the same."""
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

_CARD = re.compile(
    r"(?<![\w.,+-])(?:\d{4}([ .\u00a0-])\d{4}\1\d{4}\1\d{4}|\d{4}([ .\u00a0-])\d{6}\2\d{4,5}|\d{14,16})"
    r"(?![\w-]|[.,]\d)"
)
_SAID_CARD = re.compile(r"(?<![\w.,+-])\d(?:[ -]?\d){11,18}(?![\w-]|[.,]\d)")
_CARD_WORDS = re.compile(
    r"card|visa|master|amex|american express|credit|debit|karte|carte|tarjeta|cart[ãa]o|\bpan\b|\bcc\b", re.IGNORECASE
)
_IBAN = re.compile(
    r"(?<![A-Za-z0-9])(?:[A-Z]{2}\d{2}(?:[ \u00a0-]?[A-Z0-9]{4}){2,7}(?:[ \u00a0-]?[A-Z0-9]{1,3})?"
    r"|[a-z]{2}\d{2}(?:[ \u00a0-]?[a-z0-9]{4}){2,7}(?:[ \u00a0-]?[a-z0-9]{1,3})?)(?![A-Za-z0-9])"
)
_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27, "BR": 29,
    "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27, "DK": 18, "DO": 28, "EE": 20, "EG": 29,
    "ES": 24, "FI": 18, "FK": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28,
    "HN": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20,
    "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19,
    "MN": 20, "MR": 27, "MT": 31, "MU": 30, "NI": 28, "NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29,
    "PT": 25, "QA": 29, "RO": 24, "RS": 22, "RU": 33, "SA": 24, "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24,
    "SM": 27, "SO": 23, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
    "YE": 30,
}  # fmt: skip


EVERYTHING = frozenset(("mail", "number", "address"))
"""What the first look tells of a text."""
FEWEST_ALIKE, BY_CHANCE = 20, 0.2
"""Where at least twenty rows hold numbers of one shape and fewer than a fifth of them check as ids, they are order
numbers: one check digit is right in a tenth of any numbers."""
_DIGIT, _LETTER = re.compile(r"\d"), re.compile(r"[^\W\d_]")


def personal(
    examples: Sequence[Example], looked: Mapping[str, Sequence[int]] | None = None
) -> tuple[tuple[int, ...], tuple[tuple[str, int], ...]]:
    """(rows with personal data anywhere, (kind, rows) commonest first).

    `looked` are the indices of examples that hold `MAIL` ("mail"), `NUMBER` ("number") or `addresses.SOME`
    ("address"), where known already. Names of people are not looked for: patterns cannot tell them from titles.
    """
    rows: list[int] = []
    sure: list[tuple[int, set[tuple[str, str]]]] = []
    kinds: Counter[str] = Counter()
    if looked is None:
        looked = first_look(examples, {"mail": MAIL}, {"number": NUMBER, "address": addresses.SOME})
    likely: dict[int, frozenset[str]] = {}
    for what in EVERYTHING:
        likely |= {index: likely.get(index, frozenset()) | {what} for index in looked[what]}
    for index, holds in sorted(likely.items()):
        example = examples[index]
        texts = (example.input, example.answer, example.system, *(turn.content for turn in example.history))
        spans = ((text, *span) for text in texts for span in find_personal(text, holds))
        found = {(kind, _shape(text, start, end, kind)) for text, start, end, kind in spans}
        if found:
            sure.append((index, found))
    by_chance = _by_chance(examples, likely, sure)
    for index, found in sure:
        if kept := {kind for kind, shape in found if shape not in by_chance}:
            rows.append(examples[index].row)
            kinds.update(kept)
    return tuple(rows), tuple(kinds.most_common())


def _shape(text: str, start: int, end: int, kind: str) -> str:
    """`000000-0000` for an id of digits and marks that nothing but its check digits tells; else nothing."""
    shape = _DIGIT.sub("0", text[start:end])
    return "" if kind != "national id" or _LETTER.search(shape) or said_to_be_id(text, start) else shape


def _by_chance(
    examples: Sequence[Example], likely: Iterable[int], found: Sequence[tuple[int, set[tuple[str, str]]]]
) -> set[str]:
    """Shapes of ids that so many rows have that those whose check digits are right may be so by chance."""
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
    """Spans in order, none overlapping another. `holds`: what of mail, number and address it may hold.

    The kinds are email, iban, card, ssn, nino, national id, phone, ip and address.
    """
    has_at = "mail" in holds and (
        any(sign in text for sign in ("@", "＠", " AT ")) or bool(_AT.search(text) or _DOT.search(text))
    )
    digits = sum(map(text.count, "0123456789"))
    if not has_at and not digits:
        return ()
    finders: list[Callable[[str], Iterator[Span]]] = [_emails] if has_at else []
    if "number" in holds:
        finders += _of_numbers(text, digits)
    if "address" in holds:
        finders.append(find_addresses)
    spans: list[Span] = []
    for finder in finders:
        for found in list(finder(text)):
            at = bisect(spans, found)
            if (at == 0 or spans[at - 1][1] <= found[0]) and (at == len(spans) or found[1] <= spans[at][0]):
                spans.insert(at, found)
    return tuple(spans)


def _of_numbers(text: str, digits: int) -> Iterator[Callable[[str], Iterator[Span]]]:
    """Those to ask of a text with so many ASCII digits, in order."""
    enough = digits >= FEWEST_DIGITS or not text.isascii()
    if (enough or ":" in text) and _FOUR_PARTS.search(text):
        yield find_ips
    if _LETTERS_FIRST.search(text):
        yield _ibans
    if enough and (_RUN if digits >= ENOUGH_DIGITS or not text.isascii() else _FEW).search(text):
        if digits >= FEWEST_OF_CARD or not text.isascii():
            yield _cards
        yield find_ids
        yield find_phones


def masked(text: str) -> str:
    """The text with every find replaced by its kind, such as `<EMAIL>`."""
    parts, at = [], 0
    for start, end, kind in find_personal(text):
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


_TEST_CARDS = frozenset(
    "4242424242424242 4111111111111111 4012888888881881 4000056655665556 4222222222222 5555555555554444 "
    "5105105105105100 5200828282828210 378282246310005 371449635398431 6011111111111117 6011000990139424 "
    "30569309025904 38520000023237 3530111333300000 3566002020360505".split()
)
"""Numbers that payment services document for trying out: somebody's where the text says so, and nothing of trying."""
_TRYING = re.compile(r"(?i)\b(?:test(?:s|ing)?|sandbox|demo|dummy|sample|fake|example)\b")
_TEST_CARD = re.compile(
    r"\b(?:test(?:ing)?|sandbox|dummy|sample|fake|example)[ -](?:(?:credit|debit|visa|mastercard|amex)[ -])?"
    r"(?:card|pan|number)",
    re.IGNORECASE,
)
_OWNED = re.compile(r"(?i)\b(?:my|his|her|their|our|customer|client|meine?|mon|ma|mi|mia|minha|mijn)\b")


_MANY_ZEROS = 9
"""Digits of a card that are 0: the numbers for trying things out are so, and one real number in millions."""


def _cards(text: str) -> Iterator[Span]:
    """By their makers' first digits; where a card is spoken of any 12 to 19 digits that check."""
    for start, end, kind in _any_cards(text):
        before, after = text[max(0, start - 80) : start], text[end : end + 40]
        owned = _OWNED.search(before) and not (_TRYING.search(before) or _TRYING.search(after))
        digits = only_digits(text[start:end])
        for_trying = digits in _TEST_CARDS or digits.count("0") >= _MANY_ZEROS
        called_so = _TEST_CARD.search(before) or _TEST_CARD.search(after)
        if owned or not (for_trying or called_so):
            yield start, end, kind


def _any_cards(text: str) -> Iterator[Span]:
    for match in _CARD.finditer(text):
        digits = only_digits(match.group())
        if _card_prefix(digits) and luhn(digits) and len(set(digits)) > 1 and not _other(text, match.start()):
            yield match.start(), match.end(), "card"
    for match in _SAID_CARD.finditer(text):
        digits = only_digits(match.group())
        if (
            luhn(digits)
            and len(set(digits)) > 2
            and _CARD_WORDS.search(text, max(0, match.start() - 60), match.start())
        ):
            yield match.start(), match.end(), "card"


def _other(text: str, start: int) -> bool:
    return names_a_thing(text, start) and not _CARD_WORDS.search(text, max(0, start - 60), start)


def _ibans(text: str) -> Iterator[Span]:
    for match in _IBAN.finditer(text):
        # the last group may be a word that merely follows: try shorter readings
        ends = [match.end() - match.start(), *(gap.start() for gap in reversed(list(_GAP.finditer(match.group()))))]
        for end in ends:
            if is_iban(_GAP.sub("", match.group()[:end]).upper()):
                yield match.start(), match.start() + end, "iban"
                break


def is_iban(text: str) -> bool:
    """Right length for its country and remainder 1 modulo 97 (ISO 13616)."""
    if len(text) != _IBAN_LENGTHS.get(text[:2]):
        return False
    return int("".join(str(int(sign, 36)) for sign in text[4:] + text[:4])) % 97 == 1


def _card_prefix(digits: str) -> bool:
    size, four = len(digits), int(digits[:4])
    return (
        (size == 16 and (digits[0] == "4" or 5100 <= four <= 5599 or 2221 <= four <= 2720))
        or (size == 16 and (four == 6011 or digits[:2] == "65" or 6440 <= four <= 6499 or 3528 <= four <= 3589))
        or (size == 15 and digits[:2] in ("34", "37"))
        or (size == 14 and digits[:2] in ("36", "38"))
    )


_GAP = re.compile("[ \u00a0-]")
