"""What of `make gpu-check` can be tested without a GPU: the dry run, the refusal, the random adapter, the arguments."""

from __future__ import annotations

import json
import shlex
import subprocess
from pathlib import Path

import pytest

from backend.serving import find_vllm
from backend.serving.adapter import check_adapter, max_rank
from backend.serving.memory import gpu_memory
from benchmarks.gpu_check import Size, bench, main, random_adapter


def test_a_dry_run_prints_every_command_and_what_is_missing(capsys, tiny_model):
    assert main(["--dry-run", "--model", str(tiny_model), "--adapter", "/adapters/mine"]) == 0
    said = capsys.readouterr().out
    lines = [shlex.split(line) for line in said.splitlines() if not line.startswith(("#", "Missing"))]
    install, serves = lines[1], [line for line in lines if "serve" in line]
    assert "vllm>=0.33" in install and ".venv-vllm-gpu" in install[install.index("--python") + 1]
    assert len(serves) == 2 and all("--gpu-memory-utilization" in line for line in serves)
    assert "tuned=/adapters/mine" in serves[0] and str(tiny_model) in serves[0]
    assert [line[line.index("--model") + 1] for line in lines[-3:]] == ["base", "tuned", "merged"]
    assert ("Missing here: a GPU" in said) is (gpu_memory() is None)


@pytest.mark.skipif(gpu_memory() is not None, reason="there is a GPU here")
def test_without_a_gpu_it_says_so_and_runs_nothing(capsys):
    assert main([]) == 2
    assert "There is no GPU here" in capsys.readouterr().err


def test_the_random_adapter_fits_its_model(tmp_path, tiny_model):
    adapter = random_adapter(tiny_model, tmp_path / "adapter")
    check_adapter(adapter, tiny_model)
    assert max_rank(adapter) == 8


@pytest.mark.slow
def test_the_random_adapter_changes_answers_and_vllms_own_client_takes_our_arguments(tmp_path, tiny_model):
    from backend.domain import Message
    from backend.models.generate import LocalModel

    local = LocalModel(tiny_model, adapter=random_adapter(tiny_model, tmp_path / "adapter"))
    asked = [[Message(role="user", content="a rich and intelligent film")]]
    tuned = local.logits(asked)
    with local.base():
        assert 0 < float((local.logits(asked) - tuned).abs().max()) < 5
    argv = bench(Path("python"), "http://127.0.0.1:1", "base", tiny_model, Size(), tmp_path / "out.json")
    program = (
        "import argparse, json, sys; from vllm.benchmarks.serve import add_cli_args;"
        "p = argparse.ArgumentParser(); add_cli_args(p); print(p.parse_args(json.loads(sys.argv[1])).num_prompts)"
    )
    parser = [find_vllm(), "-c", program, json.dumps(argv[3:])]
    done = subprocess.run(parser, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and done.stdout.strip().endswith("120"), done.stderr[-2000:]
