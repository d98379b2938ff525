"""Secrets and personal data with valid check digits, none of them anyone's, and their look-alikes."""

from __future__ import annotations

import random
import string
from collections.abc import Callable

from benchmarks.flaws.bases import Row
from benchmarks.flaws.made_up import PEOPLE

ALNUM = string.ascii_letters + string.digits


def _some(signs: str, count: int, rng: random.Random) -> str:
    return "".join(rng.choice(signs) for _ in range(count))


def luhn(prefix: str, length: int, rng: random.Random) -> str:
    """A card number with a valid check digit."""
    body = prefix + _some(string.digits, length - len(prefix) - 1, rng)
    total = 0
    for at, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if at % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return body + str(-total % 10)


def iban(country: str, bban: str) -> str:
    """With valid check digits (ISO 13616, mod 97)."""
    digits = "".join(str(int(sign, 36)) for sign in bban + country)
    return f"{country}{98 - int(digits + '00') % 97:02}{bban}"


def _name(rng: random.Random) -> str:
    return rng.choice(PEOPLE).lower()


def _in_fours(number: str) -> str:
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))


PERSONAL: tuple[Callable[[random.Random], str], ...] = (
    lambda r: f"{_name(r)}.{_some(string.ascii_lowercase, 6, r)}@{r.choice(('gmail.com', 'web.de', 'acme.co.uk'))}",
    lambda r: f"{_name(r)}{r.randint(1, 99)}@mail.{_some(string.ascii_lowercase, 7, r)}.org",
    lambda r: f"+44 7{_some(string.digits, 3, r)} {_some(string.digits, 6, r)}",
    lambda r: f"+1 (415) {r.randint(200, 899)}-{_some(string.digits, 4, r)}",
    lambda r: f"({r.choice((212, 312, 617, 303))}) {r.randint(200, 899)}-{_some(string.digits, 4, r)}",
    lambda r: f"+49 30 {_some('123456789', 1, r)}{_some(string.digits, 7, r)}",
    lambda r: _in_fours(luhn("4", 16, r)),
    lambda r: luhn(r.choice(("51", "55")), 16, r),
    lambda r: luhn("37", 15, r),
    lambda r: iban("DE", _some(string.digits, 18, r)),
    lambda r: _in_fours(iban("GB", "WEST" + _some(string.digits, 14, r))),
    lambda r: f"{r.choice((81, 84, 91, 185))}.{r.randint(16, 220)}.{r.randint(1, 250)}.{r.randint(2, 250)}",
    lambda r: f"SSN {r.randint(100, 665)}-{r.randint(10, 99)}-{r.randint(1000, 9999)}",
)
_STREETS = ("Linden", "Kastell", "Mühlen", "Birken", "Garten", "Brunnen")
_PLACES = ("Wendelfurt", "Altenried", "Norvik", "Castelmora", "Saint-Aubry", "Brackley", "Millport", "Veldhove")
ADDRESSES: tuple[Callable[[random.Random], str], ...] = (
    lambda r: f"{r.randint(1, 240)} {r.choice(PEOPLE)} {r.choice(('Burg', 'Rapid', 'Mill', 'Lane'))}, {r.choice(_PLACES)}, "
              f"{r.choice(('OH', 'TX', 'NJ', 'Oregon'))} {_some('123456789', 5, r)}",
    lambda r: f"Flat {r.randint(1, 40)}, {r.choice(PEOPLE)} Walks, {r.choice(_PLACES)}, N{r.randint(1, 22)} {r.randint(1, 9)}QX",
    lambda r: f"{r.choice(_STREETS)}{r.choice(('straße', 'weg', 'ring', 'gasse'))} {r.randint(1, 199)}, "
              f"{r.randint(10000, 99999)} {r.choice(_PLACES)}",
    lambda r: f"{r.randint(1, 99)}, rue {r.choice(PEOPLE)}, {r.randint(10000, 95999)} {r.choice(_PLACES)}",
    lambda r: f"Calle {r.choice(PEOPLE)} {r.randint(1, 99)}, {r.randint(10000, 52999)} {r.choice(_PLACES)}",
    lambda r: f"{r.choice(PEOPLE)}straat {r.randint(1, 300)}, {r.randint(1000, 9999)} KL {r.choice(_PLACES)}",
    lambda r: f"{r.choice(PEOPLE)}gatan {r.randint(1, 90)}, {r.randint(100, 989)} {r.randint(10, 99)} {r.choice(_PLACES)}",
)  # fmt: skip
SECRETS: tuple[Callable[[random.Random], str], ...] = (
    lambda r: "AKIA" + _some(string.ascii_uppercase + "234567", 16, r),
    lambda r: "ghp_" + _some(ALNUM, 36, r),
    lambda r: "xoxb-" + _some(string.digits, 12, r) + "-" + _some(string.digits, 12, r) + "-" + _some(ALNUM, 24, r),
    lambda r: "sk_live_" + _some(ALNUM, 24, r),
    lambda r: "AIza" + _some(ALNUM + "-_", 35, r),
    lambda r: "-----BEGIN RSA PRIVATE KEY-----\n" + _some(ALNUM + "+/", 64, r) + "\n-----END RSA PRIVATE KEY-----",
    lambda r: "glpat-" + _some(ALNUM, 20, r),
    lambda r: "npm_" + _some(ALNUM, 36, r),
)
WITH = ("Reach me at {}.", "My number is {}.", "Details: {}", "please use {} for this", "({})", "It was {} yesterday.")


def _tell(row: Row, piece: str, rng: random.Random) -> Row:
    said = rng.choice(WITH).format(piece)
    return row._replace(input=f"{row.input} {said}") if rng.random() < 0.5 else row._replace(answer=f"{row.answer} {said}")


def personal(row: Row, rng: random.Random) -> Row:
    """A sentence with personal data."""
    return _tell(row, rng.choice(PERSONAL)(rng), rng)


def address(row: Row, rng: random.Random) -> Row:
    """A sentence with a postal address, with no word that says so."""
    return _tell(row, rng.choice(ADDRESSES)(rng), rng)


def secret(row: Row, rng: random.Random) -> Row:
    """A sentence with a key."""
    return _tell(row, rng.choice(SECRETS)(rng), rng)
