"""The quick no before two texts are compared, and how long it takes where very much differs."""

from __future__ import annotations

import random
import string

from backend.audit.near_duplicates import compare
from backend.audit.own_words import own_words, surely_differ
from backend.domain import Example


def differ(first: str, second: str) -> bool:
    return surely_differ(own_words(first), own_words(second), lambda word: 9)


def test_each_speaks_of_something_else() -> None:
    assert differ("my kettle which I bought in Oslo makes a noise", "my laptop which I bought in Vienna makes a noise")


def test_a_slip_a_synonym_a_label_or_a_lost_word_leaves_it_open() -> None:
    first = "my kettle which I bought in Vienna makes a strange noise at night"
    for second in (
        first.replace("kettle", "ketle"),
        first.replace("strange", "odd"),
        f"Ticket: {first}",
        first.replace(" strange", ""),
        first.replace("Vienna", "Vie nna"),
        first,
    ):
        assert not differ(first, second)


def test_long_texts_that_differ_in_thousands_of_words_are_not_compared_word_by_word() -> None:
    rng = random.Random(1)

    def word() -> str:
        return "".join(rng.choices(string.ascii_lowercase[:10], k=rng.randint(4, 6)))

    base = [word() for _ in range(15_000)]
    texts = []
    for _ in range(6):
        again = list(base)
        for at in rng.sample(range(len(base)), 3000):
            again[at] = word()
        texts.append(" ".join(again))
    assert compare([Example(row=row, input=text, answer="a") for row, text in enumerate(texts)]).near == []


def test_a_long_run_of_blanks_is_read_once() -> None:
    assert own_words("\t " * 20_000).count == 0  # by splitting the run in four it would take years
