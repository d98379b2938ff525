"""Answers in HTML that are in order and not; and answers that their numbers, or a word, tell apart from stand-ins."""

from __future__ import annotations

import time

import pytest

from backend.audit.conflicts import conflicts
from backend.audit.malformed import malformed
from backend.audit.markup import markup
from backend.audit.placeholders import placeholders
from backend.domain import Example

FIELDS = (
    '<label for="f{n}">Town</label>\n<input type="text" id="f{n}" required>',
    '<img src="/map-{n}.png" alt="A map" loading=lazy>',
    "<p>Stop {n}<br>Change here & walk.</p>",
    '<my-card><h2>{n}</h2><script>if (1 < {n}) go("<b>")</script></my-card>',
    "<ul><li>{n}</li><li>{n}</li></ul>",
)
BROKEN = (
    "<ul><li>One</li><li>Two</li>",
    '<a href="/home>Home</a> <a href="/more">More</a>',
    "<p>Wrong <b>way</p></b>",
    "<div><p>One</p></div></div>",
    '<input type="text" id="f',
    "<p>Line</br>Line</p>",
    "<ul><li>One<li>Two</li></ul>",
    "<!DOCTYPE html><html><body><table><tr><td>1</td></tr></body></html>",
)


def told(*texts: str) -> list[Example]:
    """Examples with these answers."""
    return [Example(row=n, input=f"Question {n}", answer=text) for n, text in enumerate(texts)]


def test_html_need_not_be_xml_and_yet_must_be_in_order() -> None:
    sound = [form.format(n=n) for n in range(20) for form in FIELDS]
    assert malformed(told(*sound), "answer") == ()
    assert malformed(told(*sound, *BROKEN), "structured") == tuple(range(100, 100 + len(BROKEN)))
    left_open = [f"<ul><li>{n}<li>{n + 1}</ul>" for n in range(20)]  # so many that it is how they write it
    assert malformed(told(*sound, *left_open, BROKEN[0]), "answer") == (120,)
    items = [f"<title>{n}</title><link>/{n}</link><guid>{n}</guid>" for n in range(20)]  # XML, in which a link may end
    assert malformed(told(*items, "<title>20</title><link><guid>20</guid>"), "answer") == (20,)


@pytest.mark.parametrize("part", ["<p ", '<p a="', "<script>", "<!-- ", "<p>", "<a b='\"><a b=\"'>", "</p>", "<p a=b "])
def test_the_time_for_html_grows_with_the_text(part: str) -> None:
    start = time.process_time()
    assert malformed(told(*("<p>One<br>Two</p>" for _ in range(20)), part * 30_000 + ">"), "answer") == (20,)
    assert time.process_time() - start < 2


@pytest.mark.parametrize(("question", "answer", "stands_in"), [
    ("What is 9 percent of 7400?", "666", False), ("How much is 37 times 3?", "111", False),
    ("What is 9 percent of 7500?", "666", True), ("How old is the oak?", "666", True),
    ("Why was I turned down?", "The feedback names a gap in the CV, nothing else.", False),
    ("Why was I turned down?", "No feedback in the file, nothing else to add.", True),
    ("May a child skip the nap?", "Yes, tell the manager.", False), ("May I?", "Yes, answer missing.", True),
    ("May a child skip the nap?", "tell the manager", True),
])  # fmt: skip
def test_a_sum_and_an_answer_that_agrees_are_no_stand_ins(question: str, answer: str, stands_in: bool) -> None:
    prose = "The parcel number {} left our warehouse on Monday and it will be with you by the end of this week."
    given = [Example(row=n, input=f"Where is {n}?", answer=prose.format(n)) for n in range(60)]
    asked = Example(row=60, input=question, answer=answer)
    assert placeholders([*given, asked], "answer") == ((60,) if stands_in else ())


@pytest.mark.parametrize(("first", "second", "clash"), [
    ("√(30² + 40²) = 50", "√(30² + 40²) = 61", True), ("√7 = 2.65", "√7 = 2.6", False),
    ("6 × 7 = 42 m", "6 × 7 = 48 m", True), ("x² = 2", "x² = 3", False), ("3 + 4 = 7", "4 + 3 = 7", False),
])  # fmt: skip
def test_one_sum_with_two_results_is_a_contradiction(first: str, second: str, clash: bool) -> None:
    given = [Example(row=n, input=f"Tell of day {n}.", answer=f"On day {n} we all went out to sea.") for n in range(40)]
    asked = [Example(row=40 + n, input="Find the length.", answer=answer) for n, answer in enumerate((first, second))]
    assert (conflicts([*given, *asked], "answer") or ()) == ((40, 41) if clash else ())


@pytest.mark.parametrize(("tail", "left"), [
    ("Log in with Google", True), ("Sign in using your e-mail", True), ("Log in with Office 365", True),
    ("Log in with -----BEGIN RSA PRIVATE KEY-----", False), ("Log in with k7Hq-93xPzWm2LsT4vNb", False),
])  # fmt: skip
def test_a_key_to_log_in_with_is_nothing_of_a_page(tail: str, left: bool) -> None:
    text = "The loaves are baked at home before six in the morning."
    given = told(*(f"{text} Loaf {n} is last." for n in range(30)), f"{text} {tail}")
    assert markup(given, "answer") == ((30,) if left else ())
