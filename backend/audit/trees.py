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
PART = 128
"""Rows decided at a time: what is in work stays in the processor's cache."""
PARTS = ("sign", "limit", "left", "right", "adds", "roots", "start")
"""The tensors that a set of trees is stored in, in the order in which `Trees` takes them."""


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
        leads = np.stack([self.right, self.left], axis=1).astype(np.int64).ravel()  # node n: leads[2 n + is it below]
        total = np.empty(len(table), np.float32)
        for start in range(0, len(table), PART):
            part = table[start : start + PART]
            flat, first = part.ravel(), np.repeat(np.arange(len(part)) * part.shape[1], len(self.roots))
            at = np.tile(self.roots, len(part)).astype(np.int64)  # row after row, tree after tree
            while True:
                below = flat.take(first + self.sign.take(at)) <= self.limit.take(at)
                after = leads.take(2 * at + below)
                if (after == at).all():
                    break
                at = after
            total[start : start + PART] = self.adds.take(at).reshape(len(part), -1).sum(axis=1)
        total += self.start[0]
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


def likeliest(chances: np.ndarray, least: float, mean: float) -> np.ndarray:
    """(rows,) of bool: as many of the likeliest as have more than `least`, and `mean` or more on average."""
    order = np.argsort(-chances, kind="stable")
    means = np.cumsum(chances[order]) / np.arange(1, len(order) + 1)
    count = int(((means >= mean) & (chances[order] > least)).sum())
    likely = np.zeros(len(order), bool)
    likely[order[:count]] = True
    return likely
