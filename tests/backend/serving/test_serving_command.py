"""How vLLM is found and what it is started with."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from backend.errors import InputError
from backend.serving import find_vllm
from backend.serving.adapter import RANKS, check_adapter, max_rank
from backend.serving.memory import Memory, computer_memory, read_gpus
from backend.serving.sizing import Wanted, derive
from backend.serving.vllm import Launch, build_of, command, environment

INHERITED = {"PATH": "/bin", "HOME": "/home/me", "CUDA_VISIBLE_DEVICES": "1", "HF_TOKEN": "hf_x", "AWS_SECRET": "y"}


def options(argv):
    return {name: value for name, value in zip(argv, [*argv[1:], ""], strict=True) if name.startswith("--")}


def launch(model, **more):
    return Launch(**{"python": Path("/venv/bin/python"), "build": "cpu", "model": model, "dtype": "float32", **more})


def test_the_command_on_a_cpu(model, adapter):
    argv = command(launch(model, adapter=adapter, length=512, rank=8), 8123)
    assert argv[:3] == ["/venv/bin/python", "-m", "vllm.entrypoints.openai.api_server"]
    given = options(argv)
    assert given["--host"] == "127.0.0.1" and given["--port"] == "8123"
    assert given["--model"] == str(model) and given["--served-model-name"] == "base"
    assert given["--max-lora-rank"] == "8" and given["--lora-modules"] == f"tuned={adapter}"
    assert given["--max-model-len"] == "512" and given["--dtype"] == "float32"
    assert "--enforce-eager" in argv and "--gpu-memory-utilization" not in argv
    assert not {"--trust-remote-code", "--api-key"} & set(argv)


def test_the_command_on_a_gpu_without_adapter(model):
    argv = command(launch(model, build="gpu", name="tuned", dtype="auto", memory_share=0.85), 8123)
    assert options(argv)["--gpu-memory-utilization"] == "0.85"
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


ROOMY = Memory(20.0, 24.0)


def sized(model, build="cpu", memory=ROOMY, flags=frozenset({"avx2"}), **wanted):
    made = derive(Wanted(model, **wanted), Path("/venv/bin/python"), build, memory, flags)
    reasons = {setting.name: setting.reason for setting in made.settings}
    assert all(getattr(made.launch, setting.name) == setting.value for setting in made.settings)
    return made.launch, reasons


def test_lengths_and_memory_follow_the_model_and_what_is_free(model):
    launch, reasons = sized(model, length=100_000)
    assert launch.length == 8192 and "made for 8,192" in reasons["length"]
    assert sized(model, length=700)[0].length == 700
    # 2 · 30 layers · 3 heads · 64 · 4 bytes = 46,080 bytes a token; 8 users of 8,192 tokens: 2.8 GiB
    launch, reasons = sized(model, length=8192, users=8)
    assert launch.cache_gib == 3 and "20.0 GiB are free" in reasons["cache_gib"]
    assert sized(model, length=8192, users=8, flags={"amx_bf16"})[0].cache_gib == 2
    launch, reasons = sized(model, length=8192, users=8, memory=Memory(4.5, 24.0))
    assert launch.cache_gib == 2 and "some of them wait" in reasons["cache_gib"]
    with pytest.raises(InputError, match=r"not enough memory(.|\n)*2\.5 are free"):
        sized(model, memory=Memory(2.5, 24.0))


def test_the_share_of_a_gpu_is_what_is_free_at_most_nine_tenths(model):
    launch, reasons = sized(model, "gpu", Memory(79.0, 80.0, 9.0))
    assert (launch.memory_share, launch.dtype) == (0.9, "bfloat16") and "79.0 of 80.0" in reasons["memory_share"]
    assert sized(model, "gpu", Memory(40.5, 80.0, 9.0))[0].memory_share == 0.5  # somebody trains there
    assert sized(model, "gpu", Memory(79.0, 80.0, 9.0), memory_share=0.4)[0].memory_share == 0.4
    with pytest.raises(InputError, match="not enough memory"):
        sized(model, "gpu", Memory(3.0, 80.0, 9.0))
    launch, reasons = sized(model, "gpu", None)
    assert launch.memory_share == 0.9 and "not measured" in reasons["memory_share"]


def test_number_format_follows_the_hardware(model):
    assert sized(model)[0].dtype == "float32"
    assert sized(model, flags={"avx2", "amx_bf16"})[0].dtype == "bfloat16"
    launch, reasons = sized(model, "gpu", Memory(15.0, 16.0, 7.5))
    assert launch.dtype == "float16" and "no bfloat16" in reasons["dtype"]
    assert sized(model, dtype="float32", flags={"amx_bf16"})[0].dtype == "float32"


def test_room_for_too_small_a_rank_is_refused(model, adapter):
    launch, reasons = sized(model, adapter=adapter)
    assert launch.rank == 8 and "largest rank is 6" in reasons["rank"]
    with pytest.raises(InputError, match=r"rank 1 is too little.*6"):
        sized(model, adapter=adapter, rank=1)


def test_a_model_without_a_template_is_served_with_the_one_it_was_trained_with(model):
    assert sized(model)[0].template is None
    (model / "chat_template.jinja").unlink()
    template = sized(model)[0].template
    assert template.name == "plain_template.jinja"
    assert options(command(launch(model, template=template), 1))["--chat-template"] == str(template)


def test_memory_is_measured_where_it_will_be_used(tmp_path):
    there = computer_memory()
    assert 0 < there.free_gib <= there.total_gib
    (tmp_path / "memory.max").write_text(str(2**30) + "\n")
    (tmp_path / "memory.current").write_text(str(2**29) + "\n")
    (tmp_path / "memory.stat").write_text(f"anon 5\ninactive_file {2**28}\n")
    assert computer_memory(tmp_path) == Memory(0.75, 1.0)  # a container's limit, less what the kernel gives back
    table = "0, GPU-a1, 81920, 1024, 9.0\n1, GPU-b2, 16384, 15360, 7.5\n"
    assert read_gpus(table, None) == Memory(1.0, 80.0, 9.0)
    assert read_gpus(table, "1,0") == read_gpus(table, "GPU-b2") == Memory(15.0, 16.0, 7.5)
    assert read_gpus(table, "") is None and read_gpus("", None) is None
    assert read_gpus("0, GPU-c3, [N/A], [N/A], 12.1\n", None) is None


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
    check_adapter(adapter, model)
    change(adapter, **setting)
    with pytest.raises(InputError, match="vLLM cannot serve"):
        check_adapter(adapter, model)


def test_only_safetensors_are_served(model, adapter):
    (adapter / "weights.safetensors").unlink()
    (adapter / "adapter_model.bin").touch()
    with pytest.raises(InputError, match="safetensors"):
        check_adapter(adapter, model)
    (adapter / "adapter_config.json").write_text("[")
    with pytest.raises(InputError, match="cannot be read"):
        max_rank(adapter)
    (model / "weights.safetensors").rename(model / "model.bin")
    with pytest.raises(InputError, match="safetensors"):
        sized(model)


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
