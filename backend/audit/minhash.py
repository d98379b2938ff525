"""MinHash with locality-sensitive hashing: candidate pairs of similar texts without comparing all with all.

Broder 1997, "On the resemblance and containment of documents"; banding as in Leskovec, Rajaraman & Ullman,
"Mining of Massive Datasets", ch. 3. 64 hashes in 16 bands of 4: a pair of Jaccard similarity 0.7 is found with
probability 0.99, one of 0.5 with 0.64, one of 0.2 with 0.03.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from backend.audit.text import words

HASHES, BANDS = 64, 16
LONG = 40
"""Words. Longer texts are cut into runs of three words, shorter ones into runs of four characters."""
BLOCK = 1_000_000
"""Pieces hashed at a time, so that memory stays flat."""
MIN_ESTIMATE = 0.5
"""Share of equal hashes below which a candidate pair is dropped unread."""
PARTNERS = 5
"""Candidates kept for a text: enough to hold a group of near duplicates together, few enough for crowds."""

_SEED = 20240607
_MIX = np.uint64(0x9E3779B97F4A7C15)


def candidate_pairs(texts: Sequence[str], kinds: Sequence[int]) -> list[tuple[int, int]]:
    """Pairs (i, j), i < j, of texts that are probably similar, in order. Each must still be compared.

    Texts of different `kinds` (one number a text) are never paired, which keeps templates filled with ever new
    numbers from crowding together.
    In a crowd of similar texts each is paired with a few neighbours and the first, not with all: linear effort.
    """
    if len(texts) < 2:
        return []
    signatures = _signatures(texts)  # (texts, hashes)
    filled = signatures[:, 0] != np.iinfo(np.uint32).max
    rng = np.random.default_rng(_SEED)
    start = np.array([kind & 0xFFFFFFFFFFFFFFFF for kind in kinds], dtype=np.uint64) * _MIX
    found = []
    width = HASHES // BANDS
    for band in range(BANDS):
        key = start.copy()
        for column in range(band * width, (band + 1) * width):
            key = (key ^ signatures[:, column].astype(np.uint64)) * _MIX
            key ^= key >> np.uint64(29)
        order = np.lexsort((rng.permutation(len(texts)), key))
        order = order[filled[order]]
        found.append(_neighbours(order, key))
    pairs = np.unique(np.sort(np.concatenate(found), axis=1), axis=0)  # (pairs, 2)
    if not len(pairs):
        return []
    alike = np.concatenate(
        [(signatures[part[:, 0]] == signatures[part[:, 1]]).mean(axis=1) for part in _parts(pairs, 200_000)]
    )
    good = alike >= MIN_ESTIMATE
    pairs, alike = pairs[good], alike[good]
    kept = np.zeros(len(pairs), dtype=bool)
    for side in (0, 1):  # of each text, be it first or second of its pairs, the likeliest partners
        order = np.lexsort((-alike, pairs[:, side]))
        texts_in_order = pairs[order, side]
        rank = np.arange(len(order)) - np.searchsorted(texts_in_order, texts_in_order)
        kept[order[rank < PARTNERS]] = True
    return [(int(i), int(j)) for i, j in pairs[kept]]


def _neighbours(order: np.ndarray, key: np.ndarray) -> np.ndarray:
    """Pairs inside runs of equal keys: with the next, the one after, and the first of the run."""
    keys = key[order]
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]]) if len(keys) else np.zeros(0, dtype=int)
    first = np.repeat(starts, np.diff(np.r_[starts, len(keys)]))  # (texts,) index of the run's first
    pairs = []
    for step in (1, 2):
        same = np.flatnonzero(keys[step:] == keys[:-step]) if len(keys) > step else np.zeros(0, dtype=int)
        pairs.append(np.stack([order[same], order[same + step]], axis=1))
    later = np.flatnonzero(np.arange(len(keys)) - first > 2)
    pairs.append(np.stack([order[first[later]], order[later]], axis=1))
    return np.concatenate(pairs)


def _signatures(texts: Sequence[str]) -> np.ndarray:
    rng = np.random.default_rng(_SEED)
    factors = rng.integers(1, 2**63, size=HASHES, dtype=np.uint64) | np.uint64(1)
    signatures = np.full((len(texts), HASHES), np.iinfo(np.uint32).max, dtype=np.uint32)
    numbers: dict[str, int] = {}
    rows: list[int] = []
    pieces: list[np.ndarray] = []
    held = 0
    for row, text in enumerate(texts):
        hashed = _pieces(text, numbers)
        if not len(hashed):
            continue
        rows.append(row)
        pieces.append(hashed)
        held += len(hashed)
        if held >= BLOCK:
            _reduce(signatures, rows, pieces, factors)
            rows, pieces, held = [], [], 0
    if rows:
        _reduce(signatures, rows, pieces, factors)
    return signatures


def _reduce(signatures: np.ndarray, rows: list[int], pieces: list[np.ndarray], factors: np.ndarray) -> None:
    flat = np.concatenate(pieces)  # (pieces,)
    starts = np.cumsum([0, *(len(piece) for piece in pieces[:-1])])
    for column, factor in enumerate(factors):
        mixed = ((flat * factor) >> np.uint64(32)).astype(np.uint32)
        signatures[rows, column] = np.minimum.reduceat(mixed, starts)


def _pieces(text: str, numbers: dict[str, int]) -> np.ndarray:
    """A 64-bit hash of every overlapping piece of the text."""
    found = words(text.casefold())
    if len(found) >= LONG:
        units = np.fromiter((numbers.setdefault(word, len(numbers) + 1) for word in found), np.uint64, len(found))
        size = 3
    else:
        units = np.frombuffer(" ".join(found).encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
        size = 4
    if len(units) < size:
        return units
    total = np.zeros(len(units) - size + 1, dtype=np.uint64)
    for at in range(size):
        total = (total ^ units[at : len(units) - size + 1 + at]) * _MIX
        total ^= total >> np.uint64(31)
    return total


def _parts(pairs: np.ndarray, size: int) -> list[np.ndarray]:
    return [pairs[start : start + size] for start in range(0, len(pairs), size)]
