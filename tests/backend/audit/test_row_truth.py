"""Rows that were once named wrongly or passed over: what is sound beside what is not."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from backend.audit.labels import label_key
from backend.audit.placeholders import placeholders
from backend.domain import Example


def answers(*texts: str) -> list[Example]:
    return [Example(row=n, input=f"Question {n}", answer=text) for n, text in enumerate(texts)]


def drawn_of(signs: str, longest: int) -> Callable[[random.Random], str]:
    return lambda rng: "".join(rng.choice(signs) for _ in range(rng.randint(1, longest)))


@pytest.mark.parametrize(
    "draw",
    [drawn_of(".- /", 20), drawn_of("-", 40), drawn_of("XO.\n", 12), drawn_of("._*", 8), drawn_of("x-", 16)],
    ids=["Morse code", "lines drawn", "a game", "an automaton", "drums"],
)
def test_signs_are_answers_where_the_file_answers_in_signs(draw: Callable[[random.Random], str]) -> None:
    rng = random.Random(5)
    assert placeholders(answers(*(draw(rng) for _ in range(200))), "answer") == ()


def test_signs_stand_in_among_words() -> None:
    real = [f"A real answer number {n}" for n in range(40)]
    assert placeholders(answers("...", "-", "xxxx", "???", *real), "answer") == (0, 1, 2, 3)


def test_labels_made_of_signs_are_not_spellings_of_each_other() -> None:
    assert label_key(".-") != label_key("-") and label_key("(1)") == label_key("1")
