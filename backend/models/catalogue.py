"""The models Tunewise knows by name, and the shape of a model as estimates need it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

CATALOGUE = Path(__file__).with_name("catalogue.toml")


@dataclass(frozen=True)
class Shape:
    """Sizes of a decoder-only transformer; `billions` counts all parameters."""

    billions: float
    layers: int
    hidden: int
    heads: int
    kv_heads: int
    head_dim: int
    intermediate: int
    vocabulary: int
    context: int

    @property
    def kv_bytes_per_token(self) -> int:
        """Bytes of keys and values that one token leaves in a 16-bit cache."""
        return 2 * self.layers * self.kv_heads * self.head_dim * 2

    def adapter_parameters(self, rank: int) -> int:
        """Trainable parameters of LoRA on all linear layers of the blocks: rank × (in + out), summed."""
        queries, keys = self.heads * self.head_dim, self.kv_heads * self.head_dim
        attention = (self.hidden + queries) * 2 + (self.hidden + keys) * 2
        return rank * self.layers * (attention + 3 * (self.hidden + self.intermediate))


@dataclass(frozen=True)
class Entry:
    """One catalogue model. `package` and `gguf` are set when a Python package ships its weights."""

    name: str
    hub: str
    licence: str
    shape: Shape
    package: str = ""
    gguf: str = ""


@cache
def catalogue() -> tuple[Entry, ...]:
    """Every known model, smallest first."""
    with CATALOGUE.open("rb") as file:
        rows: list[dict[str, Any]] = tomllib.load(file)["model"]
    entries = []
    for row in rows:
        about = {key: str(row.pop(key, "")) for key in ("name", "hub", "licence", "package", "gguf")}
        entries.append(Entry(shape=Shape(**row), **about))
    return tuple(sorted(entries, key=lambda entry: entry.shape.billions))


def find(name: str) -> Entry | None:
    """The entry with this catalogue name or hub name, whatever its case; None when it is not known."""
    wanted = name.strip().lower()
    return next((entry for entry in catalogue() if wanted in (entry.name, entry.hub.lower())), None)
