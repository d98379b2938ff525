"""Bad input: whatever the bytes, a verdict or a clear error, in bounded time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from bad_input import (
    CASES,
    SOUND,
    SUFFIXES,
    TOKENS,
    any_json,
    archives,
    as_jsonl,
    hard_texts,
    odd_records,
    outcome,
    sound_rows,
    spoilt,
    worst,
)
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from backend.data.load import read_table
from backend.errors import InputError


def cases(share: float) -> settings:
    """So many of all cases; no shrinking by hand-made chance, no deadline of the wall clock."""
    return settings(
        max_examples=max(20, int(CASES * share)), deadline=None, database=None, derandomize=CASES <= 2200,
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    place = tmp_path_factory.mktemp("bad")
    # What is loaded at the first audit is no part of what a file costs.
    (place / "first.jsonl").write_bytes(as_jsonl(sound_rows(300)))
    outcome(place / "first.jsonl", 10**9)
    yield place
    print(f"\nbad input: {worst}")


def tried(folder: Path, suffix: str, content: bytes) -> str:
    path = folder / f"data{suffix}"
    path.write_bytes(content)
    return outcome(path, len(content))


@cases(0.2)
@given(st.sampled_from(SUFFIXES), st.binary(max_size=600))
def test_arbitrary_bytes(folder: Path, suffix: str, content: bytes) -> None:
    tried(folder, suffix, content)


@cases(0.4)
@given(spoilt())
def test_sound_files_spoilt(folder: Path, file: tuple[str, bytes]) -> None:
    tried(folder, *file)


@cases(0.2)
@given(odd_records())
def test_odd_records(folder: Path, content: bytes) -> None:
    tried(folder, ".jsonl", content)


@cases(0.05)
@given(st.lists(any_json(), max_size=5))
def test_odd_lists(folder: Path, records: list[object]) -> None:
    import json

    tried(folder, ".json", json.dumps(records).encode())


@cases(0.06)
@given(hard_texts())
def test_texts_that_make_patterns_back_track(folder: Path, content: bytes) -> None:
    tried(folder, ".jsonl", content)


@cases(0.05)
@given(st.sampled_from(("utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp1252", "utf-8-sig")),
       st.sampled_from((".jsonl", ".json", ".csv", ".tsv")), st.integers(0, 3))  # fmt: skip
def test_other_encodings(folder: Path, encoding: str, suffix: str, lost: int) -> None:
    content = SOUND[suffix].decode().encode(encoding)
    tried(folder, suffix, content[: len(content) - lost])


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of a data set as `save_to_disk` writes it."""
    import datasets

    datasets.disable_progress_bars()
    folder = tmp_path_factory.mktemp("sound") / "saved"
    datasets.Dataset.from_list(sound_rows()).save_to_disk(str(folder))
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@cases(0.04)
@given(st.data())
def test_saved_data_sets_spoilt(folder: Path, saved: dict[str, bytes], data: st.DataObject) -> None:
    place = folder / "saved"
    place.mkdir(exist_ok=True)
    for name, content in saved.items():
        (place / name).write_bytes(content)
    name = data.draw(st.sampled_from(sorted(saved)))
    content = bytearray(saved[name])
    at = data.draw(st.integers(0, len(content) - 1))
    how = data.draw(st.sampled_from(("cut", "flip", "stuff", "other")))
    if how == "cut":
        del content[at:]
    elif how == "flip":
        content[at] ^= 1 << data.draw(st.integers(0, 7))
    elif how == "stuff":
        content[at:at] = data.draw(st.sampled_from(TOKENS))
    else:
        content[:] = data.draw(st.sampled_from((b"", b"[]", b"{}", b"null", b'{"_data_files": 3}', b"\x00" * 99)))
    (place / name).write_bytes(content)
    outcome(place, sum(map(len, saved.values())))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
@pytest.mark.parametrize("suffix", [".jsonl", ".json", ".csv", ".tsv"])
def test_sound_text_in_another_encoding_is_read(tmp_path: Path, encoding: str, suffix: str) -> None:
    path = tmp_path / f"data{suffix}"
    path.write_bytes(SOUND[suffix].decode().encode(encoding))
    table = read_table(path)
    assert table.rows == sound_rows() and not table.unreadable


@pytest.mark.parametrize("name", ["data.jsonl", "data.csv", "data", "data.xlsx", "data.parquet"])
def test_archives_are_refused_by_content(tmp_path: Path, name: str) -> None:
    for kind, packed in archives(as_jsonl(sound_rows())).items():
        path = tmp_path / name
        path.write_bytes(packed)
        with pytest.raises(InputError) as refused:
            read_table(path)
        assert "archive" in refused.value.what, kind


def test_no_bit_of_a_parquet_footer_ends_the_process(tmp_path: Path) -> None:
    """Found at random once: the library gives up the whole process over one bit in the description of a column."""
    sound = SOUND[".parquet"]
    path = tmp_path / "data.parquet"
    told = set()
    for at in range(len(sound) - 750, len(sound)):
        for bit in (1, 6):
            path.write_bytes(sound[:at] + bytes([sound[at] ^ 1 << bit]) + sound[at + 1 :])
            try:
                read_table(path)
            except InputError as error:
                told.add(error.what)
    assert told
