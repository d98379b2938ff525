"""Payment cards and bank accounts (IBAN): numbers told by their form and check digits, and by the words around them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from backend.audit.before import names_a_thing
from backend.audit.national_ids import luhn
from backend.audit.phones import only_digits

_CARD = re.compile(
    r"(?<![\w.,+-])(?:\d{4}([ .\u00a0-])\d{4}\1\d{4}\1\d{4}|\d{4}([ .\u00a0-])\d{6}\2\d{4,5}|\d{14,16})"
    r"(?![\w-]|[.,]\d)"
)
_SAID_CARD = re.compile(r"(?<![\w.,+-])\d(?:[ -]?\d){11,18}(?![\w-]|[.,]\d)")
"""A number that may be a card where a card is spoken of."""
FORMS = (_CARD, _SAID_CARD)
"""One of which every text with a card holds."""
_CARD_WORDS = re.compile(
    r"card|visa|master|amex|american express|credit|debit|karte|carte|tarjeta|cart[ãa]o|\bpan\b|\bcc\b", re.IGNORECASE
)
_IBAN = re.compile(
    r"(?<![A-Za-z0-9])(?:[A-Z]{2}\d{2}(?:[ \u00a0-]?[A-Z0-9]{4}){2,7}(?:[ \u00a0-]?[A-Z0-9]{1,3})?"
    r"|[a-z]{2}\d{2}(?:[ \u00a0-]?[a-z0-9]{4}){2,7}(?:[ \u00a0-]?[a-z0-9]{1,3})?)(?![A-Za-z0-9])"
)
_IBAN_LENGTHS = {  # by country: SWIFT's register of IBANs (ISO 13616)
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
_GAP = re.compile("[ \u00a0-]")
_TEST_CARDS = frozenset(
    "4242424242424242 4111111111111111 4012888888881881 4000056655665556 4222222222222 5555555555554444 "
    "5105105105105100 5200828282828210 378282246310005 371449635398431 6011111111111117 6011000990139424 "
    "30569309025904 38520000023237 3530111333300000 3566002020360505".split()
)
"""Numbers that payment services document for trying out. They count only where the text says whose they are, and does
not speak of trying."""
_TRYING = re.compile(r"(?i)\b(?:test(?:s|ing)?|sandbox|demo|dummy|sample|fake|example)\b")
_TEST_CARD = re.compile(
    r"\b(?:test(?:ing)?|sandbox|dummy|sample|fake|example)[ -](?:(?:credit|debit|visa|mastercard|amex)[ -])?"
    r"(?:card|pan|number)",
    re.IGNORECASE,
)
"""Words by which a number is called one for trying out."""
_OWNED = re.compile(r"(?i)\b(?:my|his|her|their|our|customer|client|meine?|mon|ma|mi|mia|minha|mijn)\b")
_MANY_ZEROS = 9
"""Zeros from which on a card number is one for trying out: of random ones with 16 digits, 1 in 350,000 has so many."""


def find_cards(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, "card") of each that may be a person's: not those for trying out, but where the text says whose."""
    for start, end, kind in _any_cards(text):
        before, after = text[max(0, start - 80) : start], text[end : end + 40]
        owned = _OWNED.search(before) and not (_TRYING.search(before) or _TRYING.search(after))
        digits = only_digits(text[start:end])
        for_trying = digits in _TEST_CARDS or digits.count("0") >= _MANY_ZEROS
        called_so = _TEST_CARD.search(before) or _TEST_CARD.search(after)
        if owned or not (for_trying or called_so):
            yield start, end, kind


def _any_cards(text: str) -> Iterator[tuple[int, int, str]]:
    """Numbers that pass Luhn's check: with the first digits of an issuer, or any where a card is spoken of."""
    for match in _CARD.finditer(text):
        digits = only_digits(match.group())
        if _card_prefix(digits) and luhn(digits) and len(set(digits)) > 1 and not _of_a_thing(text, match.start()):
            yield match.start(), match.end(), "card"
    for match in _SAID_CARD.finditer(text):
        digits = only_digits(match.group())
        if (
            luhn(digits)
            and len(set(digits)) > 2
            and _CARD_WORDS.search(text, max(0, match.start() - 60), match.start())
        ):
            yield match.start(), match.end(), "card"


def _of_a_thing(text: str, start: int) -> bool:
    """Whether the words before say that a number is that of an order or a part, and not of a card."""
    return names_a_thing(text, start) and not _CARD_WORDS.search(text, max(0, start - 60), start)


def find_ibans(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, "iban") of each."""
    for match in _IBAN.finditer(text):
        # the last group may be a word that merely follows: try shorter readings
        ends = [match.end() - match.start(), *(gap.start() for gap in reversed(list(_GAP.finditer(match.group()))))]
        for end in ends:
            if is_iban(_GAP.sub("", match.group()[:end]).upper()):
                yield match.start(), match.start() + end, "iban"
                break


def is_iban(text: str) -> bool:
    """Whether a text of capitals and digits has its country's length and leaves 1 divided by 97 (ISO 13616)."""
    if len(text) != _IBAN_LENGTHS.get(text[:2]):
        return False
    return int("".join(str(int(sign, 36)) for sign in text[4:] + text[:4])) % 97 == 1


def _card_prefix(digits: str) -> bool:
    """Whether it begins as cards of Visa, Mastercard, Discover, JCB, American Express or Diners Club (ISO/IEC 7812)."""
    size, four = len(digits), int(digits[:4])
    return (
        (size == 16 and (digits[0] == "4" or 5100 <= four <= 5599 or 2221 <= four <= 2720))
        or (size == 16 and (four == 6011 or digits[:2] == "65" or 6440 <= four <= 6499 or 3528 <= four <= 3589))
        or (size == 15 and digits[:2] in ("34", "37"))
        or (size == 14 and digits[:2] in ("36", "38"))
    )
