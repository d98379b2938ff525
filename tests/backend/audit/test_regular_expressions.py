"""Rows about regular expressions: of the same words, another sign makes another expression."""

from __future__ import annotations

import time

import pytest

from backend.audit.near_duplicates import compare, near_duplicates
from backend.audit.said import read
from backend.domain import Example


def copies(*rows: tuple[str, str]) -> tuple[int, ...]:
    examples = [Example(row=row, input=asked, answer=answer) for row, (asked, answer) in enumerate(rows)]
    found = compare(examples)
    return near_duplicates(examples, found.pairs, (), found.known)


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (r"What does the regex ^log{}\d{{4}}$ match?", 'A whole string of "log{}" and exactly 4 digits after it.'),
        (r"Explain (dog|DOG){}?\w{{3}}", 'It looks for "dog" in either case, perhaps a "{}", and 3 word characters.'),
        (
            r"What is captured by user{}(\d+)\.(\d{{2}})?",
            'All digits after "user{}", and the two digits after the dot.',
        ),
        ("Find user{0}, then any text, in a log file", "grep -E '^user{0}.*$' server.log | sort | uniq -c"),
    ],
)
def test_another_sign_is_another_expression(asked: str, answer: str) -> None:
    rows = [(asked.format(sign), answer.format(sign)) for sign in "-_#/"]
    assert copies(*rows) == ()


@pytest.mark.parametrize(
    ("asked", "again"),
    [
        (r"Which lines does the regex ^log-\d{4}$ find here?", r"Which lnies does the regex ^log-\d{4}$ find here?"),
        (r"Which lines are found by the regex ^log-\d{4}$?", r"Which lines are found by the regex ^log-\d{4}$ ?"),
        (r"Solve \frac{1}{2}x - 3 = \sqrt{4} for the test.", r"Solve \frac{1}{2}x - 3 = \sqrt{4}, for the test!"),
        ("What did the article say about C:\\docs, then?", "What did the article say about C:/docs, then?"),
    ],
)
def test_the_same_expression_with_a_slip_beside_it_and_other_marks_elsewhere_are_copies(asked: str, again: str) -> None:
    answer = "It is the first of those that stand in the long list above."
    assert copies((asked, answer), (again, answer)) == (1,)


def test_case_tells_classes_and_ranges_apart() -> None:
    assert read(r"[a-z]+\d").operators != read(r"[A-Z]+\d").operators != read(r"[A-Z]+\D").operators


@pytest.mark.parametrize("part", ["^", "\\", "[^", "[^a", ".*", "(", "(a|", "a{1", "`^", "\\d", "{1,"])
def test_long_runs_of_signs_are_read_in_one_go(part: str) -> None:
    text, start = part * (100_000 // len(part)), time.process_time()
    read(text)
    assert time.process_time() - start < 2
