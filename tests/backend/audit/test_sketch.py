"""Sketches of texts in any script, long words and short: equal words, equal sketches, whatever way they were hashed."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from backend.audit.sketch import sketch
from backend.audit.text import words

MARKS = "abc XYZ, éÉ\u0301\u0327ﬀ½´”—ﾞｶ가각한\u1100\u1161中ſİß\ud800"


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(st.one_of(st.characters(), st.sampled_from(MARKS)), max_size=30), min_size=1, max_size=5))
def test_what_stands_beside_a_text_does_not_change_its_sketch(texts: list[str]) -> None:
    together = sketch([*texts, "中" * 50]).keys.tolist()
    assert together[:-1] == [sketch([text]).keys[0] for text in texts]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text("abcdefghijklmnop", min_size=1, max_size=200), min_size=2, max_size=40, unique=True))
def test_words_that_differ_anywhere_differ(made: list[str]) -> None:
    assert len(set(sketch(made).keys.tolist())) == len(made)
    joined = sketch([" ".join(made), ", ".join(made).upper(), " ".join(reversed(made))])
    assert joined.keys[0] == joined.keys[1] != joined.keys[2]
    assert joined.words.tolist() == [len(words(" ".join(made)))] * 3


def test_long_words_differ_by_their_middle() -> None:
    for size in (9, 12, 16, 17, 24, 25, 33, 64, 65, 300):
        made = {"x" * at + "y" + "x" * (size - at - 1) for at in range(size)} | {"x" * (size + 1)}
        assert len(set(sketch(sorted(made)).keys.tolist())) == size + 1
