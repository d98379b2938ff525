"""A group of another kind among rows of few templates, of which no row is strange by itself."""

from __future__ import annotations

import random

import pytest

from backend.audit.off_topic import off_topic
from backend.domain import Example

BEFORE = {
    "glacier": "Our hut stands on a moraine. | The guide book is from 1988. | I teach geography. | Snow fell in August."
    " | My rope party has four people. | We filmed it from a drone.",
    "loom": "My aunt left me her workshop. | The yarn is hand spun. | A scarf must be done by Friday."
    " | I sell at a fair. | The cloth came out crooked. | Cats live in my flat.",
}
ASKED = {
    "glacier": "Why do crevasses open {}? = cracks | How fast does ice flow {}? = motion"
    " | Where does melt water leave {}? = water | How deep is the firn {}? = layers"
    " | What colours the ice blue {}? = light | How do rocks get polished {}? = erosion",
    "loom": "How tight should the warp be for {}? = motion | Which reed do I take for {}? = layers"
    " | How do I fix a broken thread in {}? = cracks | Why do the edges of {} draw in? = light"
    " | How long must {} soak before ironing? = water | How many heddles does {} need? = erosion",
}
OF = {
    "glacier": "below the icefall, at the tongue, near the ridge, on the upper plateau, under the north face",
    "loom": "a linen towel, a wool blanket, a silk shawl, a rag rug, a cotton napkin",
}


def _rows(kind: str, rows: int, seed: int) -> list[tuple[str, str]]:
    rng = random.Random(seed)
    before, asked, of = (table[kind].split(mark) for table, mark in ((BEFORE, " | "), (ASKED, " | "), (OF, ", ")))
    drawn = []
    for _ in range(rows):
        question, label = rng.choice(asked).split(" = ")
        drawn.append((f"{rng.choice(before)} {question.format(rng.choice(of))}", label))
    return drawn


@pytest.mark.parametrize("share", [0.1, 0.2])
def test_a_group_that_shares_no_words_with_the_rest_is_named_whatever_its_labels(share: float) -> None:
    own = _rows("glacier", int(300 * (1 - share)), 1)
    labels = sorted({label for _, label in own})
    rng = random.Random(2)
    strangers = [(asked, rng.choice(labels)) for asked, _ in _rows("loom", int(300 * share), 3)]
    named, _ = off_topic([Example(at, *row) for at, row in enumerate(own + strangers)], "classify")
    assert named == tuple(range(len(own), 300))


def test_with_a_label_of_its_own_the_group_is_a_class() -> None:
    own, other = _rows("glacier", 240, 1), [(asked, "weaving") for asked, _ in _rows("loom", 60, 3)]
    named, _ = off_topic([Example(at, *row) for at, row in enumerate(own + other)], "classify")
    assert not named


def test_a_template_of_the_files_own_is_no_such_group() -> None:
    own = _rows("glacier", 240, 1)
    rng = random.Random(4)
    dates = [(f"Convert to ISO: {rng.randint(1, 28)}.{rng.randint(1, 12)}.{rng.randint(1950, 2024)}", "motion")
             for _ in range(60)]  # fmt: skip
    named, _ = off_topic([Example(at, *row) for at, row in enumerate(own + dates)], "classify")
    assert not named


@pytest.mark.parametrize(("lead", "own"), [("To the offices of Halvard and Sons: ", True), ("Answer this: ", False)])
def test_two_departments_of_one_house_are_the_files_own(lead: str, own: bool) -> None:
    pairs = [(lead + asked, f"{label}, as ever.") for asked, label in _rows("glacier", 240, 1) + _rows("loom", 60, 3)]
    named, _ = off_topic([Example(at, *row) for at, row in enumerate(pairs)], "answer")
    assert named == (() if own else tuple(range(240, 300)))
