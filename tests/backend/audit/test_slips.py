"""What may be a slip of the pen: the quick answer must never say no where the careful one says yes."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from backend.audit.slips import inflected, is_near, is_slip, may_be_one
from backend.audit.vocabulary import word_list

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
