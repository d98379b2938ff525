"""Requests in a rare wording are not of another subject, unless their answers are."""

import random

import numpy as np
import pytest

from backend.audit.wordings import named_for_wording

GARDEN = "soil roots compost beds seeds frost leaves pruning hedge lawn mulch shade water spring bulbs stems".split()
SHIPS = "anchor mast rudder harbour crew sail keel tide deck compass rope storm captain cargo pilot berth".split()


def said(words: list[str], rng: random.Random) -> str:
    return f"The {' and the '.join(rng.sample(words, 5))} need care."


@pytest.mark.parametrize(("subject", "for_wording"), [(GARDEN, True), (SHIPS, False)], ids=["the same", "another"])
def test_rows_in_a_rare_wording_are_told_by_their_answers(subject: list[str], for_wording: bool) -> None:
    rng = random.Random(1)
    usual = [f"Write a short text with the words {' '.join(rng.sample(GARDEN, 3))}" for _ in range(180)]
    rare = [f"What comes after this sentence? {said(subject, rng)}" for _ in range(20)]
    answers = [said(GARDEN, rng) for _ in usual] + [said(subject, rng) for _ in rare]
    named = np.arange(200) >= 178  # and two of the usual wording, taken for kin of those
    found = named_for_wording([*usual, *rare], answers, named, seed=0)
    assert (found == (named & for_wording)).all()


def test_rows_named_in_no_wording_of_their_own_stay_named() -> None:
    rng = random.Random(2)
    asked = [f"How do I care for my {rng.choice(GARDEN)} and {rng.choice(SHIPS)}?" for _ in range(200)]
    named = np.arange(200) % 20 == 0
    assert not named_for_wording(asked, [said(GARDEN, rng) for _ in asked], named, seed=0).any()
