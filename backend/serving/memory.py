"""How much memory is free right now, where vLLM will need it: measured, never assumed."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psutil

GIB = 2**30
NVIDIA_SMI = (
    "nvidia-smi",
    "--format=csv,noheader,nounits",
    "--query-gpu=index,uuid,memory.total,memory.free,compute_cap",
)


@dataclass(frozen=True)
class Memory:
    """GiB free and in all; `capability` is the GPU's generation, such as 9.0 (0 on a CPU)."""

    free_gib: float
    total_gib: float
    capability: float = 0.0


def computer_memory(root: Path = Path("/sys/fs/cgroup")) -> Memory:
    """What programs here can still get without swapping: the kernel's own estimate, or what a container may have."""
    machine = psutil.virtual_memory()
    free, total = machine.available, machine.total
    try:
        limit = (root / "memory.max").read_text(encoding="ascii").strip()
        used = int((root / "memory.current").read_text(encoding="ascii"))
        numbers = dict(line.split() for line in (root / "memory.stat").read_text(encoding="ascii").splitlines())
    except OSError:
        return Memory(free / GIB, total / GIB)  # no cgroup of version 2: nothing is limited that way
    if limit != "max":
        cache = int(numbers.get("inactive_file", 0))  # the kernel gives it back when somebody needs it
        free, total = min(free, int(limit) - used + cache), min(total, int(limit))
    return Memory(max(0, free) / GIB, total / GIB)


def gpu_memory() -> Memory | None:
    """The first GPU this process may use, as nvidia-smi sees it; None when nvidia-smi is not there or says nothing."""
    try:
        seen = subprocess.run(NVIDIA_SMI, capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return read_gpus(seen.stdout, os.environ.get("CUDA_VISIBLE_DEVICES"))


def read_gpus(table: str, visible: str | None) -> Memory | None:
    """The first visible GPU in nvidia-smi's rows of index, uuid, total MiB, free MiB, compute capability."""
    rows = [[cell.strip() for cell in line.split(",")] for line in table.splitlines() if line.count(",") == 4]
    if visible is not None:
        first = visible.split(",")[0].strip()
        rows = [row for row in rows if row[0] == first or (first and row[1].startswith(first))]
    for _, _, total, free, capability in rows:
        try:
            return Memory(float(free) / 1024, float(total) / 1024, float(capability))
        except ValueError:
            continue  # "[N/A]": a GPU that keeps its memory to itself
    return None
