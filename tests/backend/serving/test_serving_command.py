"""How vLLM is found and what it is started with."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from backend.errors import InputError
from backend.serving import find_vllm
from backend.serving.vllm import (
    RANKS,
    Launch,
    build_of,
    cache_gib,
    check,
    command,
    dtype_for,
    environment,
    max_length,
    max_rank,
)

INHERITED = {"PATH": "/bin", "HOME": "/home/me", "CUDA_VISIBLE_DEVICES": "1", "HF_TOKEN": "hf_x", "AWS_SECRET": "y"}


def options(argv):
    return {name: value for name, value in zip(argv, [*argv[1:], ""], strict=True) if name.startswith("--")}


def launch(model, **more):
    return Launch(**{"python": Path("/venv/bin/python"), "build": "cpu", "model": model, "dtype": "float32", **more})


def test_the_command_on_a_cpu(model, adapter):
    argv = command(launch(model, adapter=adapter, length=512), 8123)
    assert argv[:3] == ["/venv/bin/python", "-m", "vllm.entrypoints.openai.api_server"]
    given = options(argv)
    assert given["--host"] == "127.0.0.1" and given["--port"] == "8123"
    assert given["--model"] == str(model) and given["--served-model-name"] == "base"
    assert given["--max-lora-rank"] == "8" and given["--lora-modules"] == f"tuned={adapter}"
    assert given["--max-model-len"] == "512" and given["--dtype"] == "float32"
    assert "--enforce-eager" in argv
    assert not {"--trust-remote-code", "--api-key"} & set(argv)


def test_the_command_on_a_gpu_without_adapter(model):
    argv = command(launch(model, build="gpu", name="tuned", dtype="auto"), 8123)
    assert argv[1:4] == ["-m", "vllm.entrypoints.cli.main", "serve"]
    assert options(argv)["--served-model-name"] == "tuned"
    assert not {"--enforce-eager", "--enable-lora", "--max-lora-rank", "--lora-modules"} & set(argv)


def test_the_environment_holds_the_key_and_no_other_secret(model):
    made = environment(launch(model), "s3cret", INHERITED, cores=4)
    assert made["VLLM_API_KEY"] == "s3cret"
    assert made["PATH"] == "/bin" and made["CUDA_VISIBLE_DEVICES"] == "1"
    assert not {"HF_TOKEN", "AWS_SECRET"} & made.keys()
    assert made["HF_HUB_OFFLINE"] == "1" and made["VLLM_NO_USAGE_STATS"] == "1"
    assert (made["VLLM_CPU_KVCACHE_SPACE"], made["OMP_NUM_THREADS"]) == ("1", "3")
    assert environment(launch(model), "k", {}, cores=1)["OMP_NUM_THREADS"] == "1"
    assert "VLLM_CPU_KVCACHE_SPACE" not in environment(launch(model, build="gpu"), "k", {}, cores=4)


def test_the_key_is_not_in_the_command(model):
    assert "s3cret" not in " ".join(command(launch(model), 1))


def test_lengths_and_memory_follow_the_model(model):
    assert max_length(launch(model, length=100_000)) == 8192
    assert max_length(launch(model, length=700)) == 700
    # 2 · 30 layers · 3 heads · 64 · 4 bytes = 46,080 bytes a token; 8 users of 8,192 tokens: 2.8 GiB
    assert cache_gib(launch(model, length=8192, users=8)) == 3
    assert cache_gib(launch(model, length=8192, users=8, dtype="auto")) == 2


def test_number_format_follows_the_hardware():
    assert dtype_for("cpu", {"avx2"}) == "float32"
    assert dtype_for("cpu", {"avx2", "amx_bf16"}) == "auto"
    assert dtype_for("gpu", {"avx2"}) == "auto"


@pytest.mark.parametrize(("rank", "expected"), [(1, 1), (2, 8), (8, 8), (9, 16), (300, 320), (512, 512)])
def test_rank_is_the_next_one_offered(adapter, rank, expected):
    change(adapter, r=rank)
    assert max_rank(adapter) == expected


def test_the_largest_rank_of_any_module_counts(adapter):
    change(adapter, rank_pattern={"q_proj": 40})
    assert max_rank(adapter) == 64
    change(adapter, rank_pattern={"q_proj": RANKS[-1] + 1})
    with pytest.raises(InputError, match="merged"):
        max_rank(adapter)


@pytest.mark.parametrize(
    "setting", [{"use_dora": True}, {"modules_to_save": ["lm_head"]}, {"bias": "all"}, {"lora_bias": True}]
)
def test_adapters_vllm_would_refuse_are_refused_at_once(model, adapter, setting):
    check(launch(model, adapter=adapter))
    change(adapter, **setting)
    with pytest.raises(InputError, match="vLLM cannot serve"):
        check(launch(model, adapter=adapter))


def test_only_safetensors_are_served(model, adapter):
    (adapter / "weights.safetensors").unlink()
    (adapter / "adapter_model.bin").touch()
    with pytest.raises(InputError, match="safetensors"):
        check(launch(model, adapter=adapter))
    with pytest.raises(InputError, match="no model"):
        check(launch(adapter))
    (adapter / "adapter_config.json").write_text("[")
    with pytest.raises(InputError, match="cannot be read"):
        max_rank(adapter)


def test_vllm_is_found_beside_the_current_folder(tmp_path, monkeypatch, fake_vllm):
    assert build_of(fake_vllm) == "cpu" and find_vllm() == fake_vllm
    monkeypatch.setenv("TUNEWISE_VLLM_PYTHON", str(tmp_path / "absent"))
    with pytest.raises(InputError, match="no vLLM"):
        find_vllm()
    monkeypatch.setenv("TUNEWISE_VLLM_PYTHON", sys.executable)  # a Python without vLLM
    with pytest.raises(InputError, match="no vLLM"):
        find_vllm()


def change(folder, **settings):
    file = folder / "adapter_config.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **settings}))
