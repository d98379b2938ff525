"""Model folders: what is accepted, what is refused and with which words."""

from __future__ import annotations

import json

import pytest

from backend.errors import InputError
from backend.models.catalogue import catalogue, find
from backend.models.folder import inspect, model_sha256
from backend.models.load import load_model
from backend.models.resolve import resolve


def test_a_whole_folder_is_described(tiny_model, own_home):
    folder = resolve(str(tiny_model), own_home)
    assert folder.path == tiny_model
    assert (folder.shape.layers, folder.shape.hidden, folder.context_tokens) == (2, 32, 512)
    assert folder.billions == pytest.approx(sum(p.numel() for p in load_model(folder).parameters()) / 1e9)
    assert folder.own_template and folder.template_file is None and not folder.unsafe_files


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        (("config.json",), "no config.json"),
        (("tokenizer.json",), "no tokenizer"),
        (("model.safetensors",), "no weights"),
    ],
)
def test_a_missing_part_is_named(damaged, own_home, missing, words):
    with pytest.raises(InputError, match=words):
        resolve(str(damaged(without=missing)), own_home)


def test_a_torn_weight_file_is_seen(damaged, own_home):
    folder = damaged()
    (folder / "model.safetensors").write_bytes(b"\xff" * 100)
    with pytest.raises(InputError, match="damaged"):
        resolve(str(folder), own_home)


def test_a_missing_shard_is_named(damaged, own_home):
    folder = damaged()
    index = {"weight_map": {"a": "model.safetensors", "b": "model-00002.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(InputError, match=r"model-00002\.safetensors"):
        resolve(str(folder), own_home)


def test_pickled_weights_are_reported_and_never_loaded(damaged):
    folder = damaged(without=("model.safetensors",))
    (folder / "pytorch_model.bin").write_bytes(b"cos\nsystem\n")
    seen = inspect(folder)
    assert seen.unsafe_files == ("pytorch_model.bin",)
    with pytest.raises(InputError, match="pickle"):
        load_model(seen)
    with pytest.raises(InputError, match="cannot be loaded"):
        load_model(folder)


def test_pickles_beside_safetensors_are_only_noted(damaged):
    folder = damaged()
    (folder / "training_args.bin").write_bytes(b"")
    seen = inspect(folder)
    assert seen.unsafe_files == () and "never opened" in seen.notes[0]


def test_code_in_the_folder_is_reported_and_not_run(damaged, tmp_path):
    folder = damaged(config={"auto_map": {"AutoModelForCausalLM": "evil.Model"}, "model_type": "evil"})
    (folder / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    seen = inspect(folder)
    assert seen.remote_code
    with pytest.raises(InputError, match="cannot be loaded"):
        load_model(seen)
    assert not (tmp_path / "ran").exists()


def test_the_fingerprint_changes_with_any_weight(damaged, tiny_model):
    folder = damaged()
    assert model_sha256(folder) == model_sha256(tiny_model)
    content = bytearray((folder / "model.safetensors").read_bytes())
    content[-1] ^= 1
    (folder / "model.safetensors").write_bytes(content)
    assert model_sha256(folder) != model_sha256(tiny_model)


@pytest.mark.parametrize("name", ["/no/such/folder", "./nothing", "not-a-model", ""])
def test_an_unknown_name_lists_the_choices(own_home, name):
    with pytest.raises(InputError) as caught:
        resolve(name, own_home)
    assert "smollm2-135m" in caught.value.do


def test_a_hub_name_without_network_says_what_is_here(own_home):
    with pytest.raises(InputError, match="can't be reached") as caught:
        resolve("some-owner/some-model", own_home)
    assert "smollm2-135m" in caught.value.do


def test_catalogue_shapes_count_their_parameters():
    assert len(catalogue()) >= 12
    for entry in catalogue():
        shape = entry.shape
        attention = 2 * shape.hidden * shape.head_dim * (shape.heads + shape.kv_heads)
        blocks = shape.layers * (attention + 3 * shape.hidden * shape.intermediate)
        table = shape.vocabulary * shape.hidden
        tied, untied = (blocks + table) / 1e9, (blocks + 2 * table) / 1e9
        assert min(abs(shape.billions / tied - 1), abs(shape.billions / untied - 1)) < 0.01, entry.name


def test_find_takes_catalogue_and_hub_names():
    assert find("SmolLM2-135M") is find("HuggingFaceTB/SmolLM2-135M-Instruct")
    assert find("gpt-5") is None
