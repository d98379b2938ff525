"""What a run ran on: our own program, package versions, and the hardware in words."""

from __future__ import annotations

import hashlib
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

CODE = Path(__file__).parents[2]
PACKAGES = ("torch", "transformers", "peft", "accelerate", "tokenizers", "safetensors")


@cache
def program() -> str:
    """Tunewise's version and twelve digits of the hash of its code: two programs that differ anywhere differ here."""
    digest = hashlib.sha256()
    for layer in ("backend", "rules"):
        for file in sorted((CODE / layer).rglob("*.py")):
            digest.update(f"{file.relative_to(CODE).as_posix()}\0".encode() + file.read_bytes())
    try:
        number = version("tunewise")
    except PackageNotFoundError:  # run from its folder, never installed
        number = "not installed"
    return f"{number} ({digest.hexdigest()[:12]})"


def versions() -> dict[str, str]:
    """The versions that can change a result."""
    return {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}}


def hardware() -> str:
    """The GPU with its memory, or the processor with its threads; and the number format computed in."""
    import psutil
    import torch

    from backend.models.load import precision

    if torch.cuda.is_available():
        about = torch.cuda.get_device_properties(0)
        return f"{torch.cuda.device_count()} × {about.name}, {about.total_memory / 2**30:.0f} GiB, {precision()}"
    memory = psutil.virtual_memory().total / 2**30
    return f"{torch.get_num_threads()} threads of {processor()}, {memory:.0f} GiB, {precision()}"


def free_memory() -> str:
    """How much memory is free, of the GPU where there is one, in words: what others have taken is not."""
    import psutil
    import torch

    if torch.cuda.is_available():
        free, total = torch.cuda.mem_get_info()
        return f"{free / 2**30:.1f} of {total / 2**30:.1f} GiB of the GPU are free."
    memory = psutil.virtual_memory()
    return f"{memory.available / 2**30:.1f} of {memory.total / 2**30:.1f} GiB are free."


def processor() -> str:
    """The processor's name as its maker gives it."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            for line in file:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    except FileNotFoundError:
        pass  # not Linux: the platform knows it
    return platform.processor() or platform.machine()
