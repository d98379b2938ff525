"""A pattern made over for the first look finds all that it finds as it stands."""

from __future__ import annotations

import random
import re

import pytest

from backend.audit import cards, national_ids, personal, phones
from backend.audit.personal import personal as rows_with_personal
from backend.audit.sift import by_re2, rows_among
from backend.audit.wider import wider
from backend.domain import Example, Message


@pytest.mark.parametrize(
    ("pattern", "found", "passed_over"),
    [
        (re.compile(r"(?<![\w.])\d{3}([- ])\d{2}\1\d{4}(?!\w)"), "is 123-45-6789.", "123_45_6789"),
        (re.compile(r"a(?=b)c?|(?<=x)y(?!z)|(?!q)\Aw+\Z"), "xyw", "b c"),
        (re.compile(r"^(?:x{2,3}?|y++|(?>z))$", re.MULTILINE), "a\nxx\nb", "a\nw\nb"),
        (re.compile(r"(?i:stra)(?-i:S)[^\W\d_]e.", re.DOTALL), "STRASße\n", "strass_e"),
        (re.compile(r"(?P<q>['\"])[^'\"\s]{1,300}(?P=q)[^\S\n]\W\D\S", re.IGNORECASE), "\"abc\" -x!", "\"a bc\""),
        (re.compile(r"(a)?b(?(1)c|d)"), "bd", "aa"),
        (re.compile("[\u00e4-\u00fc]\\d\\s\\w[^a]{12,}x{0,40}"), "\u00f6\u0663\u2003\u0436bbbbbbbbbbbbb", "o3 zb"),
    ],
)  # fmt: skip
def test_wider_patterns(pattern: re.Pattern[str], found: str, passed_over: str) -> None:
    assert pattern.search(found) and not pattern.search(passed_over)
    assert [places.tolist() for places in by_re2([found, passed_over], wider(pattern))] == [[0]]


def test_every_pattern_of_numbers_finds_no_less() -> None:
    """Random digits, with all that stands between and around them in numbers."""
    rng = random.Random(4)
    signs = "00112233456789   ..--/()+,:#xX\nANZ"
    said = ("", "my phone is ", "call me on ", "card ", "ssn: ", "SSN is ", "pesel ", "Pass ")
    texts = [f"{rng.choice(said)}{''.join(rng.choices(signs, k=rng.randint(8, 24)))}" for _ in range(4000)]
    texts += [f"{rng.choice(said)}{rng.randint(10**8, 10**16)} mobile" for _ in range(1000)]
    patterns = [phones._INTERNATIONAL, phones._AMERICAN, phones._TRUNK, phones._NAMED, phones._LABELLED, *cards.FORMS,
                personal._FOUR_PARTS, personal._LETTERS_FIRST, *(form for form, *_ in national_ids.KINDS)]  # fmt: skip
    for pattern, places in zip(patterns, by_re2(texts, *map(wider, patterns)), strict=True):
        missed = {at for at, text in enumerate(texts) if pattern.search(text)} - {*places.tolist()}
        assert not missed, (pattern.pattern, texts[missed.pop()])


def test_a_second_look_at_numbers_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a file of sums, whatever a row says besides."""
    real = ("call +49 170 1234567 now", "my number is 0731 819245", "card 4539 1488 0343 6467", "from 84.17.46.113 in",
            "DE89 3704 0044 0532 0130 00", "SSN 536-22-8726", "steuer-id 86095742719", "reach me: jane.roe@gmail.com",
            "I live at 12 Alder Street", "CPF 529.982.247-25", "1-800-555-0199", "order 4539148803436467")  # fmt: skip
    rng = random.Random(2)
    rows = []
    for row in range(600):
        a, b = rng.randint(100, 99_999), rng.randint(100, 9_999)
        parts = {"input": f"What is {a} * {b}?", "answer": f"It is {a * b}, and {a * b} + {b} = {a * b + b}."}
        place = rng.choice(("input", "answer", "system"))
        parts[place] = f"{rng.choice(real)}. {parts.get(place, '')}" if row % 9 == 0 else parts.get(place, "")
        turns = (Message(role="user", content=rng.choice(real)),) if row % 50 == 1 else ()
        rows.append(Example(row=row, history=turns, **parts))
    whole = rows_with_personal(rows)
    monkeypatch.setattr(personal, "MANY_LIKELY", 10)
    assert rows_with_personal(rows) == whole and len(whole[0]) > 40
    assert rows_among(rows, [0, 1, 2], {"a": r"\* ", "b": "no such"}) == {"a": [0, 1, 2], "b": []}
