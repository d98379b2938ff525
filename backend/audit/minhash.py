"""Locality-sensitive hashing: candidate pairs of similar texts without comparing all with all.

Banding as in Leskovec, Rajaraman & Ullman, "Mining of Massive Datasets", ch. 3. Short texts: 16 bands of 4 MinHashes of
single words, which finds a pair that has 70 % of its different words in common with probability 0.99, one that has 20 %
with 0.03. Long texts: 12 MinHashes of runs of three words, of which one must be equal for a pair to be found and three
for it to be read. With an eighth of the words exchanged a pair is found with probability 0.9998 and read with 0.98.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from backend.audit.sketch import Sketches, different

LEAST_SHORT, LEAST_LONG = 0.4, 0.2
"""Share of equal hashes below which a candidate pair of short texts, and of long ones, is dropped unread (our
choice)."""
PARTNERS = 5
"""Candidates kept for a text: enough to hold a group of near duplicates together, few enough for crowds. Our
choice."""
MOST, OF = 20_000, 5
"""Pairs from which on texts are a crowd, or one in so many texts: few natural texts in a hundred thousand make more."""
TRIED = 2_000
"""Pairs by which it is told how many of all are like each other."""
NEXT = 3
"""Neighbours with which each text of a crowd is paired (our choice); those alike in the next band are beside it."""

_MIX = np.uint32(0x9E3779B1)
"""An odd number near 2^32 divided by the golden ratio, which spreads bits (Knuth, "The Art of Computer Programming",
vol. 3, 6.4)."""


Sieve = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Which pairs of places, (pairs,) and (pairs,), are worth comparing, (pairs,) of bool."""


def candidate_pairs(sketches: Sketches, places: np.ndarray, sieve: Sieve | None = None) -> tuple[np.ndarray, bool]:
    """(pairs, 2) of places i < j of the given ones whose texts are probably similar, in order: each must be compared
    still. And whether there were so many that only those were kept that the `sieve` lets through.

    Texts of different kinds (other numbers in them) are never paired, which keeps templates filled with ever new
    numbers from crowding together. In a crowd of similar texts each is paired with a few neighbours and the first, not
    with all: linear effort.
    """
    wanted = np.zeros(len(sketches.keys), dtype=bool)
    wanted[places] = True
    found, crowded = [], False
    for rows, hashes, width, least in (
        (sketches.short, sketches.short_hashes, 4, LEAST_SHORT),
        (sketches.long, sketches.long_hashes, 1, LEAST_LONG),
    ):
        left, right = _pairs(sketches.kinds, rows, hashes, width, wanted)
        if sieve and _are_many(left, right, hashes, least, len(wanted)):
            good = sieve(rows[left], rows[right])
            left, right, crowded = left[good], right[good], True
        found.append(rows[_likeliest(left, right, hashes, least)])
    return np.unique(np.concatenate(found), axis=0), crowded


def is_crowd(pairs: int, texts: int) -> bool:
    """Whether so many pairs of so many texts are more than natural texts make."""
    return pairs > max(MOST, texts // OF)


def _pairs(
    kinds: np.ndarray, rows: np.ndarray, hashes: np.ndarray, width: int, wanted: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Columns i < j of `hashes` (hashes, rows), (pairs,) and (pairs,), that are equal in a band of them."""
    keep = wanted[rows]
    size = len(rows)
    if size < 2:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    start = (kinds[rows] >> np.uint64(32)).astype(np.uint32)
    bands = hashes.shape[0] // width
    following = _key(start, hashes[:width])
    found = []
    for band in range(bands):
        key, after = following, (band + 1) % bands
        following = _key(start, hashes[after * width : (after + 1) * width])
        some = perhaps_shared(key)
        some = some[keep[some]]
        keys = key[some].astype(np.uint64) << np.uint64(32)
        in_order = np.argsort(keys | following[some], kind="stable")  # those alike in the next band too side by side
        found.append(_neighbours(some[in_order], keys[in_order], size))
    codes = different(np.concatenate(found))  # (pairs,) of i * size + j
    return codes // size, codes % size


def _alike(left: np.ndarray, right: np.ndarray, hashes: np.ndarray) -> np.ndarray:
    """(pairs,) the share of equal hashes, 0–1."""
    alike = np.zeros(len(left), dtype=np.float32)
    for line in hashes:
        alike += line[left] == line[right]
    return np.asarray(alike / len(hashes))


def _are_many(left: np.ndarray, right: np.ndarray, hashes: np.ndarray, least: float, texts: int) -> bool:
    """Whether the pairs that are alike are a crowd, by an even sample."""
    step = len(left) // TRIED + 1
    share = (_alike(left[::step], right[::step], hashes) >= least).mean() if len(left) else 0.0
    return is_crowd(int(share * len(left)), texts)


def _likeliest(left: np.ndarray, right: np.ndarray, hashes: np.ndarray, least: float) -> np.ndarray:
    """(pairs, 2): those alike, and of each text, be it first or second, the likeliest partners."""
    alike = _alike(left, right, hashes)
    good = alike >= least
    pairs, alike = np.stack([left[good], right[good]], axis=1), alike[good]
    kept = np.zeros(len(pairs), dtype=bool)
    for side in (0, 1):
        order = np.lexsort((-alike, pairs[:, side]))
        in_order = pairs[order, side]
        rank = np.arange(len(order)) - np.searchsorted(in_order, in_order)
        kept[order[rank < PARTNERS]] = True
    return np.asarray(pairs[kept])


def perhaps_shared(keys: np.ndarray) -> np.ndarray:
    """Places, ascending, of the keys (uint32) that others are equal to, and of a few that share their first bits."""
    in_order = np.sort(keys)
    shared = in_order[1:][in_order[1:] == in_order[:-1]]
    bits = len(keys).bit_length() + 2
    marked = np.zeros(1 << bits, dtype=bool)
    marked[shared >> np.uint32(32 - bits)] = True
    return np.flatnonzero(marked[keys >> np.uint32(32 - bits)])


def _key(start: np.ndarray, hashes: np.ndarray) -> np.ndarray:
    """(texts,) uint32: `start` (texts,) and the hashes of a band, (hashes, texts), in one number."""
    key = start.copy()
    for line in hashes:
        key = (key ^ line) * _MIX
        key ^= key >> np.uint32(15)
    return key * _MIX


def _neighbours(order: np.ndarray, keys: np.ndarray, size: int) -> np.ndarray:
    """Pairs inside runs of equal keys, as numbers i * size + j with i < j: with the next ones and the run's first."""
    repeated = keys[1:] == keys[:-1]  # empty where there are fewer than two keys
    if not repeated.any():
        return np.zeros(0, dtype=np.int64)
    starts = np.flatnonzero(np.concatenate([[True], ~repeated]))
    first = np.repeat(starts, np.diff(np.concatenate([starts, [len(keys)]])))  # (texts,) index of the run's first
    pairs = []
    for step in range(1, NEXT + 1):
        same = np.flatnonzero(keys[step:] == keys[:-step])
        pairs.append((order[same], order[same + step]))
    later = np.flatnonzero(np.arange(len(keys)) - first > NEXT)
    pairs.append((order[first[later]], order[later]))
    one, two = (np.concatenate(side) for side in zip(*pairs, strict=True))
    return np.asarray(np.minimum(one, two) * size + np.maximum(one, two))
