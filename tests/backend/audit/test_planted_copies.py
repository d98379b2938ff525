"""Near duplicates, conflicts and leaks planted among many rows: what is found, what is not, and what must not be."""

from __future__ import annotations

import random

import numpy as np
import pytest

from backend.audit.conflicts import conflicts
from backend.audit.duplicates import duplicates
from backend.audit.leakage import leaked_rows
from backend.audit.near_duplicates import compare, near_duplicates
from backend.audit.sift import first_look, texts_holding
from backend.audit.sketch import sketch
from backend.audit.text import normal
from backend.data.split import split_examples
from backend.domain import Example, Message
from benchmarks.speed.rows import Sayings, misspelt


def texts(count: int, words: int, seed: int) -> list[str]:
    rng = random.Random(seed)
    say = Sayings(rng)
    return [say.text(max(8, words + rng.randint(-3, 3)), rng.randrange(8)) for _ in range(count)]


def varied(text: str, way: int, rng: random.Random) -> str:
    """The same said again: a slip of the keys, other case, other marks and spaces, a small word more."""
    if way == 0:
        return misspelt(text, rng)
    if way == 1:
        return "please " + text.lower()
    if way == 2:
        return text.upper().replace(".", " !!")
    return misspelt(text.replace(", ", " , ").replace(". ", ".\n"), rng) + " thanks"


@pytest.mark.parametrize("words", [12, 33, 34, 80])
def test_copies_with_slips_are_found_and_nothing_else(words: int) -> None:
    rng = random.Random(words)
    said = texts(3000, words, 3)
    rows = [Example(row=row, input=text, answer=f"label {row % 3}") for row, text in enumerate(said)]
    planted = set()
    for at in rng.sample(range(3000), 150):
        again = varied(said[at], len(planted) % 4, rng)
        if normal(again) != normal(said[at]):
            planted.add(len(rows))
            rows.append(Example(row=len(rows), input=again, answer=rows[at].answer))
    found = set(near_duplicates(rows, compare(rows).pairs, duplicates(rows)))
    assert len(found & planted) >= 0.95 * len(planted) and len(found - planted) <= 0.05 * len(found)


SIBLINGS = [
    ("Turn on the heating in the {} before seven", "Turn off the heating in the {} before seven"),
    ("Is it safe to keep bleach near the {} at home", "Is it not safe to keep bleach near the {} at home"),
    ("Where is order 1234 for the {} I bought last week", "Where is order 9876 for the {} I bought last week"),
    ("Increase the volume of the {} in my room please", "Decrease the volume of the {} in my room please"),
    ("Open the window next to the {} in the hall", "Close the window next to the {} in the hall"),
    ("Move 50 euros from Lena to the {} account", "Move 50 euros from Omar to the {} account"),
]
PLACES = ("stove", "lamp", "boiler", "sofa", "fridge", "radio", "plant", "piano", "printer", "garage")


def test_opposites_and_other_numbers_are_neither_copies_nor_contradictions() -> None:
    rows = []
    for at, (one, two) in enumerate(SIBLINGS):
        for place in PLACES:
            for text, label in ((one, "a"), (two, "b")):
                rows.append(Example(row=len(rows), input=text.format(place), answer=f"{label}{at}"))
    assert compare(rows).near == [] and conflicts(rows, "classify") == ()


def test_contradictions_only_where_one_answer_is_right() -> None:
    rng = random.Random(5)
    rows = [Example(row=n, input=text, answer=rng.choice("xyz")) for n, text in enumerate(texts(2000, 15, 9))]
    planted = set()
    for at in rng.sample(range(2000), 40):
        other = "x" if rows[at].answer != "x" else "y"
        planted |= {at, len(rows)}
        rows.append(Example(row=len(rows), input=f" {rows[at].input.upper()}  ", answer=other))
        rows.append(Example(row=len(rows), input=rows[at].input + "!", answer=rows[at].answer.upper()))
        planted.add(len(rows) - 1)
    rows.append(Example(row=len(rows), input="raise the guest account at six", answer="raise(the guest account)"))
    rows.append(Example(row=len(rows), input="increase the guest account at six", answer="increase(the guest account)"))
    assert set(conflicts(rows, "classify") or ()) == planted  # a synonym is another question, with its own answer
    assert planted.issuperset(conflicts(rows, "answer") or ())  # where a fact is asked for


def test_what_came_before_counts_and_so_does_the_system_prompt() -> None:
    def ask(row: int, system: str, earlier: str) -> Example:
        turns = (Message(role="user", content=earlier), Message(role="assistant", content="fine"))
        return Example(row=row, input="And which of the two is larger?", answer=str(row), system=system, history=turns)

    rows = [ask(0, "be brief", "take 3 and 4"), ask(1, "be brief", "take 5 and 6"), ask(2, "be kind", "take 3 and 4"),
            ask(3, "Be brief.", "Take 3 and 4!")]  # fmt: skip
    assert conflicts(rows, "classify") == (0, 3)


def test_our_split_never_leaks_and_keeps_label_shares() -> None:
    rng = random.Random(6)
    said = texts(2000, 20, 4)
    rows = [Example(row=n, input=text, answer=rng.choice("aaab")) for n, text in enumerate(said)]
    for at in rng.sample(range(2000), 400):
        rows.append(Example(row=len(rows), input=varied(said[at], len(rows) % 4, rng), answer=rows[at].answer))
    parts = split_examples(rows, compare(rows).clusters, 1, "classify")
    known = [rows[row] for row in (*parts.train, *parts.validation)]
    assert leaked_rows(known, [rows[row] for row in parts.test]) == ((), ())
    cut = (parts.train, parts.validation, parts.test)
    shares = [np.mean([rows[row].answer == "b" for row in part]) for part in cut]
    assert max(shares) - min(shares) < 0.02


def test_sketches_do_not_depend_on_the_neighbours() -> None:
    """A text has the same sketch alone as among others, whatever their script and size."""
    odd = ["", "Größe 12, Straße!", "你好 世界 3", "🙂" * 40, "a" * 900_000, "Привет, мир"]
    mixed = [*texts(300, 30, 1), *odd, *texts(9, 40, 2)]
    together = sketch(mixed)
    for at in (0, 7, 299, 300, 301, 302, 303, 304, 305, 310):
        alone = sketch([mixed[at]])
        assert (alone.keys[0], alone.kinds[0], alone.words[0]) == tuple(
            part[at] for part in (together.keys, together.kinds, together.words)
        )
    same = sketch(["Größe 12, Straße!", "GRÖSSE  12 strasse", "Ｇröße １２ — Straße", "Größe 13, Straße"])
    assert len(set(same.keys[:3].tolist())) == 1 and same.keys[3] != same.keys[0] and same.kinds[3] != same.kinds[0]


def test_the_first_look_names_the_right_rows() -> None:
    rows = [Example(row=9, input="a@b", answer=""), Example(row=8, input="", answer="é 77", system="sys @"),
            Example(row=7, input="x", answer="y", system="sys @")]  # fmt: skip
    found = first_look(rows, {"at": "@", "number": r"\d{2}", "none": "zz"})
    assert found == {"at": [0, 1, 2], "number": [1], "none": []}
    assert texts_holding(["é" * 10, "b", "äb"], "b", "é") == [[1, 2], [0]] and texts_holding([], "b") == [[]]
