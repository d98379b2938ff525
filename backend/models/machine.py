"""What a machine can do: a GPU from the table, or this computer, measured in about a second."""

from __future__ import annotations

import re
import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from backend.errors import InputError

GPUS = Path(__file__).with_name("gpus.toml")
THIS_COMPUTER = "this computer"
GIB = 2**30


@dataclass(frozen=True)
class Machine:
    """Memory in GiB, memory bandwidth in GB/s (10^9 bytes), matrix arithmetic in TFLOP/s, bytes a weight takes."""

    name: str
    memory_gib: float
    bandwidth_gb_s: float
    tflops: float
    gpu: bool
    measured: bool
    weight_bytes: int = 2


@cache
def gpus() -> tuple[Machine, ...]:
    """The GPUs of the table, as their datasheets say."""
    with GPUS.open("rb") as file:
        rows = tomllib.load(file)["gpu"]
    return tuple(
        Machine(gpu["name"], gpu["memory_gb"] * 1e9 / GIB, gpu["bandwidth_gb_s"], gpu["tflops"], True, measured=False)
        for gpu in rows
    )


def is_here(name: str) -> bool:
    """Whether the name means the machine this runs on."""
    return name.strip().lower() in (THIS_COMPUTER, "cpu", "here", "")


def machine(name: str) -> Machine:
    """The machine with this name. Raises InputError listing the known ones."""
    if is_here(name):
        return this_computer()
    wanted = _plain(name)
    exact = [gpu for gpu in gpus() if _plain(gpu.name) == wanted]
    found = exact or [gpu for gpu in gpus() if wanted in _plain(gpu.name) or _plain(gpu.name) in wanted]
    if not found:
        raise InputError(
            f"There is no GPU named {name!r} in the table.",
            do=f"Use one of: {THIS_COMPUTER}, {', '.join(gpu.name for gpu in gpus())}.",
        )
    return found[0]


def gpus_here() -> int:
    """How many GPUs this computer has; 1 where it computes on its processor."""
    import torch

    return max(1, torch.cuda.device_count())


def free_gib(here: Machine) -> float:
    """Memory that is free on the fullest GPU of this computer; all of it for a machine that is not here."""
    import torch

    if not (here.measured and here.gpu):
        return here.memory_gib
    return min(torch.cuda.mem_get_info(number)[0] for number in range(torch.cuda.device_count())) / GIB


@cache
def this_computer() -> Machine:
    """Its GPU where there is one, else its processor: bandwidth by a large copy, arithmetic by a matrix product."""
    import psutil
    import torch

    from backend.models.load import precision

    gpu = torch.cuda.is_available()
    device = "cuda" if gpu else "cpu"
    memory = torch.cuda.get_device_properties(0).total_memory if gpu else psutil.virtual_memory().total
    source = torch.empty(32 * 2**20 if not gpu else 256 * 2**20, device=device)  # 128 MiB or 1 GiB of float32
    target = torch.empty_like(source)
    size = 4096 if gpu else 768
    matrix = torch.randn(size, size, device=device, dtype=getattr(torch, precision()))
    copied = 2 * source.numel() * source.element_size()
    return Machine(
        name=torch.cuda.get_device_name(0) if gpu else THIS_COMPUTER,
        memory_gib=memory / GIB,
        bandwidth_gb_s=copied / _seconds(lambda: target.copy_(source), gpu) / 1e9,
        tflops=2 * size**3 / _seconds(lambda: matrix @ matrix, gpu) / 1e12,
        gpu=gpu,
        measured=True,
        weight_bytes=2 if precision() == "bfloat16" else 4,
    )


def _seconds(work: Callable[[], object], gpu: bool, least: float = 0.3) -> float:
    """The shortest time of one call, over at least `least` seconds: a neighbour on the machine only adds to it."""
    import torch

    times: list[float] = []
    while sum(times) < least:
        started = time.perf_counter()
        work()
        if gpu:
            torch.cuda.synchronize()
        times.append(time.perf_counter() - started)
    return min(times)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower().replace("nvidia", "").replace("geforce", ""))
