"""What may be a slip of the pen: the quick answer must never say no where the careful one says yes."""

from __future__ import annotations

import random
from collections import Counter
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from backend.audit.said import other_sentences, read
from backend.audit.same_thing import alike
from backend.audit.slips import inflected, is_near, is_slip, may_be_one, negates
from backend.audit.vocabulary import opposites, synonyms, word_list
from backend.audit.word_pairs import worth_comparing

WORDS = st.sampled_from(sorted(word_list("small") | {"colour", "analysieren", "straße", "tipped", "nation", "café"}))
EDITS = st.lists(st.tuples(st.integers(0, 12), st.sampled_from("aeinrstuzé01l "), st.integers(0, 2)), max_size=4)


def edited(word: str, edits: list[tuple[int, str, int]]) -> str:
    for at, sign, kind in edits:
        at %= len(word)
        word = word[:at] + (sign, "", sign + word[at])[kind] + word[at + 1 :]
        word = word.strip() or "a"
    return word


@settings(max_examples=500, deadline=None)
@given(WORDS, EDITS, st.integers(0, 20), st.integers(0, 20), st.booleans(), st.booleans())
def test_what_is_a_slip_may_be_one(
    word: str, edits: list[tuple[int, str, int]], ours: int, theirs: int, as_name: bool, much_else: bool
) -> None:
    other = edited(word, edits)
    times = {word: ours, other: theirs}
    if is_slip(word, other, times.__getitem__, as_name, much_else) or is_near(word, other) or inflected(word, other):
        assert may_be_one(word, other)


def test_other_words_are_not_taken_for_one() -> None:
    pairs = [("Oslo", "Vienna"), ("kettle", "laptop"), ("anna", "farid"), ("replacement", "voucher")]
    assert not any(may_be_one(one, two) for one, two in pairs)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(WORDS, EDITS), min_size=9, max_size=20), st.integers(0, 3))
def test_of_many_words_all_that_may_be_one_another_are_compared(
    slips: list[tuple[str, list[tuple[int, str, int]]]], times: int
) -> None:
    words, others = [word for word, _ in slips], [edited(word, edits) for word, edits in slips]
    worth, synonym, opposite = worth_comparing(words, others), synonyms(), opposites()
    for word, other in product(words, others):
        is_one = is_slip(word, other, lambda _: times) or is_near(word, other) or inflected(word, other)
        if is_one or negates(word, other) or other in synonym.get(word, ()) or (word, other) in opposite:
            assert other in worth[word]


def test_few_of_many_words_are_worth_comparing() -> None:
    words = [f"{begin}{end}" for begin in ("kar", "sol", "mip", "ted", "bug") for end in ("inga", "oleku", "ustert")]
    others = [word[::-1] for word in words]
    assert sum(map(len, worth_comparing(words, others).values())) < len(words) * len(others) / 10


def test_words_said_again_and_again_are_compared_once() -> None:
    asked: Counter[str] = Counter()

    def known(word: str) -> int:
        asked[word] += 1
        return 1

    rng = random.Random(1)
    ours, theirs = (
        read(" ".join(rng.choices(("kettle", "lantern", other), k=900))) for other in ("flower", "florist")
    )
    assert not alike(ours, theirs, known)
    assert asked.total() < 1000


def test_of_sentences_in_another_order_one_more_is_told() -> None:
    sentences = [f"The {word} of the old man stood on the table by the door." for word in ("lamp", "hat", "cup", "map")]
    more = "He had bought it years ago."
    ours, theirs = (read(" ".join(some)) for some in (sentences, [*sentences[::-1], more]))
    assert other_sentences(ours, theirs) == (Counter(), Counter({tuple(more.lower().strip(".").split()): 1}))
    assert alike(ours, read(" ".join(sentences[::-1])), lambda word: 1)
