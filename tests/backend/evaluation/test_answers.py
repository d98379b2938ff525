"""A label is read off an answer only where it is unambiguous."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain import Example
from backend.evaluation.answers import labels_of, parse_label, read_answers, unreadable

MOOD = ("negative", "positive")


@pytest.mark.parametrize(
    ("text", "labels", "label"),
    [
        ("positive", MOOD, "positive"),
        ("  POSITIVE!\n", MOOD, "positive"),
        ("The sentiment is **Positive**.", MOOD, "positive"),
        ("Label: negative\nBecause it is not positive at all.", MOOD, "negative"),
        ("Sure, here you go:\n\nnegative", MOOD, "negative"),
        ("- positive", MOOD, "positive"),
        ("positive or negative", MOOD, None),
        ("not positive", MOOD, None),
        ("It isn't positive", MOOD, None),
        ("non-positive", MOOD, None),
        ("positively charged", MOOD, None),
        ("", MOOD, None),
        ("no idea", MOOD, None),
        ("Not spam.", ("spam", "not spam"), "not spam"),
        ("This is spam", ("spam", "not spam"), "spam"),
        ("No.", ("yes", "no"), "no"),
        ("-1", ("-1", "0", "1"), "-1"),
        ("Answer: -1.", ("-1", "0", "1"), "-1"),
        ("4 of 5", ("1", "2", "3", "4", "5"), None),
        ("It is C", ("C", "C++", "C#"), "C"),
        ("It is C++.", ("C", "C++", "C#"), "C++"),
        ("US", ("US", "us"), "US"),
        ("Us", ("US", "us"), None),
        ("sehr gut", ("gut", "sehr gut"), "sehr gut"),
        ("anything", (), None),
    ],
)
def test_reading_a_label(text, labels, label):
    assert parse_label(text, labels) == label


@given(st.lists(st.text(min_size=1, max_size=8).filter(lambda t: t.strip() == t), min_size=1, max_size=5, unique=True))
def test_every_label_reads_as_itself(labels):
    assert [parse_label(label, labels) for label in labels] == labels


@given(st.text(max_size=80))
def test_what_is_read_is_a_label_or_nothing(text):
    assert parse_label(text, MOOD) in (*MOOD, None)


def test_unreadable_answers_are_counted_and_score_as_no_label():
    outputs = ["positive", "hm", "both positive and negative"]
    assert read_answers(outputs, "classify", MOOD) == ["positive", "", ""]
    assert unreadable(outputs, MOOD) == 2
    assert read_answers([" kept as is "], "answer") == ["kept as is"]


def test_labels_come_most_frequent_first():
    answers = ["b", "a", "b ", "c", "a", "b"]
    assert labels_of([Example(row=i, input="", answer=a) for i, a in enumerate(answers)]) == ("b", "a", "c")
