"""The demo's data is the same every time, and its spoiled copy is refused for what was spoilt."""

from backend.demo import TEST, TRAIN_AND_VALIDATION, show_block, write_data
from backend.workbench import silent


def test_the_same_bytes_every_time(tmp_path):
    first = [path.read_bytes() for path in write_data(tmp_path / "a")]
    second = [path.read_bytes() for path in write_data(tmp_path / "b")]
    assert first == second
    assert [content.count(b"\n") - 1 for content in first[:2]] == [TRAIN_AND_VALIDATION, TEST]


def test_the_spoiled_copy_is_refused_for_what_was_spoilt(tmp_path):
    *_, spoiled = write_data(tmp_path / "data")
    before = spoiled.read_bytes()
    said = show_block(tmp_path / "home", spoiled, silent)
    for rule in ("duplicate-rows", "conflicting-answers", "inconsistent-labels", "empty-answers", "personal-data"):
        assert rule in said
    assert said == show_block(tmp_path / "home", spoiled, silent)  # a second run finds the same and adds nothing
    assert spoiled.read_bytes() == before
