"""Only whole checkpoints count: cutting, emptying, deleting or changing any file sets them aside."""

from __future__ import annotations

import json

import pytest

from backend.training.checkpoints import MANIFEST, flaw, newest_whole, seal

FILES = {"adapter_model.safetensors": b"\x00" * 64, "optimizer.pt": b"abc", "trainer_state.json": b"{}"}


def checkpoint(root, step: int):
    folder = root / f"checkpoint-{step}"
    folder.mkdir(parents=True)
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    seal(folder)
    return folder


def truncate(path):
    path.write_bytes(path.read_bytes()[:-1])


def flip(path):
    content = bytearray(path.read_bytes())
    content[0] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("name", [*FILES, MANIFEST])
@pytest.mark.parametrize("spoil", [truncate, flip, lambda path: path.unlink(), lambda path: path.write_bytes(b"")])
def test_a_spoilt_file_sets_the_checkpoint_aside(tmp_path, name, spoil):
    older, newer = checkpoint(tmp_path, 9), checkpoint(tmp_path, 10)
    spoil(newer / name)
    found, aside = newest_whole(tmp_path)
    assert found is not None and (found.path, found.step) == (older, 9)
    assert len(aside) == 1 and "checkpoint-10" in aside[0]
    assert (tmp_path / "step-10.torn").is_dir() and not newer.exists()


def test_a_file_that_does_not_belong_is_seen(tmp_path):
    folder = checkpoint(tmp_path, 5)
    assert flaw(folder) == ""
    (folder / "extra.bin").write_bytes(b"x")
    assert "extra.bin" in flaw(folder)


def test_a_manifest_that_is_no_manifest_is_a_flaw(tmp_path):
    folder = checkpoint(tmp_path, 5)
    for content in ("[]", "{}", "not json"):
        (folder / MANIFEST).write_text(content)
        assert flaw(folder)


def test_steps_are_compared_as_numbers(tmp_path):
    checkpoint(tmp_path, 9)
    checkpoint(tmp_path, 100)
    found, _ = newest_whole(tmp_path)
    assert found is not None and found.step == 100


def test_none_is_none(tmp_path):
    assert newest_whole(tmp_path / "nothing") == (None, ())


def test_the_same_step_can_be_torn_twice(tmp_path):
    for _ in range(2):
        flip(checkpoint(tmp_path, 3) / "optimizer.pt")
        newest_whole(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["step-3-2.torn", "step-3.torn"]


def test_the_manifest_names_size_and_hash_of_every_file(tmp_path):
    files = json.loads((checkpoint(tmp_path, 1) / MANIFEST).read_text())
    assert set(files) == set(FILES)
    assert files["optimizer.pt"] == {
        "size": 3, "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    }  # fmt: skip
