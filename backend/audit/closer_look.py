"""A closer look at the rows most likely from elsewhere: what each says as a whole, beside a sample of the file.

To read a text as a whole takes a thousand times as long as to look its words up, so few rows are read: those that the
first looks suspect, those with most words of their own, and some of the rest. Rows asked and written as the file's own
are, in words that most texts have, show only here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from backend.audit.bags import unit
from backend.audit.branches import beyond_others, leaves
from backend.audit.sentence_vectors import SentenceVectors
from backend.audit.strangeness import beyond
from backend.audit.trees import LEAST, Trees

SUSPECTED, MOST_SUSPECTED = 0.1, 300
"""Chance from which on all rows are read, and how many at most."""
LIKELY, OTHERS = 100, 80
"""Rows read besides: so many of the likeliest or strangest, and so many drawn from the rest to stand for the file."""
LIKELIER_THAN_NOT = 0.5
"""Chance below which the closer look adds nothing: what it adds below that is as often wrong (docs/decisions/0039)."""
USUAL = 0.85
"""Share of the rows drawn that do stand for the file, the least strange: strangers not yet suspected are among the
others."""
NEAREST = {"3": 0.0, "sixth": 0.16, "half": 0.5}
"""Share of the rows that stand for the file, the nearest, to which a row's likeness is averaged; at least to `FEW`."""
FEW, KIN = 3, 5
"""Fewest rows that are averaged or make a branch; and how many of the nearest rows read are a row's kin."""
LARGEST = 0.4
"""Share of the rows read that a branch of their tree has at most."""
SHARED = 0.02
"""Share of the rows, three at least, that begin alike where these words are left out of what is read."""


def closer_chances(last: np.ndarray, read: np.ndarray, signs: Mapping[str, np.ndarray], trees: Trees) -> np.ndarray:
    """(rows,) chance of being from elsewhere: of those `read` what their `signs` say, if more than `last`."""
    closer = last.copy()
    seen = trees.chances(signs)
    closer[read] = np.maximum(closer[read], np.where(seen >= LIKELIER_THAN_NOT, seen, 0))
    return closer


def closer_look(
    asked: Sequence[str],
    answered: Sequence[str],
    found: Mapping[str, np.ndarray],
    chances: tuple[np.ndarray, np.ndarray],
    vectors: SentenceVectors,
    seed: int,
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """(some,) numbers of the rows read, and name → (some,) signs.

    `found`: the signs of the first look; `chances`: (rows,) of the first and of the last look before this.
    """
    first, last = (np.clip(of, LEAST, 1 - LEAST) for of in chances)
    foreign = found["foreign, spread"]
    read, stands = read_rows(first, last, foreign, seed)
    bare = without_lead(asked)
    texts = [f"{bare[row]} {answered[row]}" for row in read]
    return read, closer_signs(vectors.of(texts), stands, last[read], foreign[read])


def read_rows(first: np.ndarray, last: np.ndarray, foreign: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """(some,) numbers of the rows to be read, and (some,) of bool: those drawn to stand for the file, all where few.

    `first`, `last`: (rows,) chances; `foreign`: (rows,) how many words a row has to itself, against their spread.
    """
    places = [np.argsort(np.argsort(-of, kind="stable"), kind="stable") for of in (np.maximum(first, last), foreign)]
    order = np.argsort(np.minimum(*places), kind="stable")
    suspected = np.flatnonzero(last > SUSPECTED)
    suspected = suspected[np.argsort(-last[suspected], kind="stable")][:MOST_SUSPECTED]
    rest = order[~np.isin(order, suspected)]
    others = np.random.default_rng(seed).permutation(rest[LIKELY:])[:OTHERS]
    read = np.r_[suspected, rest[:LIKELY], others]
    few = len(read) == len(last)
    return read, np.arange(len(read)) >= (0 if few else len(read) - len(others))


def without_lead(texts: Sequence[str]) -> list[str]:
    """The texts without the words they begin with that several share: what is asked of all tells of no subject."""
    words = [text.split() for text in texts]
    fewest = max(3, SHARED * len(texts))
    lengths = [0] * len(texts)
    leads: dict[int, tuple[str, ...]] = dict.fromkeys(range(len(texts)), ())
    while leads:
        leads = {at: (*lead, words[at][len(lead)]) for at, lead in leads.items() if len(words[at]) > len(lead)}
        counts = Counter(leads.values())
        leads = {at: lead for at, lead in leads.items() if counts[lead] >= fewest}
        for at, lead in leads.items():
            lengths[at] = len(lead)
    return [" ".join(of[length:]) for of, length in zip(words, lengths, strict=True)]


def closer_signs(
    vectors: np.ndarray, stands: np.ndarray, last: np.ndarray, foreign: np.ndarray
) -> dict[str, np.ndarray]:
    """Name of a sign → (some,) values; all arguments are of the rows read."""
    likeness = vectors @ vectors.T
    np.fill_diagonal(likeness, -1)
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
    kin = np.argsort(-likeness, axis=1)[:, :KIN]
    for name in ("near, sixth, spread", "central, spread", "beyond, spread"):
        found[f"kin, {name}"] = found[name][kin].mean(axis=1)
    return found | {"kin, foreign": foreign[kin].mean(axis=1), "foreign, spread": foreign} | _of_branches(vectors)


def _below(values: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """(some,) how far below the median of the usual rows, in widths of their lower half."""
    low, middle = np.quantile(values[usual], [0.1, 0.5])
    below: np.ndarray = np.clip((middle - values) / (middle - low + 0.02), -10, 10)
    return below


def _of_branches(vectors: np.ndarray) -> dict[str, np.ndarray]:
    """Name → (some,) signs of the branch that stands farthest apart of those that hold a row, by Ward's method."""
    from scipy.cluster.hierarchy import linkage

    some = len(vectors)
    apart = np.sqrt(np.maximum(2 - 2 * vectors @ vectors.T, 0))
    tree = linkage(apart[np.triu_indices(some, 1)], "ward")
    order, starts, sizes = leaves(tree)
    kept = (sizes >= FEW) & (sizes <= LARGEST * some)
    starts, sizes, heights = starts[kept], sizes[kept], tree[kept, 2]
    passed = np.vstack([np.zeros(vectors.shape[1]), np.cumsum(vectors[order], axis=0, dtype=np.float64)])
    sums = passed[starts + sizes] - passed[starts]
    common = (unit(sums) * unit(passed[-1] - sums)).sum(axis=1)
    tight = np.linalg.norm(sums, axis=1) / sizes
    farther = beyond_others(starts, sizes, 1 - common)
    below = np.median(common) - common if len(common) else common
    values = {"common": common, "tight": tight, "share": np.log(sizes / some), "height": heights,
              "beyond others": farther, "below usual": below}  # fmt: skip
    found = {f"branch, {name}": np.zeros(some) for name in values}
    for at in np.argsort((1 - common) * tight, kind="stable"):  # the farthest last
        rows = order[starts[at] : starts[at] + sizes[at]]
        for name, value in values.items():
            found[f"branch, {name}"][rows] = value[at]
    return found
