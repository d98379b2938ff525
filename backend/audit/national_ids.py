"""National ids: told by their form and check digits, and by the words around them where the form alone says little."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date

from backend.audit.before import names_a_thing

SOME = r"\d{8}-?[A-Z]|[XYZ]-?\d{7}|[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}|[A-Z]{5}\d{4}[A-Z]|\d{6}[-+A]\d{3}"
"""What ids hold that have no six digits with hardly anything between them (RE2)."""


def find_ids(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, kind) of each; kinds are ssn, nino and national id."""
    for pattern, near, check, kind in _KINDS:
        for match in pattern.finditer(text):
            if not check(re.sub(r"[\s./-]", "", match.group()).upper()):
                continue
            before, after = text[max(0, match.start() - 60) : match.start()], text[match.end() : match.end() + 40]
            if (near.search(before) or near.search(after)) if near else not names_a_thing(text, match.start()):
                yield match.start(), match.end(), kind


def _weighted(digits: str, weights: tuple[int, ...]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def luhn(digits: str) -> bool:
    """The check digit of payment cards and many ids (ISO/IEC 7812-1)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _us(text: str) -> bool:
    area, group, serial = text[:3], text[3:5], text[5:]
    known = text in ("078051120", "219099999", "123456789", "111223333")  # printed in adverts and guides
    itin = area[0] == "9" and (50 <= int(group) <= 65 or 70 <= int(group) <= 88 or 90 <= int(group) <= 99)
    return not known and area not in ("000", "666") and (area[0] != "9" or itin) and group != "00" and serial != "0000"


def _dni(text: str) -> bool:
    number = int(text[:-1].translate(str.maketrans("XYZ", "012")))
    return "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23] == text[-1]


_ODD = dict(zip("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", (
    1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22,
    25, 24, 23), strict=True))  # fmt: skip


def _codice_fiscale(text: str) -> bool:
    total = sum(_ODD[sign] if at % 2 == 0 else int(sign) if sign.isdigit() else ord(sign) - 65
                for at, sign in enumerate(text[:15]))  # fmt: skip
    return chr(65 + total % 26) == text[15]


def _nir(text: str) -> bool:
    return 97 - int(text[:13].replace("2A", "19").replace("2B", "18")) % 97 == int(text[13:])


def _cpf(text: str) -> bool:
    if len(set(text)) == 1:
        return False
    return all(
        _weighted(text, tuple(range(size + 1, 1, -1))[:size]) * 10 % 11 % 10 == int(text[size]) for size in (9, 10)
    )


def _chinese(text: str) -> bool:
    if not _day(int(text[6:10]), int(text[10:12]), int(text[12:14])):
        return False
    total = _weighted(text[:17], (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2))
    return "10X98765432"[total % 11] == text[17]


def _pesel(text: str) -> bool:
    return _day(1900, int(text[2:4]) % 20, min(int(text[4:6]), 28)) and (
        _weighted(text, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)) % 10 == 0
    )


def _bsn(text: str) -> bool:
    return _weighted(text, (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0


def _tax_id(text: str) -> bool:
    """Germany (ISO 7064, MOD 11,10)."""
    product = 10
    for digit in text[:10]:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == int(text[10])


_TIMES = tuple(tuple(int(sign) for sign in row) for row in (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678", "5987604321", "6598710432", "7659821043",
    "8765932104", "9876543210"))  # fmt: skip
_TURN = tuple(tuple(int(sign) for sign in row) for row in (
    "0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258"))


def _aadhaar(text: str) -> bool:
    """Verhoeff's check digit."""
    check = 0
    for at, digit in enumerate(reversed(text)):
        check = _TIMES[check][_TURN[at % 8][int(digit)]]
    return check == 0


def _swedish(text: str) -> bool:
    return _day(1900, int(text[2:4]), min(int(text[4:6]), 28)) and luhn(text)


def _hetu(text: str) -> bool:
    return "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(text[:6] + text[-4:-1]) % 31] == text[-1]


def _any(_: str) -> bool:
    return True


def _near(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)


_SSN = r"\d{3}([- ])\d{2}\1\d{4}"
_KINDS: tuple[tuple[re.Pattern[str], re.Pattern[str] | None, Callable[[str], bool], str], ...] = tuple(
    (re.compile(rf"(?<![\w.,+/-])(?<!\d ){pattern}(?![\w-]|[ .,/]\d)"), _near(words) if words else None, check, kind)
    for pattern, words, check, kind in (
        (r"\d{3}-\d{2}-\d{4}", "", _us, "ssn"),
        (rf"(?:{_SSN}|\d{{9}})", r"ssn|itin|social[ -]security(?: number| no\.?)?|taxpayer", _us, "ssn"),
        (r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]([ -]?)\d{2}\1\d{2}\1\d{2}\1[A-D]", "", _any, "nino"),
        (r"(?:\d{8}|[XYZ]-?\d{7})-?[A-Z]", "", _dni, "national id"),
        (r"[A-Z]{6}\d{2}[A-EHLMPR-T]\d{2}[A-Z]\d{3}[A-Z]", "", _codice_fiscale, "national id"),
        (r"[12] ?\d{2} ?(?:0[1-9]|1[0-2]) ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}", "", _nir, "national id"),
        (r"\d{3}\.\d{3}\.\d{3}-\d{2}", "", _cpf, "national id"),
        (r"[1-9]\d{5}(?:19|20)\d{9}[\dX]", "", _chinese, "national id"),
        (r"[2-9]\d{3}([ -])\d{4}\1\d{4}", "", _aadhaar, "national id"),
        (r"\d{6}[-+]\d{4}", "", _swedish, "national id"),
        (r"(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2}[-+A]\d{3}[0-9A-Y]", "", _hetu, "national id"),
        (r"\d{11}", r"cpf|c\.p\.f\.?", _cpf, "national id"),
        (r"\d{11}", r"pesel", _pesel, "national id"),
        (r"\d{9}", r"bsn|burgerservicenummer|sofi\w*", _bsn, "national id"),
        (r"\d{2} ?\d{3} ?\d{3} ?\d{3}", r"steuer-?id\w*|identifikationsnummer|idnr\.?|tax id", _tax_id, "national id"),
        (r"\d{3}([ -]?)\d{3}\1\d{3}", r"sin|social insurance(?: number)?|nas", luhn, "national id"),
        (r"\d{12}", r"a?adh?aar", _aadhaar, "national id"),
        (r"[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]", r"pan(?: card| number| no\.?)?|income tax", _any, "national id"),
        (r"\d{3}[ -]?\d{3}[ -]?\d{4}", r"nhs(?: number| no\.?)?", _any, "national id"),
        (r"(?=[A-Z0-9]*\d{4})[A-Z0-9]{6,10}", r"passports?(?: number| no\.?| nr\.?)?|reisepass\w*|passeport|pasaporte"
         r"|personalausweis\w*|driving licen[cs]e|driver'?s licen[cs]e", _any, "national id"),
    )
)  # fmt: skip
