"""Boosted trees: chances from signs by many small decisions (Friedman 2001, "Greedy Function Approximation").

They are learnt elsewhere and only applied here, from a safetensors file that holds the nodes of all trees in a row:
which sign a node asks for, up to which limit it goes left, where left and right are, and what a leaf adds. A leaf leads
to itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

LEAST = 1e-4
"""Chances lie between this and one less it."""
PARTS = ("sign", "limit", "left", "right", "adds", "roots", "start")


@dataclass(frozen=True)
class Trees:
    """`names`: of the signs in their order. `sign`, `limit`, `left`, `right`, `adds` (nodes,), `roots` (trees,)."""

    names: tuple[str, ...]
    sign: np.ndarray
    limit: np.ndarray
    left: np.ndarray
    right: np.ndarray
    adds: np.ndarray
    roots: np.ndarray
    start: np.ndarray

    def chances(self, found: Mapping[str, np.ndarray]) -> np.ndarray:
        """(rows,) from name → (rows,) values of the signs."""
        table = np.stack([found[name] for name in self.names], axis=1).astype(np.float32)
        first = np.arange(len(table))[:, None] * table.shape[1]  # where each row begins
        flat = table.ravel()
        at = np.tile(self.roots, (len(table), 1))  # (rows, trees)
        while True:
            below = np.where(flat[first + self.sign[at]] <= self.limit[at], self.left[at], self.right[at])
            if (below == at).all():
                break
            at = below
        total = self.start[0] + self.adds[at].sum(axis=1)
        chances: np.ndarray = np.clip(1 / (1 + np.exp(-total)), LEAST, 1 - LEAST)
        return chances


def read_trees(file: Path) -> dict[str, Trees]:
    """Name → trees of that name."""
    from safetensors import safe_open

    with safe_open(file, framework="numpy") as held:
        return {
            name: Trees(tuple(names.split("\n")), *(held.get_tensor(f"{name}.{part}") for part in PARTS))
            for name, names in held.metadata().items()
        }
