"""Signs of the closer look: how what a row says as a whole lies beside what the other rows read say.

Each is told twice. At first a row is held against those that stand for the file. Then, by the chances that this gave,
against the rows that are suspected, since strangers who came together lie together: few of them are alone as strange as
all of them are.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from backend.audit.bags import unit
from backend.audit.branches import beyond_others, lead, leaves
from backend.audit.kinship import alike
from backend.audit.strangeness import beyond

USUAL = 0.85
"""Share of the rows drawn that do stand for the file, the least strange: strangers not yet suspected are among the
others."""
NEAREST = {"3": 0.0, "sixth": 0.16, "half": 0.5}
"""Share of the rows that stand for the file, the nearest, to which a row's likeness is averaged; at least to `FEW`."""
FEW, KIN = 3, 5
"""Fewest rows that are averaged or make a branch; and how many of the nearest rows read are a row's kin."""
LARGEST = 0.4
"""Share of the rows read that a branch of their tree has at most."""
HIGHEST = 0.95
"""Share of the rows that stand for the file whose odds are below the limit from which on a row is suspected."""


@dataclass(frozen=True)
class Apart:
    """The branches of the tree of the rows read by Ward's method, each a run of rows in the order of the leaves."""

    order: np.ndarray
    """(some,) numbers of the rows as the leaves stand."""
    starts: np.ndarray
    sizes: np.ndarray
    likeness: np.ndarray
    """(some, some) how like two rows are; -1 for a row and itself."""
    values: dict[str, np.ndarray]
    """Name → (branches,) how a branch lies beside the rest."""

    def sums(self, values: np.ndarray) -> np.ndarray:
        """(branches, ...) sums over the rows of each of (some, ...) values."""
        passed = np.concatenate([np.zeros_like(values[:1]), np.cumsum(values[self.order], axis=0)])
        summed: np.ndarray = passed[self.starts + self.sizes] - passed[self.starts]
        return summed

    @cached_property
    def kin(self) -> np.ndarray:
        """(some, `KIN`) the nearest rows of each."""
        return np.argsort(-self.likeness, axis=1)[:, :KIN]

    def farthest(self, fewest: float) -> float:
        """How far the branch of at least so many rows that is farthest from all others is (`remote`); 0 for none."""
        held = [self.order[at : at + size] for at, size in zip(self.starts, self.sizes, strict=True) if size >= fewest]
        return max((remote(np.delete(self.likeness[rows], rows, axis=1)) for rows in held), default=0.0)

    def of_rows(self, foremost: np.ndarray, values: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Name → (some,) value of the branch that is `foremost`, (branches,), of those that hold a row; 0 in none."""
        found = {name: np.zeros(len(self.order)) for name in values}
        for at in np.argsort(foremost, kind="stable"):  # the foremost last
            rows = self.order[self.starts[at] : self.starts[at] + self.sizes[at]]
            for name, value in values.items():
                found[name][rows] = value[at]
        return found


def remote(likeness: np.ndarray) -> float:
    """How far some rows are from others: one less the mean (rows, others) `likeness` to the `KIN` nearest of them."""
    return 1 - float(np.partition(likeness, -KIN, axis=1)[:, -KIN:].mean())


def apart(vectors: np.ndarray, largest: float = LARGEST) -> Apart:
    """Of (some, axes) vectors of length 1, with branches of so large a share of them at most."""
    from scipy.cluster.hierarchy import linkage

    some = len(vectors)
    likeness = alike(vectors)
    distances = np.sqrt(np.maximum(2 - 2 * likeness, 0))  # the diagonal is not read
    tree = linkage(distances[np.triu_indices(some, 1)], "ward")
    order, starts, sizes = leaves(tree)
    kept = (sizes >= FEW) & (sizes <= largest * some)
    branches = Apart(order, starts[kept], sizes[kept], likeness, {})
    whole = vectors.astype(np.float64)
    sums = branches.sums(whole)
    common = (unit(sums) * unit(whole.sum(axis=0) - sums)).sum(axis=1)
    branches.values.update(
        common=common,
        tight=np.linalg.norm(sums, axis=1) / branches.sizes,
        share=np.log(branches.sizes / some),
        height=tree[kept, 2],
        farther=beyond_others(branches.starts, branches.sizes, 1 - common),
        below=np.median(common) - common if len(common) else common,
    )
    return branches


def closer_signs(
    vectors: np.ndarray, stands: np.ndarray, last: np.ndarray, foreign: np.ndarray, branches: Apart
) -> dict[str, np.ndarray]:
    """Name of a sign → (some,) values; all arguments are of the rows read."""
    likeness = branches.likeness
    strange = np.maximum(foreign, 0) + np.maximum(np.log(last / (1 - last)) + 3, 0)
    usual = stands & (strange <= np.quantile(strange[stands], USUAL))
    held = np.flatnonzero(usual)
    near = -np.sort(-likeness[:, held], axis=1)
    found: dict[str, np.ndarray] = {}
    for name, share in NEAREST.items():
        found[f"near, {name}"] = near[:, : max(FEW, int(share * len(held)))].mean(axis=1)
        found[f"near, {name}, spread"] = _below(found[f"near, {name}"], usual)
    central = (vectors @ vectors[held].sum(axis=0) - usual) / len(held)
    found |= {"central": central, "central, spread": _below(central, usual),
              "central, usual": np.full(len(vectors), np.median(central[held])),
              "beyond, spread": _below(-beyond(vectors, usual), usual)}  # fmt: skip
    others = -np.sort(-likeness[:, ~usual], axis=1)
    among = others[:, :FEW].mean(axis=1) if others.shape[1] > KIN else near[:, 0]
    found["nearer to strange"] = among - near[:, :FEW].mean(axis=1)
    kin = branches.kin
    for name in ("near, sixth, spread", "central, spread", "beyond, spread"):
        found[f"kin, {name}"] = found[name][kin].mean(axis=1)
    tight = branches.values["tight"]
    of_branch = branches.of_rows((1 - branches.values["common"]) * tight, branches.values)
    found |= {f"branch, {name}": values for name, values in of_branch.items()}
    return found | {"kin, foreign": foreign[kin].mean(axis=1), "foreign, spread": foreign}


def signs_again(
    vectors: np.ndarray, stands: np.ndarray, chances: np.ndarray, branches: Apart
) -> dict[str, np.ndarray]:
    """Name of a sign → (some,) values, by the `chances` that the first signs gave; all are of the rows read."""
    some = len(vectors)
    odds = np.log(chances / (1 - chances))
    highest = np.quantile(odds[stands], HIGHEST)
    suspected = 1 / (1 + np.exp(highest - odds))
    usual = (1 - suspected) * stands
    # each row is left out of the centre it is held against
    to_suspected, to_usual = (
        unit((of[:, None] * vectors).sum(axis=0) - of[:, None] * vectors) for of in (suspected, usual)
    )
    nearer = (vectors * (to_suspected - to_usual)).sum(axis=1)
    middle, high = np.quantile(nearer[stands], [0.5, 0.9])
    found = {
        "odds": odds,
        "odds, over highest": odds - highest,
        "odds, kin": odds[branches.kin].mean(axis=1),
        "odds, highest": np.full(some, highest),
        "odds, likeliest": np.full(some, -np.sort(-odds)[:KIN].mean()),
        "nearer to suspected": nearer,
        "nearer to suspected, spread": (nearer - middle) / (high - middle + 0.03),
        "suspected, common": (to_suspected * to_usual).sum(axis=1),
        "suspected, share": np.full(some, suspected.mean()),
    }
    sums = branches.sums(odds)
    mean = sums / branches.sizes
    leads = lead(branches.order, branches.starts, branches.sizes, odds)
    values = {name: branches.values[name] for name in ("share", "common", "below", "farther", "tight")}
    values |= {"lead": leads, "odds": mean, "over rest": mean - (odds.sum() - sums) / (some - branches.sizes)}
    of_branch = branches.of_rows(leads * np.minimum(np.sqrt(branches.sizes), KIN), values)
    found |= {f"suspected branch, {name}": of_rows for name, of_rows in of_branch.items()}
    held = of_branch["share"] < 0
    return found | {"suspected branch, within": np.where(held, odds - of_branch["odds"], 0)}


def _below(values: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """(some,) how far below the median of the usual rows, in widths of their lower half."""
    low, middle = np.quantile(values[usual], [0.1, 0.5])
    below: np.ndarray = np.clip((middle - values) / (middle - low + 0.02), -10, 10)
    return below
