"""Locality-sensitive hashing: candidate pairs of similar texts without comparing all with all.

Banding as in Leskovec, Rajaraman & Ullman, "Mining of Massive Datasets", ch. 3. Short texts: 16 bands of 4 MinHashes of
single words, which finds a pair that has 70 % of its different words in common with probability 0.99, one that has 20 %
with 0.03. Long texts: 12 MinHashes of runs of three words, of which one must be equal for a pair to be found and three
for it to be read. With an eighth of the words exchanged a pair is found with probability 0.9998 and read with 0.98.
"""

from __future__ import annotations

import numpy as np

from backend.audit.sketch import Sketches, different

LEAST_SHORT, LEAST_LONG = 0.4, 0.2
"""Share of equal hashes below which a candidate pair of short texts, and of long ones, is dropped unread (our
choice)."""
PARTNERS = 5
"""Candidates kept for a text: enough to hold a group of near duplicates together, few enough for crowds. Our
choice."""
NEXT = 3
"""Neighbours with which each text of a crowd is paired (our choice); those alike in the next band are beside it."""

_MIX = np.uint32(0x9E3779B1)
"""An odd number near 2^32 divided by the golden ratio, which spreads bits (Knuth, "The Art of Computer Programming",
vol. 3, 6.4)."""


def candidate_pairs(sketches: Sketches, places: np.ndarray) -> list[tuple[int, int]]:
    """Pairs (i, j), i < j, of the given places whose texts are probably similar, in order. Each must be compared still.

    Texts of different kinds (other numbers in them) are never paired, which keeps templates filled with ever new
    numbers from crowding together. In a crowd of similar texts each is paired with a few neighbours and the first, not
    with all: linear effort.
    """
    wanted = np.zeros(len(sketches.keys), dtype=bool)
    wanted[places] = True
    found = [
        _pairs(sketches.kinds, rows, hashes, width, least, wanted)
        for rows, hashes, width, least in (
            (sketches.short, sketches.short_hashes, 4, LEAST_SHORT),
            (sketches.long, sketches.long_hashes, 1, LEAST_LONG),
        )
    ]
    pairs = np.unique(np.concatenate(found), axis=0)
    return [(int(i), int(j)) for i, j in pairs]


def _pairs(
    kinds: np.ndarray, rows: np.ndarray, hashes: np.ndarray, width: int, least: float, wanted: np.ndarray
) -> np.ndarray:
    """(pairs, 2) places, i < j. `hashes` is (hashes, rows)."""
    keep = wanted[rows]
    size = len(rows)
    if size < 2:
        return np.zeros((0, 2), dtype=np.int64)
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
    if not len(codes):
        return np.zeros((0, 2), dtype=np.int64)
    left, right = codes // size, codes % size
    alike = np.zeros(len(codes), dtype=np.float32)
    for line in hashes:
        alike += line[left] == line[right]
    alike /= len(hashes)
    good = alike >= least
    pairs, alike = np.stack([left[good], right[good]], axis=1), alike[good]
    kept = np.zeros(len(pairs), dtype=bool)
    for side in (0, 1):  # of each text, be it first or second of its pairs, the likeliest partners
        order = np.lexsort((-alike, pairs[:, side]))
        in_order = pairs[order, side]
        rank = np.arange(len(order)) - np.searchsorted(in_order, in_order)
        kept[order[rank < PARTNERS]] = True
    return np.asarray(rows[pairs[kept]])


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
