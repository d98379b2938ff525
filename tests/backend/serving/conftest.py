"""Folders of a model and an adapter as vLLM takes them, and a fake vLLM that behaves as told."""

from __future__ import annotations

import json
import struct
import sys
from pathlib import Path

import pytest

from backend.serving import stop

CONFIG = {
    "num_hidden_layers": 30,
    "num_attention_heads": 9,
    "num_key_value_heads": 3,
    "hidden_size": 576,
    "max_position_embeddings": 8192,
    "dtype": "bfloat16",
}
ADAPTER = {"r": 6, "lora_alpha": 16, "bias": "none", "modules_to_save": None, "use_dora": False}


def write_folder(folder: Path, name: str, content: dict) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(json.dumps(content))
    (folder / "weights.safetensors").write_bytes(struct.pack("<Q", 2) + b"{}")  # whole, and without a tensor
    return folder


@pytest.fixture
def model(tmp_path):
    folder = write_folder(tmp_path / "model", "config.json", CONFIG)
    (folder / "tokenizer.json").write_text("{}")
    (folder / "chat_template.jinja").write_text("{{ messages }}")
    return folder


@pytest.fixture
def adapter(tmp_path):
    return write_folder(tmp_path / "adapter", "adapter_config.json", ADAPTER)


@pytest.fixture
def fake_vllm(tmp_path, monkeypatch):
    """`find_vllm` finds an executable that acts like vLLM."""
    script = tmp_path / "fake-python"
    script.write_text(f"#!{sys.executable}\n" + Path(__file__).with_name("fake_vllm.py").read_text(encoding="utf-8"))
    script.chmod(0o755)
    monkeypatch.setenv("TUNEWISE_VLLM_PYTHON", str(script))
    return script


@pytest.fixture
def folder(tmp_path):
    """A folder for one server, which is stopped in the end whatever the test did."""
    yield tmp_path / "serving"
    stop(tmp_path / "serving")


@pytest.fixture
def behave(model):
    return lambda **behaviour: (model / "behaviour.json").write_text(json.dumps(behaviour))
