"""What must be true of a LoRA adapter before vLLM is started with it, so that nobody waits minutes for a refusal."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from backend.errors import InputError

RANKS = (1, 8, 16, 32, 64, 128, 256, 320, 512)
"""The adapter ranks vLLM can be started for (vllm/config/lora.py, 0.32); a larger one than needed costs speed."""
LONGEST_HEADER = 100_000_000  # bytes; the limit of the format's own readers
MERGE = "Serve the merged model instead (`tunewise serve PROJECT --merged`)."


def read_json(path: Path, otherwise: str) -> dict[str, Any]:
    """A JSON object. Raises InputError: `otherwise` when the file is missing, else that it cannot be read."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError(otherwise, where=str(path.parent), why=f"It has no {path.name}.") from error
    except (OSError, ValueError) as error:
        raise InputError(f"{path.name} cannot be read.", where=str(path), why=str(error)) from error
    if not isinstance(content, dict):
        raise InputError(f"{path.name} cannot be read.", where=str(path), why="It is no JSON object.")
    return content


def settings_of(adapter: Path) -> dict[str, Any]:
    """The adapter's own description. Raises InputError when the folder holds none."""
    return read_json(adapter / "adapter_config.json", "This folder holds no adapter.")


def needed_rank(adapter: Path) -> int:
    """The largest rank of any module."""
    settings = settings_of(adapter)
    return max([int(settings["r"]), *(int(rank) for rank in (settings.get("rank_pattern") or {}).values())])


def max_rank(adapter: Path) -> int:
    """The smallest rank vLLM offers that holds this adapter. Raises InputError when it is too large."""
    needed = needed_rank(adapter)
    for rank in RANKS:
        if rank >= needed:
            return rank
    raise InputError(
        f"The adapter's rank {needed} is above {RANKS[-1]}, the most vLLM serves.", where=str(adapter), do=MERGE
    )


def check_adapter(adapter: Path, model: Path) -> None:
    """Raise InputError for an adapter that vLLM refuses, that is unsafe, or that was made for another base model."""
    settings = settings_of(adapter)
    if not any(adapter.glob("*.safetensors")):
        raise InputError(
            "This adapter has no safetensors weights.",
            where=str(adapter),
            why="Other formats can run code while they load.",
            do="Save the adapter as safetensors.",
        )
    refused = {
        "DoRA": settings.get("use_dora"),
        "trained copies of whole modules (modules_to_save)": settings.get("modules_to_save"),
        "trained biases": settings.get("lora_bias") or settings.get("bias", "none") != "none",
    }
    for what, present in refused.items():
        if present:
            raise InputError(f"vLLM cannot serve an adapter with {what}.", where=str(adapter), do=MERGE)
    check_base(adapter, model)


def check_base(adapter: Path, model: Path) -> None:
    """Raise InputError when an adapted part has no counterpart in the model, or one of another size.

    Names are compared from the layers on, for wrappers put different words before it. Quantised models keep their
    weights packed, in other shapes, and are not compared.
    """
    if "quantization_config" in read_json(model / "config.json", "This folder holds no model."):
        return
    inside: dict[str, list[list[int]]] = {}
    for name, shape in tensor_shapes(model):
        inside.setdefault(_plain(name), []).append(shape)
    for name, shape in tensor_shapes(adapter):
        module, _, matrix = name.partition(".lora_")
        if not matrix.startswith(("A.", "B.")) or len(shape) != 2:
            continue
        side = 1 if matrix.startswith("A.") else 0  # A is (rank, inputs), B (outputs, rank), a weight (outputs, inputs)
        there = [base[side] for base in inside.get(_plain(f"{module}.weight"), ()) if len(base) == 2]
        if shape[side] not in there:
            found = f"has {there[0]:,}" if there else "has no such part"
            raise InputError(
                "The adapter was made for another base model.",
                where=str(adapter),
                why=f"Its part {_plain(module)} has {shape[side]:,} {('outputs', 'inputs')[side]}; {model} {found}.",
                do="Serve it with the base model it was trained on, or train again on this one.",
            )


def tensor_shapes(folder: Path) -> Iterator[tuple[str, list[int]]]:
    """(name, shape) of every tensor in the folder, from the headers alone. Raises InputError for a damaged file."""
    for file in sorted(folder.glob("*.safetensors")):
        try:
            with file.open("rb") as stream:
                (length,) = struct.unpack("<Q", stream.read(8))
                header = json.loads(stream.read(min(length, LONGEST_HEADER)))
            yield from [(name, about["shape"]) for name, about in header.items() if name != "__metadata__"]
        except (OSError, ValueError, KeyError, TypeError, struct.error) as error:
            do = "Download the model again, or train again."
            raise InputError("A weight file is damaged.", where=str(file), why=str(error), do=do) from error


def _plain(name: str) -> str:
    """A module's name from its layers on: wrappers put different words before it."""
    parts = name.split(".")
    return ".".join(parts[parts.index("layers") :] if "layers" in parts else parts[-2:])
