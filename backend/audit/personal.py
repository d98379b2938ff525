"""Personal data: e-mail, phone, card, IBAN, national ids and home addresses, each checked as far as it can be."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from backend.domain import Example

Span = tuple[int, int, str]
"""Start, end, kind."""

_EMAIL = re.compile(
    r"(?<![\w.+%/:-])([A-Za-z0-9][A-Za-z0-9._%+-]{0,63})@"
    r"((?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,4}[A-Za-z]{2,18})(?![\w@-])"
)
_RESERVED = re.compile(
    r"(?:^|\.)(?:example|test|invalid|localhost|local)$|(?:^|\.)example\.(?:com|org|net|edu)$"
    r"|^(?:domain|yourdomain|mydomain|company|yourcompany|email|site|yoursite|website|abc|xyz|foo|bar)\.(?:com|org|net)$",
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
_FULL_NAME = re.compile(r"[A-Za-z]{2,}[._][A-Za-z]{2,}\d*")
"""`jane.doe@example.com` reaches nobody but carries a name all the same."""

_INTERNATIONAL = re.compile(r"(?<![\w+.=*/^])\+(?:[ ]?\(?\d{1,5}\)?[ .\-/]?){2,7}(?:x\d{1,5})?(?![\w+])")
_AMERICAN = re.compile(
    r"(?<![\w+.#=/-])(?:(?:\+?1|001)[-. ])?(?:\([2-9]\d{2}\) ?[2-9]\d{2}[-. ]|[2-9]\d{2}([-.])[2-9]\d{2}\1)\d{4}"
    r"(?:x\d{1,5})?(?![\w-]|\.\d)"
)
_NAMED_PHONE = re.compile(
    r"\b(?:phone|mobile|cell(?:phone)?|tel(?:ephone)?|whatsapp|handy|telefon|téléphone|teléfono|telefone"
    r"|(?:call|reach|text) me (?:at|on))\b(?: (?:number|no\.?|nummer|is|at|on|ist))*[ .:#]{1,3}"
    r"(\(?0?\d[\d ()/.\-]{6,18}\d)(?![\w-])",
    re.IGNORECASE,
)
_FREE = frozenset(("800", "888", "877", "866", "855", "844", "833", "900"))
_DIGITS = re.compile(r"(?<![\w.,+-])\d(?:[ -]?\d){12,18}(?![\w-]|[.,]\d)")
_CARD_GROUPS = re.compile(r"\d{4}([ -])\d{4}\1\d{4}\1\d{4}|\d{4}([ -])\d{6}\2\d{4,5}")
_CARD_WORDS = re.compile(
    r"card|visa|master|amex|american express|credit|debit|karte|carte|tarjeta|cart[ãa]o|\bpan\b|\bcc\b", re.IGNORECASE
)
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])")
_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AT": 20, "BE": 16, "BG": 22, "BR": 29, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18,
    "EE": 20, "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IS": 26,
    "IT": 27, "KW": 30, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MT": 31, "NL": 18, "NO": 15, "PL": 28,
    "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TR": 26, "UA": 29,
}  # fmt: skip
_SSN = re.compile(r"(?<![\w-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])")
_SSN_WORDS = re.compile(r"\bssn\b|social security", re.IGNORECASE)
_NINO = re.compile(r"(?<!\w)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D](?!\w)")
_NINO_WORDS = re.compile(r"national insurance|\bnino\b|\bni (?:number|no)", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?:\b(?:my|his|her|their|home|residential|private|patient'?s?) address|\b(?:lives?|living|resid(?:es?|ing)) at)"
    r"[ :]*(?:is |was )?(?=\d)(\d{1,5}[a-z]? (?:[A-Z][\w'.]+ ){1,3}"
    r"(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Way|Terrace|Close|Place|Square)\b)"
)


def personal(examples: Sequence[Example]) -> tuple[tuple[int, ...], tuple[tuple[str, int], ...]]:
    """(rows with personal data anywhere, (kind, rows) commonest first).

    Names of people and IP addresses are not looked for: patterns cannot tell them from titles and version numbers.
    """
    rows: list[int] = []
    kinds: Counter[str] = Counter()
    for example in examples:
        texts = (example.input, example.answer, example.system, *(turn.content for turn in example.history))
        found = {kind for text in texts for _, _, kind in find_personal(text)}
        if found:
            rows.append(example.row)
            kinds.update(found)
    return tuple(rows), tuple(kinds.most_common())


def find_personal(text: str) -> list[Span]:
    """Spans in order, none overlapping another; the kinds are email, iban, card, ssn, nino, phone, address."""
    has_at = "@" in text
    digits = sum(map(text.count, "0123456789"))
    if not has_at and not digits:
        return []
    finders: list[Callable[[str], Iterator[Span]]] = [_emails] if has_at else []
    if digits >= 6:
        finders += [_ibans, _cards, _ids, _phones]
    if digits:
        finders.append(_addresses)
    spans: list[Span] = []
    for finder in finders:
        for start, end, kind in finder(text):
            if all(end <= other_start or start >= other_end for other_start, other_end, _ in spans):
                spans.append((start, end, kind))
    return sorted(spans)


def masked(text: str) -> str:
    """The text with every find replaced by its kind, such as `<EMAIL>`."""
    for start, end, kind in reversed(find_personal(text)):
        text = f"{text[:start]}<{kind.upper()}>{text[end:]}"
    return text


def _emails(text: str) -> Iterator[Span]:
    for match in _EMAIL.finditer(text):
        name, domain = match.groups()
        if domain.rsplit(".", 1)[-1].lower() in _FILE_ENDINGS or _ROLES.match(name):
            continue
        if not _RESERVED.search(domain) or _FULL_NAME.fullmatch(name):
            yield match.start(), match.end(), "email"


def _phones(text: str) -> Iterator[Span]:
    if "+" in text:
        for match in _INTERNATIONAL.finditer(text):
            found = match.group().rstrip(" .-/")
            digits = _only_digits(found.partition("x")[0])
            if 9 <= len(digits) <= 15 and digits[0] != "0" and len(set(digits)) > 3:
                yield match.start(), match.start() + len(found), "phone"
    for match in _AMERICAN.finditer(text):
        digits = _only_digits(match.group().partition("x")[0])[-10:]
        if digits[:3] not in _FREE and len(set(digits)) > 3:
            yield match.start(), match.end(), "phone"
    for match in _NAMED_PHONE.finditer(text):
        if 7 <= len(_only_digits(match.group(1))) <= 14 and len(set(_only_digits(match.group(1)))) > 2:
            yield match.start(1), match.end(1), "phone"


def _cards(text: str) -> Iterator[Span]:
    for match in _DIGITS.finditer(text):
        digits = _only_digits(match.group())
        if not _card_prefix(digits) or not luhn(digits) or len(set(digits)) < 3:
            continue
        grouped = _CARD_GROUPS.fullmatch(match.group()) is not None
        named = match.group() == digits and _CARD_WORDS.search(text, max(0, match.start() - 60), match.start())
        if grouped or named:
            yield match.start(), match.end(), "card"


def _ibans(text: str) -> Iterator[Span]:
    for match in _IBAN.finditer(text):
        # the last group may be a word that merely follows: try shorter readings
        pieces = match.group().split(" ")
        for size in range(len(pieces), 0, -1):
            found = " ".join(pieces[:size])
            if is_iban(found.replace(" ", "")):
                yield match.start(), match.start() + len(found), "iban"
                break


def _ids(text: str) -> Iterator[Span]:
    for pattern, near, kind in ((_SSN, _SSN_WORDS, "ssn"), (_NINO, _NINO_WORDS, "nino")):
        for match in pattern.finditer(text):
            if near.search(text, max(0, match.start() - 60), min(len(text), match.end() + 40)):
                yield match.start(), match.end(), kind


def _addresses(text: str) -> Iterator[Span]:
    for match in _ADDRESS.finditer(text):
        yield match.start(1), match.end(1), "address"


def luhn(digits: str) -> bool:
    """The check digit of payment cards (ISO/IEC 7812-1)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


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


def _only_digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())
