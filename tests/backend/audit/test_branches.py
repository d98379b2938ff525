"""A branch from elsewhere leads, shares fewest words and forms with the rest, and has many words to itself."""

import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from backend.audit.bags import bags
from backend.audit.branches import Branches, beyond_others
from backend.audit.word_vectors import word_vectors

ROWS = 100
FOUND = Branches(
    order=np.arange(ROWS)[::-1],
    starts=np.array([0, 10, 50, 70]),
    sizes=np.array([10, 40, 20, 30]),
    own=np.array([0.7, 0.3, 0.5, 0.2]),
    breadth=np.array([0.8, 0.8, 0.8, 0.8]),
    built=np.array([0.9, 0.5, 0.6, 0.3]),
)
"""Four branches beside one another; the first, rows 90 to 99, is from elsewhere."""
CHANCES = np.where(np.arange(ROWS) >= 90, 0.002, 0.001)

DISHES = "bake roast simmer stir whisk knead chop grate fry boil season chill".split()
FOODS = "bread potato carrot onion butter cheese flour pepper garlic tomato rice pasta".split()
SAILS = "mast rudder keel anchor tide harbour jib hull sailor wharf buoy regatta".split()


def of_texts(texts: Sequence[str]) -> Branches:
    vectors = word_vectors()
    assert vectors is not None
    return bags([texts, texts], None, vectors).branches


def about(verbs: Sequence[str], things: Sequence[str], count: int) -> list[str]:
    rng = random.Random(count)
    return [f"Please {rng.choice(verbs)} the {' and the '.join(rng.sample(things, 3))} soon." for _ in range(count)]


def test_a_branch_from_elsewhere_is_told_by_all_four() -> None:
    assert FOUND.from_elsewhere(CHANCES).nonzero()[0].tolist() == list(range(90, 100))
    assert not FOUND.from_elsewhere(np.full(ROWS, 0.001)).any()
    for name, value in (("own", 0.6), ("breadth", 0.3), ("built", 0.61)):
        changed = getattr(FOUND, name).copy()
        changed[0] = value
        assert not replace(FOUND, **{name: changed}).from_elsewhere(CHANCES).any(), name


def test_rows_that_lead_are_held_against_the_next_in_turn() -> None:
    scattered = np.where(np.arange(ROWS) % 10 == 0, 0.002, 0.001)
    assert np.allclose(FOUND.lead(CHANCES)[[0, 3]], [np.log(0.002 / 0.998 * 0.999 / 0.001), 0], atol=1e-6)
    assert (FOUND.lead(scattered) < 0.1).all()


def test_a_branch_shares_no_words_where_it_has_them_to_itself() -> None:
    own = about(DISHES, FOODS, 90)
    other = [f"Why did {text[7:-6].replace('the', 'our')}?" for text in about(SAILS, SAILS, 15)]
    found = of_texts([*own, *other])
    strange = np.where(np.arange(105) >= 90, 0.003, 0.001)
    assert found.from_elsewhere(strange).nonzero()[0].tolist() == list(range(90, 105))
    sailing = int(np.where(found.sizes == len(other), found.lead(strange), -1).argmax())
    assert found.own[sailing] > 0.7
    assert beyond_others(found.starts, found.sizes, found.own)[sailing] > 0.5
    assert beyond_others(found.starts, found.sizes, found.built)[sailing] > 0.5
    assert found.breadth[sailing] > 0.5


def test_a_file_is_too_broad_where_each_subject_has_its_words_to_itself() -> None:
    kinds = "tide mast/bread oven/court judge/piano violin/tumour nurse/rocket orbit/goalkeeper penalty/tax invoice"
    apart = [f"{words} {words.split()[number % 2]}" for words in kinds.split("/") for number in range(20)]
    assert of_texts(apart).too_broad()
    assert not of_texts(about(DISHES, FOODS, 120)).too_broad()
