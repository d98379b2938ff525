"""Requests in a rare wording are not of another subject, unless their answers are."""

import random

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from backend.audit.bags import words
from backend.audit.word_vectors import word_vectors
from backend.audit.wordings import have_own_words, named_for_wording

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


@pytest.mark.parametrize(("things", "for_wording"), [(GARDEN, True), (SHIPS, False)], ids=["the same", "others"])
def test_rows_answered_in_codes_are_told_by_their_questions(things: list[str], for_wording: bool) -> None:
    rng = random.Random(3)
    usual = [f"How should people look after {' and '.join(rng.sample(GARDEN, 3))}?" for _ in range(180)]
    rare = [f"Give the short code for: {' and '.join(rng.sample(things, 3))}" for _ in range(20)]
    answers = [said(GARDEN, rng) for _ in usual] + [f"K{number}.{number % 7}" for number in range(20)]
    named = np.arange(200) >= 180
    found = named_for_wording([*usual, *rare], answers, named, seed=0)
    assert (found == (named & for_wording)).all()


@pytest.mark.parametrize(("subject", "own"), [(GARDEN, False), (SHIPS, True)], ids=["the same", "another"])
def test_rows_have_own_words_beyond_those_drawn_by_chance(subject: list[str], own: bool) -> None:
    rng = random.Random(4)
    texts = [said(GARDEN, rng) for _ in range(180)] + [said(subject, rng) for _ in range(20)]
    vectors = word_vectors()
    assert vectors is not None
    holds, rarity, _ = words(texts, vectors)
    named = np.arange(200) >= 180
    assert have_own_words(holds, rarity, np.flatnonzero(named), named, seed=0) is own


@pytest.mark.parametrize(("own", "beyond"), [(11, False), (13, True)])
def test_a_share_of_own_words_below_the_limit_may_be_chance(own: int, beyond: bool) -> None:
    """Of a hundred words of each row: all others share theirs."""
    holds = np.zeros((100, 100 + own))
    holds[:90, :100] = 1
    holds[90:, own:] = 1
    named = np.arange(100) >= 90
    rarity = np.ones(holds.shape[1])
    assert have_own_words(csr_matrix(holds), rarity, np.flatnonzero(named), named, seed=0) is beyond
