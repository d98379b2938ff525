"""Which base model a checkpoint belongs to: a fingerprint that is made in a second, also of very large weights."""

from __future__ import annotations

import hashlib
from pathlib import Path

from backend.errors import InputError

BASE = "base.txt"
"""Beside the checkpoint's other files, and in its manifest like them."""
LOOKS, PIECE = 256, 65_536
"""Places in a weight file that are read, and bytes at each: 16 MiB, whatever its size."""
PARTS = ("config.json", "tokenizer.json", "*.safetensors")


def fingerprint(model: Path) -> str:
    """SHA-256 of configuration and tokenizer, and of evenly spread pieces of the weights with their size.

    Another model, another tokenizer or other weights give another one. It is no proof against somebody who changes a
    few numbers on purpose: `model_sha256` is.
    """
    digest = hashlib.sha256()
    for pattern in PARTS:
        for file in sorted(model.glob(pattern)):
            size = file.stat().st_size
            digest.update(f"{file.name} {size}\0".encode())
            with file.open("rb") as stream:
                for place in range(0, size, max(PIECE, size // LOOKS)):
                    stream.seek(place)
                    digest.update(stream.read(PIECE))
    return digest.hexdigest()


def refuse_another_base(checkpoint: Path, base: str) -> None:
    """Raise InputError when the checkpoint was made from another base model than this one."""
    try:
        made_from = (checkpoint / BASE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return  # made before checkpoints said it
    if made_from != base:
        raise InputError(
            "The checkpoint was made from another base model: it does not fit this one.",
            where=str(checkpoint),
            why="The model's files have changed since, or the run was pointed to another model.",
            do="Put the model back that the run began with, or start a new run with `tunewise train`.",
        )
