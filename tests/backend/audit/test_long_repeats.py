"""Patterns that take their time with the length of a text: some of these took minutes, and more for each sign more."""

from __future__ import annotations

import re

import pytest

from backend.audit import escapes, fences, language, loops, misread, never_filled_in

LONG = 100_000


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (language._PERSON, "Ann da A" + "'" * LONG + "A" + "'" * LONG + " b"),
        (language._STOP, "\n" * LONG + " "),
        (never_filled_in._OPTIONAL, "[" + "a" * LONG),
        (never_filled_in._OPTIONAL, "[a" * LONG),
        (fences._CODE_SIGN, "_" * LONG),
        (escapes._PROGRAM, "\n" * LONG),
        (misread._BETWEEN, "a" * LONG + "À"),
        (loops._TO_REPEAT, "\n" * LONG),
    ],
    ids=["a name", "where a sentence ends", "usage", "usage within usage", "a call", "a program", "a word", "a wish"],
)
def test_a_long_repeat_is_read_once(pattern: re.Pattern[str], text: str) -> None:
    pattern.search(text)
    assert pattern.fullmatch(text) is None


def test_what_the_patterns_find_in_short_texts() -> None:
    assert language._PERSON.fullmatch("Anna de la O'Neill-Smith") and not language._PERSON.fullmatch("Anna de la 1")
    assert language._STOP.split("One.  Two\n\n\nthree\n four") == ["One", "Two", "three\n four"]
    assert never_filled_in._OPTIONAL.sub("", "YEAR [MONTH [DAY]] on [DAY] [[a]]") == "YEAR  on [DAY] [[a]]"
    assert all(fences._CODE_SIGN.search(text) for text in ("print(", "1a(", "éa1("))
    assert not any(fences._CODE_SIGN.search(text) for text in ("2(d)", "é(", "a ("))
    assert misread._BETWEEN.search("plug\u200bin\u200bname") and not misread._BETWEEN.search("plug\u200bin")
    assert escapes._PROGRAM.search("See\n\n \t import os") and not escapes._PROGRAM.search("See the import of it")
