"""Files made from templates: their rows are as like each other as near copies are, and only these are named."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import product

import numpy as np
import pytest

from backend.audit.conflicts import conflicts
from backend.audit.contradictions import contradict, differ_by_numbers, surely_agree
from backend.audit.crowds import Crowd, difference
from backend.audit.near_duplicates import compare
from backend.audit.same_thing import say_the_same
from backend.domain import Example

THINGS = [f"{kind} {thing}" for kind in ("cheap", "heavy", "silent", "folding", "portable", "electric", "wooden")
          for thing in ("kettle", "lamp", "heater", "router", "speaker", "blender", "drill", "mower")]  # fmt: skip
PLACES = ["in the kitchen", "at the summer house", "near the harbour", "behind the garage", "under the stairs",
          "beside the window", "at our branch", "in the cellar"]  # fmt: skip
FAULTS = ["does not switch on", "makes a grinding noise", "smells of burning", "leaks water", "keeps losing power",
          "flickers in the evening", "drops its settings", "stops without warning", "shows a red light",
          "will not charge", "gets far too hot", "has become slower"]  # fmt: skip


def _template() -> list[str]:
    """5,376 questions, no two of which say the same."""
    return [f"My {thing} {place} {fault}. What should I do about it?" for thing, place, fault in
            product(THINGS, PLACES, FAULTS)]  # fmt: skip


def _examples(texts: list[str]) -> list[Example]:
    return [Example(row=at, input=text, answer=f"Answer number {at} is a short one.") for at, text in enumerate(texts)]


def _mistyped(text: str) -> str:
    return text.replace("should", "shuold").replace("What", "Waht")


CHANGES: dict[str, Callable[[str], str]] = {
    "a slip": lambda text: text.replace("about", "abuot"),
    "two slips": _mistyped,
    "a greeting": lambda text: f"Hello there, {text[0].lower()}{text[1:]}",
    "thanks": lambda text: f"{text} Thanks in advance!",
    "a remark": lambda text: f"{text} (sent from my phone)",
    "capitals": str.upper,
}


def test_of_rows_from_one_template_only_near_copies_are_found() -> None:
    texts = _template()
    chosen = random.Random(3).sample(range(len(texts)), 10 * len(CHANGES))
    copies = [change(texts[at]) for at, change in zip(chosen, [*CHANGES.values()] * 10, strict=True)]
    compared = compare(_examples([*texts, *copies]))
    found = {(left, right) for left, right in compared.pairs}
    wanted = {(at, len(texts) + place) for place, at in enumerate(chosen)}
    assert len(wanted & found) >= 0.98 * len(wanted)
    assert found <= wanted


def test_where_nothing_is_planted_nothing_is_found() -> None:
    assert compare(_examples(_template())).pairs == []


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_every_near_copy_goes_through(change: Callable[[str], str]) -> None:
    texts = _template()[:200]
    crowd = Crowd([*texts, change(texts[50])])
    others = np.arange(len(texts))
    likely = crowd.likely(others, np.full(len(texts), len(texts)))
    assert likely[50]


def test_what_parts_two_texts_is_told() -> None:
    assert difference("a red fox ran", "a red dog ran") == (("fox", "dog"),)
    assert difference("a red fox ran", "a red fox ran off") == ((), ("off",))
    assert difference("Hello, a fox ran", "a fox ran") == (("Hello,",), ())


def test_what_has_changed_places_is_something_else() -> None:
    one = "Please write a short function in plain Python that turns square feet into acres and explain how it works."
    other = "Please write a short function in plain Python that turns acres into square feet and explain how it works."
    assert not say_the_same(one, other)


@pytest.mark.parametrize(
    ("first", "second", "by_numbers"),
    [
        ("You can return it within 14 days.", "You can return it within 30 days.", True),
        ("The fee is 3.50 euros per day.", "The fee is 3.5 euros per day.", False),
        ("It weighs 1,000 grams when it is full.", "It weighs 1000 grams when it is full.", False),
        ("Keep the door open at night.", "Keep the door closed at night.", False),
        ("This web site is not free.", "This website is free.", False),
        ("You can't use it in the rain.", "You can use it in the rain.", False),
    ],
)
def test_no_contradiction_is_passed_over(first: str, second: str, by_numbers: bool) -> None:
    told = [frozenset(text.casefold().split()) for text in (first, second)]
    assert differ_by_numbers(first, second) is by_numbers
    assert not surely_agree(*told)


def test_answers_about_other_things_do_not_contradict() -> None:
    one, other = "Unplug the kettle for 10 minutes.", "Clean the heater for 20 minutes."
    assert surely_agree(*[frozenset(text.casefold().split()) for text in (one, other)])
    assert not contradict(one, other)


def test_in_a_crowd_of_rows_asked_again_those_that_contradict_are_named() -> None:
    asked = _template()[:300]
    rows = [(text, f"Wait for {10 + at % 7} minutes before you open the lid.") for at, text in enumerate(asked)]
    rows += [(text, "Send it to us with the receipt in the box.") for text in asked]
    rows += [(asked[7], "Wait for 45 minutes before you open the lid.")]
    examples = [Example(row=at, input=text, answer=answer) for at, (text, answer) in enumerate(rows)]
    assert conflicts(examples, "answer") == (7, 600)
