"""Texts as sparse vectors: TF-IDF of words and of pairs of neighbouring words, told apart by their hashes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from backend.audit.sketch import blocks, hash_pairs, hash_words

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

MAX_CHARACTERS = 1_500
"""Of each text; what a text is about shows early, and time stays bounded."""
FEATURES = 30_000
"""Most words and pairs that are kept: our choice."""
BLOCK = 1_000_000
"""Characters hashed at a time."""


def features(texts: Sequence[str]) -> csr_matrix:
    """(texts, features) float32, each row of length 1, of the `FEATURES` commonest.

    (1 + log count) times log((1 + texts) / (1 + texts that hold it)) + 1: Salton & Buckley 1988, as in scikit-learn.

    Raises ValueError when no word occurs in two texts.
    """
    from scipy.sparse import csr_matrix

    count = len(texts)
    codes, rows = _pieces([text[:MAX_CHARACTERS] for text in texts])
    names, columns = np.unique(codes, return_inverse=True)
    cells, times = np.unique(columns.astype(np.int64) * count + rows, return_counts=True)
    columns, rows = cells // count, cells % count
    holding = np.bincount(columns, minlength=len(names))  # texts that hold it
    kept = holding >= 2
    if not kept.any():
        raise ValueError("no word occurs in two texts")
    if kept.sum() > FEATURES:
        total = np.where(kept, np.bincount(columns, weights=times, minlength=len(names)), 0)
        kept[np.argsort(-total, kind="stable")[FEATURES:]] = False
    inside = kept[columns]
    columns, rows, times = (np.cumsum(kept) - 1)[columns[inside]], rows[inside], times[inside]
    rarity = np.log((1 + count) / (1 + holding[kept])) + 1
    values = (1 + np.log(times)) * rarity[columns]
    values /= np.sqrt(np.bincount(rows, weights=values * values, minlength=count))[rows]
    return csr_matrix((values.astype(np.float32), (rows, columns)), shape=(count, int(kept.sum())))


def _pieces(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """(pieces,) hashes of all words and pairs, (pieces,) numbers of their texts."""
    codes, rows = [], []
    for first, block in blocks(texts, BLOCK):
        hashed, at = hash_words(block)
        of = np.repeat(np.arange(first, first + len(block)), np.diff(at))
        neighbours = np.flatnonzero(of[1:] == of[:-1])
        codes += [hashed, hash_pairs(hashed)[neighbours]]
        rows += [of, of[neighbours]]
    return np.concatenate(codes), np.concatenate(rows)
