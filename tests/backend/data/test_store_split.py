"""Stored examples come back unchanged; the split never leaks, keeps shares and repeats exactly."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.audit.near_duplicates import clusters
from backend.data.load import read_table
from backend.data.split import split_examples
from backend.data.store import content_sha256, load_examples, save_examples
from backend.domain import Example, Message
from backend.errors import InputError
from backend.statistics import half_width, rows_for_gain

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
EXAMPLES = st.lists(
    st.builds(
        Example,
        row=st.integers(0, 2**40),
        input=TEXT,
        answer=TEXT,
        system=TEXT,
        group=TEXT,
        history=st.lists(st.builds(Message, role=st.sampled_from(["user", "assistant"]), content=TEXT), max_size=3).map(
            tuple
        ),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=30, deadline=None)
@given(EXAMPLES)
def test_stored_examples_come_back_unchanged(tmp_path_factory: pytest.TempPathFactory, examples: list[Example]) -> None:
    folder = tmp_path_factory.mktemp("store") / "v1"
    sha256 = save_examples(examples, folder)
    assert load_examples(folder) == examples
    assert sha256 == content_sha256(examples)


def test_versions_are_never_overwritten_and_damage_is_told(tmp_path: Path) -> None:
    examples = [Example(row=0, input="a", answer="b"), Example(row=1, input="c", answer="d")]
    save_examples(examples, tmp_path / "v1")
    with pytest.raises(FileExistsError):
        save_examples(examples, tmp_path / "v1")
    assert [path.name for path in tmp_path.iterdir()] == ["v1"]
    assert len(read_table(tmp_path / "v1").rows) == 2
    next((tmp_path / "v1").glob("*.arrow")).write_bytes(b"junk")
    with pytest.raises(InputError, match="cannot be read"):
        load_examples(tmp_path / "v1")
    with pytest.raises(InputError):
        load_examples(tmp_path / "v2")


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.sampled_from("abc")), min_size=1, max_size=200), st.integers(0, 5))
def test_no_cluster_is_on_two_sides(members: list[tuple[int, str]], seed: int) -> None:
    examples = [Example(row=3 * row, input=str(row), answer=label) for row, (_, label) in enumerate(members)]
    numbers = [cluster for cluster, _ in members]
    parts = split_examples(examples, numbers, seed, "classify")
    assert parts == split_examples(examples, numbers, seed, "classify")
    placed = [*parts.train, *parts.validation, *parts.test]
    assert sorted(placed) == [example.row for example in examples]
    side = {row: name for name in ("train", "validation", "test") for row in getattr(parts, name)}
    for cluster in set(numbers):
        assert len({side[3 * at] for at, number in enumerate(numbers) if number == cluster}) == 1
    largest = max(Counter(numbers).values())
    for share, part in zip((0.8, 0.1, 0.1), (parts.train, parts.validation, parts.test), strict=True):
        assert abs(len(part) - share * len(examples)) <= largest + 1


def test_labels_keep_their_shares() -> None:
    examples = [Example(row=n, input=str(n), answer="rare" if n % 10 == 0 else "common") for n in range(1000)]
    parts = split_examples(examples, list(range(1000)), 7, "classify")
    assert (len(parts.train), len(parts.validation), len(parts.test)) == (800, 100, 100)
    for part in (parts.validation, parts.test):
        assert abs(sum(row % 10 == 0 for row in part) - 10) <= 1
    assert parts.facts.smallest_visible_gain == pytest.approx(half_width(100))
    assert parts.facts.rows_for_smallest_gain is None
    assert parts != split_examples(examples, list(range(1000)), 8, "classify")


def test_rows_of_one_author_stay_together() -> None:
    examples = [Example(row=n, input=str(n), answer="x", group=f"author {n % 40}") for n in range(400)]
    parts = split_examples(examples, list(range(400)), 1, "answer", smallest_gain=0.05)
    sides = [{examples[row].group for row in part} for part in (parts.train, parts.validation, parts.test)]
    assert not (sides[0] & sides[1] or sides[0] & sides[2] or sides[1] & sides[2])
    assert parts.facts.rows_for_smallest_gain == 385


def test_each_part_has_its_share_of_a_few_large_groups() -> None:
    examples = [Example(row=n, input=str(n), answer="x", group="abc"[n % 3]) for n in range(300)]
    parts = split_examples(examples, list(range(300)), 1, "answer")
    assert all({examples[row].group for row in part} == set("abc") for part in (parts.validation, parts.test))


@settings(max_examples=50, deadline=None)
@given(st.integers(300, 6000), st.floats(0.02, 0.3))
def test_the_test_part_grows_to_show_the_smallest_gain_where_a_quarter_is_enough(rows: int, gain: float) -> None:
    examples = [Example(row=n, input=str(n), answer="x") for n in range(rows)]
    parts = split_examples(examples, list(range(rows)), 1, "answer", smallest_gain=gain)
    needed = rows_for_gain(gain)
    if needed <= 0.24 * rows:
        assert parts.facts.smallest_visible_gain <= gain
    if not 0.1 * rows < 1.02 * needed <= 0.25 * rows:
        assert abs(len(parts.test) - 0.1 * rows) <= 1
    assert abs(len(parts.validation) - 0.1 * rows) <= 1


def test_given_test_rows_are_kept_and_their_leaks_named() -> None:
    words = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    examples = [
        Example(row=n, input=f"tell me about the {words[n % 10]} wonders of {words[n // 10]} worlds", answer="x")
        for n in range(90)
    ]
    test = [
        Example(row=100, input="Tell me about the ONE wonders of one worlds!", answer="y"),
        Example(row=101, input="tell me abuot the two wonders of three worlds", answer="y"),
        Example(row=102, input="something else entirely that nobody has asked", answer="y"),
    ]
    parts = split_examples(examples, clusters(examples), 1, "answer", test)
    assert parts.test == (100, 101, 102)
    assert len(parts.train) == 80 and len(parts.validation) == 10
    assert parts.facts.leaked == (100,) and parts.facts.leaked_near == (101,)
