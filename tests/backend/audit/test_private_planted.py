"""Private data planted in other words and formats than the code lists, and look-alikes, each in many sentences."""

from __future__ import annotations

import random
import string
import uuid
from collections.abc import Callable

import pytest

from backend.audit.personal import find_personal, personal
from backend.audit.secrets import has_secret, secrets
from backend.domain import Example

Maker = Callable[[random.Random], str]
HEX, ALNUM = "0123456789abcdef", string.ascii_letters + string.digits


def clock(rng: random.Random) -> str:
    return f"{rng.randint(10, 23)}:{rng.randint(10, 59)}:{rng.randint(10, 59)}.{digits(6, rng)}"


def some(signs: str, size: int, rng: random.Random) -> str:
    return "".join(rng.choices(signs, k=size))


def digits(size: int, rng: random.Random) -> str:
    return some(string.digits, size, rng)


def with_luhn(body: str) -> str:
    doubled = sum(sum(divmod(int(d) * (2 - at % 2), 10)) for at, d in enumerate(reversed(body)))
    return body + str(-doubled % 10)


def iban(country: str, account: str) -> str:
    return f"{country}{98 - int(''.join(str(int(s, 36)) for s in account + country) + '00') % 97:02}{account}"


def grouped(text: str, sep: str, *sizes: int) -> str:
    found, at = [], 0
    for size in sizes:
        found.append(text[at : at + size])
        at += size
    return sep.join(found)


def card(rng: random.Random) -> str:
    number = with_luhn(rng.choice(("4", "51", "54", "2230", "6011")).ljust(4, "7") + digits(11, rng))
    return grouped(number, rng.choice((" ", "-", "")), 4, 4, 4, 4)


def dni(rng: random.Random) -> str:
    number = rng.randint(10_000_000, 99_999_999)
    return f"{number}{'TRWAGMYFPDXBNJZSQVHLCKE'[number % 23]}"


def cpf(rng: random.Random) -> str:
    found = [rng.randint(0, 9) for _ in range(9)]
    for size in (9, 10):
        found.append(sum(digit * (size + 1 - at) for at, digit in enumerate(found)) * 10 % 11 % 10)
    return grouped("".join(map(str, found)), ".", 3, 3, 3) + "-" + "".join(map(str, found[9:]))


NAMES = ("mara", "oskar", "wei", "priya", "tomasz", "aisha", "lucia", "henrik")
PERSONAL: dict[str, Maker] = {
    "plain e-mail": lambda r: f"{r.choice(NAMES)}_{digits(3, r)}@{r.choice(('proton.me', 'orange.fr', 'uni-ulm.de'))}",
    "e-mail with a plus": lambda r: f"{r.choice(NAMES)}+shop@mail{digits(1, r)}.co.uk",
    "mailto": lambda r: f"mailto:{r.choice(NAMES)}.lind@firma-{some('abc', 3, r)}.at",
    "e-mail spelt out": lambda r: f"{r.choice(NAMES)} [at] posteo [dot] net",
    "+ and brackets": lambda r: (
        f"+{r.choice((33, 34, 39, 46))} (0) {digits(2, r)} {r.randint(2, 9)}{digits(2, r)} {digits(4, r)}"
    ),
    "+ in one": lambda r: f"+91{r.randint(6, 9)}{digits(9, r)}",
    "00 prefix": lambda r: f"00{r.choice((41, 43, 49))} {r.randint(2, 9)}{digits(2, r)} {digits(7, r)}",
    "US dots": lambda r: f"{r.choice((206, 503, 718))}.{r.randint(200, 899)}.{r.randint(1000, 9999)}",
    "US brackets": lambda r: f"({r.choice((206, 503, 718))}){r.randint(200, 899)}-{r.randint(1000, 9999)}",
    "French": lambda r: f"06 {digits(2, r)} 4{digits(1, r)} {digits(2, r)} 8{digits(1, r)}",
    "British mobile": lambda r: f"07{r.randint(400, 999)} {r.randint(100, 999)}{r.randint(100, 999)}",
    "German": lambda r: f"0{r.choice((151, 171, 30, 89))}/{r.randint(2_000_000, 9_999_999)}",
    "card": card,
    "amex": lambda r: grouped(with_luhn("37" + digits(12, r)), " ", 4, 6, 5),
    "Dutch IBAN": lambda r: grouped(iban("NL", "RABO" + digits(10, r)), " ", 4, 4, 4, 4, 2),
    "French IBAN": lambda r: iban("FR", digits(23, r)),
    "Polish IBAN with hyphens": lambda r: grouped(iban("PL", digits(24, r)), "-", 4, 4, 4, 4, 4, 4, 4),
    "IPv4": lambda r: f"{r.choice((62, 93, 145, 188))}.{r.randint(40, 250)}.{r.randint(0, 255)}.{r.randint(1, 254)}",
    "IPv6": lambda r: f"2a02:{some(HEX, 4, r)}:{some(HEX, 4, r)}:{some(HEX, 3, r)}::{some('abcd', 2, r)}",
    "bare SSN": lambda r: f"{r.randint(101, 665)}-{r.randint(10, 99)}-{r.randint(1000, 9999)}",
    "NINO in one": lambda r: f"JG{digits(6, r)}{r.choice('ABCD')}",
    "DNI": dni,
    "CPF": cpf,
}
SAID = ("Sure, it is {} as far as I know.", "Bitte an {} schicken!", "Kontakt: {}", "{} (ask for me)",
        "they gave me {}", 'The form says "{}".', "Write it down: {};")  # fmt: skip

LOOK_ALIKES: dict[str, Maker] = {
    "order number": lambda r: f"order no. {digits(10, r)}",
    "order number in fours": lambda r: f"Order {grouped(digits(16, r), ' ', 4, 4, 4, 4)}",
    "tracking": lambda r: f"tracking number 1Z{some(string.ascii_uppercase + string.digits, 16, r)}",
    "version": lambda r: f"version {r.randint(1, 20)}.{r.randint(0, 30)}.{r.randint(0, 9)}.{r.randint(0, 99)}",
    "build": lambda r: f"Chrome/{r.randint(90, 140)}.0.{r.randint(4000, 6999)}.{r.randint(1, 200)}",
    "ISBN": lambda r: f"ISBN 978-{r.randint(0, 9)}-{digits(3, r)}-{digits(5, r)}-{digits(1, r)}",
    "ISBN bare": lambda r: f"9783{digits(9, r)}",
    "hash": lambda r: some(HEX, r.choice((32, 40, 64)), r),
    "UUID": lambda r: str(uuid.UUID(int=r.getrandbits(128), version=4)),
    "ISO time": lambda r: f"20{r.randint(10, 25)}-1{r.randint(0, 2)}-{r.randint(10, 28)}T{clock(r)}Z",
    "epoch": lambda r: f"{r.randint(1_500_000_000_000, 1_800_000_000_000)}",
    "log time": lambda r: f"[{r.randint(10, 23)}:{r.randint(10, 59)}:{r.randint(10, 59)}.{digits(3, r)}]",
    "private IP": lambda r: f"192.168.{r.randint(0, 255)}.{r.randint(1, 254)}",
    "coordinates": lambda r: f"{r.randint(10, 80)}.{digits(6, r)}, -{r.randint(10, 80)}.{digits(6, r)}",
    "money": lambda r: f"${r.randint(1, 9)},{digits(3, r)},{digits(3, r)}.{digits(2, r)}",
    "part": lambda r: f"part {digits(3, r)}-{digits(2, r)}-{digits(4, r)}",
    "DOI": lambda r: f"doi:10.{digits(4, r)}/s{digits(5, r)}-0{digits(2, r)}-{digits(5, r)}-{digits(1, r)}",
    "MAC": lambda r: ":".join(some(HEX, 2, r) for _ in range(6)),
    "colour": lambda r: f"#{some(HEX, 6, r)}",
    "handle": lambda r: f"@{r.choice(NAMES)}{digits(3, r)}",
    "role address": lambda r: f"{r.choice(('info', 'support', 'sales'))}@firma{digits(2, r)}.de",
    "scope": lambda r: f"npm install @{r.choice(NAMES)}/core@{r.randint(1, 9)}.{r.randint(0, 9)}.{r.randint(0, 9)}",
    "calculation": lambda r: f"{digits(5, r)} + {digits(5, r)} = {digits(6, r)}",
    "table": lambda r: f"| {digits(3, r)} | {digits(3, r)} | {digits(4, r)} |",
    "C++": lambda r: "std::vector<std::pair<int, a::b>>",
    "range": lambda r: f"{r.randint(1000, 2000)}-{r.randint(2001, 3000)}",
    "phone-like scores": lambda r: f"{digits(3, r)} {digits(3, r)} {digits(4, r)} points",
}

SECRETS: dict[str, Maker] = {
    "AWS": lambda r: "ASIA" + some(string.ascii_uppercase + string.digits, 16, r),
    "AWS secret": lambda r: f"aws_secret_access_key = {some(ALNUM + '/+', 40, r)}",
    "GitHub": lambda r: "gho_" + some(ALNUM, 36, r),
    "GitHub fine": lambda r: f"github_pat_{some(ALNUM, 22, r)}_{some(ALNUM, 59, r)}",
    "Slack": lambda r: f"xoxp-{digits(11, r)}-{digits(12, r)}-{digits(12, r)}-{some(HEX, 32, r)}",
    "Stripe": lambda r: "rk_live_" + some(ALNUM, 40, r),
    "Google": lambda r: "GOCSPX-" + some(ALNUM + "-_", 28, r),
    "Hugging Face": lambda r: "hf_" + some(ALNUM, 34, r),
    "Anthropic": lambda r: "sk-ant-api03-" + some(ALNUM + "-_", 93, r) + "AA",
    "Groq": lambda r: "gsk_" + some(ALNUM, 52, r),
    "Telegram": lambda r: f"{digits(10, r)}:AA{some(ALNUM, 33, r)}",
    "SendGrid": lambda r: f"SG.{some(ALNUM, 22, r)}.{some(ALNUM, 43, r)}",
    "Shopify": lambda r: "shpat_" + some(HEX, 32, r),
    "DigitalOcean": lambda r: "dop_v1_" + some(HEX, 64, r),
    "database": lambda r: f"postgresql://app:{some(ALNUM, 14, r)}@db7.acme.io:5432/main",
    "SSH": lambda r: f"-----BEGIN OPENSSH PRIVATE KEY-----\n{some(ALNUM + '+/', 70, r)}\n{some(ALNUM, 70, r)}",
    "named within": lambda r: f"token = 'MAIL_TOKEN={some(HEX, 32, r)}'",
    "above a list": lambda r: f"const word = 'DB_PASSWORD={some(ALNUM, 12, r)}4!kZ';\nconst all = [...lamps]",
    "PGP": lambda r: f"-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: 2\n\n{some(ALNUM, 64, r)}",
}
NO_SECRETS: dict[str, Maker] = {
    **{name: LOOK_ALIKES[name] for name in ("hash", "UUID", "epoch", "tracking", "DOI")},
    "example": lambda r: "AKIAIOSFODNN7EXAMPLE and wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "test key": lambda r: "sk_test_" + some(ALNUM, 24, r),
    "blank": lambda r: "ghp_" + "x" * 36,
    "to fill in": lambda r: "sk-your-api-key-goes-here-please-do-not-commit-it-ever",
    "public key": lambda r: f"-----BEGIN PUBLIC KEY-----\n{some(ALNUM, 64, r)}\n-----END PUBLIC KEY-----",
    "integrity": lambda r: f"sha512-{some(ALNUM + '+/', 86, r)}==",
    "base64": lambda r: f"data:image/png;base64,iVBORw0KGgo{some(ALNUM + '+/', 120, r)}",
    "login to fill in": lambda r: "postgres://user:password@localhost:5432/app",
    "slug": lambda r: "sk-learn-" + "-".join(r.choices(NAMES, k=4)),
    "env": lambda r: "export API_KEY=${API_KEY}",
}


@pytest.mark.parametrize("kind", PERSONAL)
def test_personal_data_in_any_sentence(kind: str) -> None:
    rng = random.Random(11)
    texts = [rng.choice(SAID).format(PERSONAL[kind](rng)) for _ in range(100)]
    missed = [text for text in texts if not find_personal(text)]
    assert len(missed) <= 5, missed[:5]


@pytest.mark.parametrize("kind", LOOK_ALIKES)
def test_look_alikes_stay_silent(kind: str) -> None:
    rng = random.Random(12)
    texts = [rng.choice(SAID).format(LOOK_ALIKES[kind](rng)) for _ in range(100)]
    found = [(text, find_personal(text)) for text in texts if find_personal(text)]
    assert len(found) <= 2, found[:5]


def test_the_registered_number_of_a_company_is_no_phone() -> None:
    assert not find_personal("between Lamps Ltd (registered number 07318192) and the other")
    assert find_personal("His registered number is 0731 819245.")


@pytest.mark.parametrize("kind", SECRETS)
def test_secrets_in_any_sentence(kind: str) -> None:
    rng = random.Random(13)
    texts = [rng.choice(SAID).format(SECRETS[kind](rng)) for _ in range(50)]
    missed = [text for text in texts if not has_secret(text)]
    assert len(missed) <= 2, missed[:3]


@pytest.mark.parametrize("kind", NO_SECRETS)
def test_what_is_no_secret_stays_silent(kind: str) -> None:
    rng = random.Random(14)
    assert not [text for _ in range(50) if has_secret(text := rng.choice(SAID).format(NO_SECRETS[kind](rng)))]


def test_the_first_look_over_many_rows_loses_nothing() -> None:
    """What the careful look finds in a text alone is found among many, in any part of a row."""
    rng = random.Random(15)
    makers = [*PERSONAL.values(), *SECRETS.values(), *LOOK_ALIKES.values(), *NO_SECRETS.values()]
    rows = []
    for row in range(3000):
        text = rng.choice(SAID).format(rng.choice(makers)(rng))
        parts = {"input": "what now", "answer": "nothing"} | {rng.choice(("input", "answer", "system")): text}
        rows.append(Example(row=row, **parts))
    texts = [f"{e.input}\n{e.answer}\n{e.system}" for e in rows]
    assert personal(rows)[0] == tuple(row for row, text in enumerate(texts) if find_personal(text))
    assert secrets(rows) == tuple(row for row, text in enumerate(texts) if has_secret(text))
