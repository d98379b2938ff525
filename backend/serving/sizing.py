"""How vLLM is set up for one model on this machine: every figure derived from what was measured, with its reason."""

from __future__ import annotations

import math
from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.deployed import Setting
from backend.errors import InputError
from backend.models.folder import ModelFolder, inspect
from backend.serving.adapter import check_adapter, max_rank, needed_rank, read_json
from backend.serving.memory import GIB, Memory, computer_memory, gpu_memory
from backend.serving.vllm import Build, Dtype, Launch, build_of, require_vllm

FEWEST_USERS = 8
RUNTIME_GIB = {"cpu": 1.8, "gpu": 3.0}
"""What vLLM takes beside weights and cache. CPU: 1.7 GiB measured (0.32, SmolLM2-135M: three processes of 0.6, 0.6
and 0.5 GiB). GPU: not measured here; a CUDA context, activations and graphs are said to take 1 to 3 GiB."""
MOST_OF_A_GPU = 0.90
LEFT_TO_OTHERS_GIB = 0.5
BF16_SINCE = 8.0  # compute capability of the first GPUs that multiply bfloat16 (Ampere)
_BF16_FLAGS = frozenset({"avx512_bf16", "amx_bf16"})


@dataclass(frozen=True)
class Wanted:
    """What is asked for; None: derived. `length_why` says in words where `length` (tokens) comes from."""

    model: Path
    adapter: Path | None = None
    name: str = "base"
    length: int = 2048
    users: int = FEWEST_USERS
    dtype: Dtype | None = None
    rank: int | None = None
    memory_share: float | None = None
    length_why: str = "As asked for."


@dataclass(frozen=True)
class Sized:
    """A launch ready to start, and each of its settings with the reason."""

    launch: Launch
    settings: tuple[Setting, ...]


def size(wanted: Wanted) -> Sized:
    """Measure this machine and derive everything. Raises InputError for what vLLM would refuse after minutes."""
    python = require_vllm()
    build = build_of(python) or "cpu"
    memory = computer_memory() if build == "cpu" else gpu_memory()
    return derive(wanted, python, build, memory, cpu_flags())


def derive(wanted: Wanted, python: Path, build: Build, memory: Memory | None, flags: Set[str]) -> Sized:
    """The same from given measurements; `memory` None: it could not be measured."""
    folder = inspect(wanted.model)
    if folder.unsafe_files:
        raise InputError(
            "This model has no safetensors weights.",
            where=str(wanted.model),
            why="Other formats can run code while they load.",
            do="Save the model as safetensors.",
        )
    if wanted.adapter is not None:
        check_adapter(wanted.adapter, wanted.model)
    config = read_json(wanted.model / "config.json", "This folder holds no model.")
    length, length_setting = _length(wanted, folder)
    dtype, dtype_setting = _dtype(wanted, config, build, memory, flags)
    users = max(FEWEST_USERS, wanted.users)
    why = f"{wanted.users} asked for; never under {FEWEST_USERS}, so that a test or a second window need not queue."
    settings = [length_setting, Setting(name="users", value=users, reason=why), dtype_setting]
    launch = Launch(
        python=python, build=build, model=wanted.model.resolve(), name=wanted.name, length=length, users=users,
        adapter=wanted.adapter.resolve() if wanted.adapter is not None else None, dtype=dtype,
        template=folder.template_file,
    )  # fmt: skip
    if wanted.adapter is not None:
        rank, setting = _rank(wanted.adapter, wanted.rank)
        launch = launch.model_copy(update={"rank": rank})
        settings.append(setting)
    need = _need(folder, config, launch)
    if build == "cpu":
        cache, setting = _cache(need, launch, memory)
        return Sized(launch.model_copy(update={"cache_gib": cache}), (*settings, setting))
    share, setting = _share(need, wanted.memory_share, memory, launch)
    return Sized(launch.model_copy(update={"memory_share": share}), (*settings, setting))


def cpu_flags() -> set[str]:
    """The instruction sets of this CPU, as Linux names them; empty where it does not say."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8", errors="replace").splitlines() if info.is_file() else []
    return {flag for line in lines if line.startswith(("flags", "Features")) for flag in line.split(":", 1)[1].split()}


@dataclass(frozen=True)
class _Need:
    """GiB: the weights in the chosen format, one text of full length, and vLLM itself."""

    weights: float
    a_text: float
    runtime: float


def _need(folder: ModelFolder, config: dict[str, Any], launch: Launch) -> _Need:
    """Keys and values: 2 · layers · KV heads · head size · bytes a token (`Shape.kv_bytes_per_token` at 2 bytes)."""
    stored = sum(file.stat().st_size for file in launch.model.glob("*.safetensors"))
    a_number = 4 if launch.dtype == "float32" else 2
    kept = str(config.get("dtype") or config.get("torch_dtype") or "")
    if "quantization_config" not in config:
        stored = int(stored * a_number / (4 if kept == "float32" else 2))
    a_token = folder.shape.kv_bytes_per_token * a_number / 2
    return _Need(stored / GIB, a_token * launch.length / GIB, RUNTIME_GIB[launch.build])


def _length(wanted: Wanted, folder: ModelFolder) -> tuple[int, Setting]:
    length = min(wanted.length, folder.context_tokens)
    why = wanted.length_why
    if length < wanted.length:
        why = f"{wanted.length:,} tokens were asked for, but the model was made for {length:,}."
    return length, Setting(name="length", value=length, reason=f"Tokens of prompt and answer together. {why}")


def _dtype(
    wanted: Wanted, config: dict[str, Any], build: Build, memory: Memory | None, flags: Set[str]
) -> tuple[Dtype, Setting]:
    """The format the trainer used, where the hardware computes in it.

    A CPU without bfloat16 instructions emulates them: with SmolLM2-135M on two AVX2 cores the first token took 1.9 s
    in bfloat16, 0.4 s in float32.
    """
    chosen: Dtype
    if wanted.dtype is not None:
        chosen, why = wanted.dtype, "As asked for."
    elif "quantization_config" in config:
        chosen, why = "auto", "The weights are quantised: their own file says what they are computed in."
    elif build == "cpu":
        able = bool(flags & _BF16_FLAGS)
        chosen = "bfloat16" if able else "float32"
        why = "This processor computes in 16 bits." if able else (
            "This processor has no 16-bit arithmetic: emulated, it would be several times slower."
        )  # fmt: skip
    elif memory is None:
        chosen, why = "auto", "The GPU could not be asked, so vLLM decides by the weights."
    elif memory.capability >= BF16_SINCE:
        chosen, why = "bfloat16", "As in training, and half the memory of 32 bits."
    else:
        chosen = "float16"
        why = f"This GPU (generation {memory.capability:g}) has no bfloat16: answers may differ a little from training."
    return chosen, Setting(name="dtype", value=chosen, reason=f"Number format of the computation. {why}")


def _rank(adapter: Path, asked: int | None) -> tuple[int, Setting]:
    fitting, needed = max_rank(adapter), needed_rank(adapter)
    if asked is not None and asked < needed:
        raise InputError(
            f"Room for adapters of rank {asked} is too little: this one has rank {needed}.",
            where=str(adapter),
            do=f"Leave the rank out, or give {fitting}.",
        )
    why = f"The adapter's largest rank is {needed}; vLLM offers steps, and more room than needed makes answers slower."
    return asked or fitting, Setting(name="rank", value=asked or fitting, reason=why)


def _cache(need: _Need, launch: Launch, memory: Memory | None) -> tuple[int, Setting]:
    """Whole GiB of keys and values, as many as all users at full length take, fewer when memory is short."""
    wished = max(1, math.ceil(need.a_text * launch.users))
    free = memory.free_gib if memory is not None else math.inf
    fits = math.floor(free - need.weights - need.runtime)
    if fits < 1 or fits < need.a_text:
        raise _too_little(need, launch, free, max(1, math.ceil(need.a_text)))
    cache = min(wished, fits)
    why = (
        f"GiB of memory for texts in work (keys and values): {need.a_text * 1024:,.0f} MiB for one of full length. "
        f"{free:.1f} GiB are free now; the weights take {need.weights:.1f} and vLLM itself about {need.runtime:.1f}."
    )
    if cache < wished:
        why += f" {wished} would hold all {launch.users} at full length; with {cache} some of them wait."
    return cache, Setting(name="cache_gib", value=cache, reason=why, source="measured free memory")


def _share(need: _Need, asked: float | None, memory: Memory | None, launch: Launch) -> tuple[float, Setting]:
    """The share of the whole GPU that vLLM takes at once: what is free, but never more than 90 %."""
    if memory is None:
        share = asked or MOST_OF_A_GPU
        why = "nvidia-smi gave no figures, so this is vLLM's usual share and not measured."
        return share, Setting(name="memory_share", value=share, reason=f"Share of the GPU's memory. {why}")
    free = memory.free_gib - LEFT_TO_OTHERS_GIB
    share = math.floor(100 * min(asked or MOST_OF_A_GPU, free / memory.total_gib)) / 100
    given = share * memory.total_gib
    if given < need.weights + need.runtime + need.a_text:
        raise _too_little(need, launch, given, need.a_text)
    holds = int((given - need.weights - need.runtime) / need.a_text) if need.a_text else launch.users
    why = (
        f"Share of the GPU's memory: {memory.free_gib:.1f} of {memory.total_gib:.1f} GiB are free now, "
        f"{LEFT_TO_OTHERS_GIB} are left to others, and at most {asked or MOST_OF_A_GPU:.0%} are taken. The weights "
        f"take {need.weights:.1f} and vLLM itself about {need.runtime:.0f} (an estimate); the rest holds about "
        f"{holds:,} texts of full length at once."
    )
    return share, Setting(name="memory_share", value=share, reason=why, source="measured free memory")


def _too_little(need: _Need, launch: Launch, free: float, cache: float) -> InputError:
    return InputError(
        "There is not enough memory to serve this model.",
        where=str(launch.model),
        why=(
            f"It takes about {need.weights + need.runtime + cache:.1f} GiB (weights {need.weights:.1f}, vLLM itself "
            f"{need.runtime:.1f}, one text of {launch.length:,} tokens {cache:.1f}), and {max(0.0, free):.1f} are free."
        ),
        do="Close what else uses the memory (a training run, perhaps), allow shorter texts, or take a smaller model.",
    )
