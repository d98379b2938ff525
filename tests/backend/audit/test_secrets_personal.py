"""Secrets and personal data are found where they are, and look-alikes are left alone."""

from __future__ import annotations

import base64
import json
import random
import string

import pytest

from backend.audit.cards import is_iban
from backend.audit.national_ids import luhn
from backend.audit.personal import find_personal, masked, personal
from backend.audit.secrets import find_secrets, has_secret, secrets
from backend.domain import Example

RNG = random.Random(5)


def noise(size: int, signs: str = string.ascii_letters + string.digits) -> str:
    return "".join(RNG.choice(signs) for _ in range(size))


def jwt() -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part({'sub': '42', 'name': 'Ada', 'iat': 99})}.{noise(43)}"


REAL = [
    "AKIA" + noise(16, string.ascii_uppercase + "234567"),
    "ghp_" + noise(36),
    "glpat-" + noise(20),
    "sk_live_" + noise(24),
    "AIza" + noise(35),
    "hf_" + noise(34, string.ascii_letters),
    "sk-proj-" + noise(64),
    "npm_" + noise(36),
    "nvapi-" + noise(64),
    "1//0" + noise(70),
    jwt(),
    "xoxb-123456789012-123456789012-" + noise(24),
    "-----BEGIN RSA PRIVATE KEY-----\n" + noise(64) + "\n" + noise(64),
]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("mysqldump -h db1 -u root -p", " shop > dump.sql"),
        ("machine api.acme.io login deploy password ", ""),
        ("sshpass -p '", "' ssh root@10.0.0.4"),
        ("curl -s -u ada:", " https://api.acme.io/x"),
        ("restic --password ", " backup"),
        ("vault login --token ", ""),
        ("Here is the secret access key ", " for you"),
        ("كلمة المرور: ", ""),
        ("Jelszó: ", ""),
    ],
)
def test_secrets_typed_in_a_terminal_are_found(before: str, after: str) -> None:
    assert find_secrets(f"{before}K9w2-LpQ7vT!x{after}") == [(len(before), len(before) + 13)]


@pytest.mark.parametrize(
    "text",
    [
        "пароль: vT7xkq2ZpL",
        "contraseña: vT7xkq2ZpL",
        "パスワード：vT7xkq2ZpL",
        "requests.get(url, auth=('ann', 'vT7!kq2ZpL'))",
        "SNYK_TOKEN=3f1c9a52-7be0-4d18-9c5e-a1b2d3e4f507",
        "DD_APP_KEY=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b",
        "sqlcmd -S db -U sa -P vT7!kq2ZpL",
        "echo 'ann:vT7!kq2ZpL' | chpasswd",
        "seed phrase: witch collapse practice feed shame open despair creek road again ice least",
        "client-key-data: LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQpNSUlFcEFJQkFBS0NBUUVBdzN4Vk9aRm",
        "ftp://deploy:sommer19@ftp.acme.io/www",
        "ann:$6$kq2ZpLvT7x$h1J0c9PqkzR4yVn8sXwE3tUa5bMd6fLg",
        "db.acme.net:5432:shop:app:vT7!kq2ZpL",
        "ENCRYPTION_KEY=" + noise(64, "0123456789abcdef"),
        "eth private key 0x" + noise(64, "0123456789abcdef"),
        "bitcoin wallet: 5J" + noise(49, "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"),
        "Login: admin / vT7!kq2ZpL",
        "His password is still Berlin2023*",
        "The password for the router is Fjord!8821x, as before.",
        "git clone https://ci:Spring2021@repo.acme.net/x",
        "The WiFi key is vTkxqZpLwBse, network Office-5G",
        "Pass: fjord7mix42",
        "Mot de passe : Soleil2023!",
        "Mein Passwort ist Winter!2023.",
        "My old password was Qwerty2012#",
        "https://deploy:vT7xkqZ@repo.acme.net/x",
        "The PIN for her card is 4821.",
        r"net use Z: \\nas\share /user:backup vTkxqZpL",
        "dotnet nuget push -k oy2" + noise(43, string.ascii_lowercase + string.digits),
        "cargo login cio" + noise(32),
        "https://acme.webhook.office.com/webhookb2/036b3fc6-8ca2-c1cb-d74e-eb8f8581be50@88fd5122-e1e7-5b10-ea2e-a620882cfaad"
        "/IncomingWebhook/24d266ed537374182830adc3ec0cc17e/9a6ecd9d",
    ],
)
def test_settings_of_many_tools_hold_secrets(text: str) -> None:
    assert has_secret(text) and has_secret(f"Put this there:\n{text}\nThen go on.")


@pytest.mark.parametrize(
    "text",
    [
        "request token: 3f1c9a52-7be0-4d18-9c5e-a1b2d3e4f507",
        "contraseña: ********",
        "auth=('user', 'password')",
        "The seed phrase is twelve words long and stands on a card that you keep at home and show nobody else ever",
        "zip -p notes.zip and unpack it later",
        "The WiFi key is stored in the router",
        "Login: admin / see-page-4",
        "The password for the account is stored as bcrypt2 hash",
        "My password was case-sensitive",
        "It is cleared if the password is MD5-encrypted.",
        "Das Passwort ist falsch.",
        "La contraseña es obligatoria.",
        "Pass: 12 of 20 students.",
        "The default PIN is 8527.",
        "PIN code: 560001",
        "https://user:password@acme.io/",
        "block hash 0x" + noise(64, "0123456789abcdef"),
    ],
)
def test_settings_without_a_secret(text: str) -> None:
    assert not has_secret(text)


@pytest.mark.parametrize("key", REAL)
def test_real_looking_secrets_are_found(key: str) -> None:
    assert has_secret(f"the key is {key}, keep it safe") and has_secret(f'token="{key}"')


@pytest.mark.parametrize(
    "text",
    [
        "AKIAIOSFODNN7EXAMPLE",
        "ghp_" + "x" * 36,
        "sk-your-api-key-here",
        "550e8400-e29b-41d4-a716-446655440000",
        noise(40, "0123456789abcdef"),
        "sha512-" + noise(86) + "==",
        "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
        "mysql -u root -p shop --port 3306",
        "curl -u user:password https://api.acme.io/x",
        "RUN adduser --disabled-password worker\nUSER worker", "mysqld --no-password elsewhere1",
        "tool --password $PASSWORD --token YOUR_API_TOKEN",
        "the password policy2024 document",
        "Impossible d’indiquer --ask-password et --password ensemble.",
        "pass the password to sk-learn",
        "task-force",
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIn0.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
        "https://example.com/a/" + noise(60),
    ],
)
def test_examples_hashes_and_words_are_no_secrets(text: str) -> None:
    assert not has_secret(text)


def test_secrets_are_found_in_every_part_of_a_row() -> None:
    rows = [
        Example(row=4, input="a", answer=REAL[0]),
        Example(row=6, input=REAL[1], answer="b"),
        Example(row=7, input="a", answer="b", system=REAL[2]),
    ]
    assert secrets([*rows, Example(row=8, input="a", answer="b")]) == (4, 6, 7)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("write to anna.schmidt@gmail.com please", "email"),
        ("mail: jane.miller@example.com", "email"),
        ("<bob_99@uni-jena.de>", "email"),
        ("call +49 170 1234567 now", "phone"),
        ("ring +1 (212) 736-5000", "phone"),
        ("(415) 671-2345 is mine", "phone"),
        ("415-671-2345", "phone"),
        ("+4915112345678", "phone"),
        ("my phone number is 030 1234567", "phone"),
        ("Tel.: 0171/1234567", "phone"),
        ("card 4539 1488 0343 6467 exp 12/27", "card"),
        ("my visa is 4539148803436467", "card"),
        ("my visa is 4242424242424242", "card"),
        ("amex 3787 120455 98178", "card"),
        ("pay to DE89 3704 0044 0532 0130 00 today", "iban"),
        ("IBAN GB29NWBK60161331926819", "iban"),
        ("my iban is gb42nawi04454264788619", "iban"),
        ("My driver's license number is a56319335", "national id"),
        ("from ip 86.9.8.96", "ip"),
        ("Send it to 17 W 42nd Street, Apt 4B please", "address"),
        ("We met at 88 3rd Ave, Flat 12.", "address"),
        ("write to ana dot lopez at gmail dot com", "email"),
        ("my card is 4111 1111 1111 1111", "card"),
        ("SSN: 536-90-4399", "ssn"),
        ("National Insurance number AB 12 34 56 C", "nino"),
        ("she lives at 742 Evergreen Terrace", "address"),
        ("5881 Juniper Hollow Apt. 12 North Ellmoor, OR 97123", "address"),
        ("Have the statement sent to Fjordvegen 31, TROMSDALEN 9020.", "address"),
        ("My new address is the following: Mlinska 14, Ravnica 4280", "address"),
        ("It arrived at 902 Old Orchard, Fairhope 36532 last night.", "address"),
        ("ip: 5.9.14.3", "ip"),
        ("Aadhaar card no. 2345 6789 0126", "national id"),
        ("update: the attacker is back, from host 93.77.216.34", "ip"),
        ("login from 81.2.69.142 at 3am", "ip"),
        ("cc brendan.wyss @ quigley-plumbing.ie", "email"),
        ("reach dmitri.mukherjee AT uni-kiel.de.", "email"),
        ("ulla.eriksson＠mail.ru wrote", "email"),
        ("chloe.martin AT mailbox (dot) de", "email"),
    ],
)
def test_personal_data_is_found(text: str, kind: str) -> None:
    assert [found for _, _, found in find_personal(text)] == [kind]
    assert f"<{kind.upper()}>" in masked(text) and not find_personal(masked(text))


@pytest.mark.parametrize(
    "text",
    [
        "Look at node (dot) and at the line.",
        "version 10.15.7.1234 of 2024-05-17",
        "The client was upgraded to 4.2.1.7 from the server",
        "Chrome/120.0.60.109 and Firefox 31.0.101.44",
        "Client 4.2.1.7 is no longer supported",
        "firmware 2.4.0.12 for the router",
        "it requires 3.1.44.61 and package==1.77.45.91",
        "ISBN 978-3-16-148410-0",
        "order 4539148803436467",
        "In the sandbox pay with 4242 4242 4242 4242.",
        "tracking 1234567890123456",
        "3.14159265358979323846",
        "support@acme.com or info@acme.de",
        "user@example.com",
        "noreply@github.com",
        "git@github.com:a/b.git",
        "logo@2x.png",
        "@app.route('/x')",
        "2024-01-02 03:04:05.678901",
        "192.168.0.1 and 8.8.8.8",
        "Enter 4111 1111 1111 1111 and any date.",
        "Type an address such as carla.mills@example.com there.",
        "jane.doe@example.com",
        "I am good at maths dot com firms",
        "the 5th Avenue in 1912",
        "the grid is 86.9.8.96 and 1.4.77.2 and 55.2.1.9",
        "your driver's license must be 10 years old",
        "It arrived at Gate 31, Terminal 2 at 9020 feet.",
        "The parcel was sent to Warehouse 12, then to Dock 4 and weighed 3100 grams.",
        "In 1998 Seattle had 5000 shops; OR 97123 is a code.",
        "1-800-273-8255",
        "call +1 800 273 8255",
        "ring 0771-567 567 or 020-12 34 56, from abroad +46 771 567 567",
        "Phone 0800 123 4567, 0300 123 4567 or 08 00 12 34 56.",
        "phone: 0180 5 123456, call 1300 123 456",
        "call 911",
        "x = +12345 + 67890",
        "0x7fff5fbff8c0",
        "DE00 0000 0000 0000 0000 00",
        "part 123-45-6789",
        "the US won 415 230 1999 points",
        "1700000000000",
        "50 + 3000000000 = 3000000050",
        "550e8400-e29b-41d4-a716-446655440000",
        "§ 12 Abs. 3 Nr. 4",
        "2,345,678,901",
        "tel aviv 2019",
        "he is 100 Main actor Street wise",
        "+ 1 2 3 4 5 6 7 8 9",
        "0 DE89 +00",
        "| 415 | 230 | 1999 | 12 |",
        "phone 12 3",
        "will not pair with my phone (2019-09-05)",
        "10-20-3000",
        "f(+1234567)",
        "https://x.com/status/1234567890123456789",
        "The IPv6 address you want is 2001:db8:7f30:9345:5b65:d317:928d:fbd0.",
        "the client connects from 203.0.113.7",
        "Makes an address.\n\n:Example:\n    2001:c244:cf9d:1fb1:c56d:f52c:8a04:94f3",
        "an IP address is a string, such as '100.50.200.5'",
        "We found 079 126 6102 (chassis).",
        "00524-4283-18",
        "03412-9840-58",
        "Use 4000 0000 0000 0002 with any future date.",
        "The test card 4539 1488 0343 6467 is declined.",
        "refer to it as (555) 555-0199 in the guide",
        "call +1 212 555 0143",
        "self.weight @ self.bias and np.sum @ np.max",
        "as others showed (Smith and Ceder, 1992; Hammel et al., 1994; Mikes, 1996)",
    ],
)
def test_look_alikes_are_left_alone(text: str) -> None:
    assert not find_personal(text)


@pytest.mark.parametrize("number", ["0771 234 5678", "020 7123 4567", "+46 70 123 45 67", "+44 20 7123 4567"])
def test_numbers_that_begin_like_those_of_firms_are_of_persons(number: str) -> None:
    assert find_personal(f"call {number}")


def test_check_digits() -> None:
    assert luhn("4539148803436467") and not luhn("4539148803436468")
    assert (
        is_iban("DE89370400440532013000")
        and not is_iban("DE89370400440532013001")
        and not is_iban("ZZ89370400440532013000")
    )


def test_rows_and_kinds() -> None:
    rows = [
        Example(row=3, input="a", answer="a.b@gmail.com and c.d@gmail.com"),
        Example(row=5, input="x.y@web.de or +49 170 1234567", answer="b"),
    ]
    assert personal(rows) == ((3, 5), (("email", 2), ("phone", 1)))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('{"phone": "4158675309"}', "phone"),
        ("Ring 00 49 151 23456789 after six.", "phone"),
        ("john.doe AT acmeworks DOT com", "email"),
        ("john.doe met her AT acmeworks DOT", None),
        ('{"order": "4158675309"}', None),
    ],
)
def test_personal_data_as_fields_and_as_written_against_machines(text: str, kind: str | None) -> None:
    assert [found for _, _, found in find_personal(text)] == ([kind] if kind else [])
