"""What the rows of a file are made of: their words, what these mean, and how the rows are built and written."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, count
from typing import TYPE_CHECKING

import numpy as np

from backend.audit.forms import forms

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

    from backend.audit.branches import Branches
    from backend.audit.word_vectors import WordVectors

MAX_CHARACTERS = 1_000
"""Characters of a text that are looked at: our choice."""
MAX_SPELT = 150
"""Signs of which the runs are taken."""

_WORD = re.compile(r"[^\W\d_぀-ヿ㐀-鿿가-힯]{2,}|[぀-ヿ㐀-鿿가-힯]")
_ASCII_WORD = re.compile("[a-z]{2,}")
"""The same in lower case where there is nothing beyond ASCII, in half the time."""

_LETTER, _CAPITAL, _DIGIT, _MARK, _SPACE = range(5)


def _kind(sign: str) -> int:
    if sign.isupper():
        return _CAPITAL
    if sign.isalpha():
        return _LETTER
    return _DIGIT if sign.isdigit() else _SPACE if sign in " \0" else _MARK


_KINDS = np.array([*(_kind(chr(code)) for code in range(0x530)), _LETTER], dtype=np.uint8)
"""Kinds of the signs of Latin, Greek and Cyrillic; those beyond count as letters, but for marks and emoji."""


@dataclass(frozen=True)
class Bags:
    """What is known of each row."""

    holds: csr_matrix
    """(rows, words) of 0 and 1: which words a row holds."""
    rarity: np.ndarray
    """(words,) how rare a word is in general, 0–1."""
    meanings: np.ndarray
    """(rows, axes) what the words of a row mean, of length 1."""
    forms: csr_matrix
    """(rows, forms) of 0 and 1: how the rows are built, what they ask and what they answer apart."""
    asked: csr_matrix
    """(rows, forms) the first of these: how what they ask is built."""
    manner: np.ndarray
    """(rows, manners) how the rows are written."""
    labels: np.ndarray | None
    """(rows,) numbers of the rows' labels, None where there are none."""
    letters: csr_matrix | None = None
    """(rows, runs) of 0 and 1: runs of three letters or signs that a row holds, where there are labels."""

    @cached_property
    def tree(self) -> np.ndarray:
        """(merges, 4) how the rows group by meaning, by Ward's method (1963), as scipy writes it."""
        from scipy.cluster.hierarchy import linkage

        likeness = self.meanings @ self.meanings.T
        pairs = np.concatenate([likeness[row, row + 1 :] for row in range(len(likeness))])
        tree: np.ndarray = linkage(np.sqrt(np.maximum(2 - 2 * pairs, 0)), "ward")
        return tree

    @cached_property
    def branches(self) -> Branches:
        """Those of the tree, and what each has to itself."""
        from backend.audit.branches import branches

        return branches(self)


def bags(columns: Sequence[Sequence[str]], labels: np.ndarray | None, vectors: WordVectors) -> Bags:
    """From the texts of the rows, column by column. Raises ValueError when no word occurs twice."""
    from scipy.sparse import hstack

    texts = [" ".join(parts) for parts in zip(*columns, strict=True)]
    holds, rarity, meanings = words(texts, vectors)
    manner = np.hstack([_manner(column) for column in columns])
    built = [forms(column) for column in columns]
    letters = None if labels is None else runs(texts)
    return Bags(holds, rarity, meanings, hstack(built, format="csr"), built[0], manner, labels, letters)


def words(texts: Sequence[str], vectors: WordVectors) -> tuple[csr_matrix, np.ndarray, np.ndarray]:
    """(texts, words) of 0 and 1, (words,) how rare each is in general, (texts, axes) meanings of length 1.

    Raises ValueError when no word occurs twice.
    """
    from scipy.sparse import csr_matrix

    small = [text[:MAX_CHARACTERS].lower() for text in texts]
    holds, number = holding(
        [dict.fromkeys((_ASCII_WORD if text.isascii() else _WORD).findall(text)) for text in small]
    )
    if holds.nnz == len(number):
        raise ValueError("no word occurs in two texts")
    rows, table, rarity = vectors.looked_up(list(number))
    places = holds.indices
    weighted = csr_matrix((rarity[rows][places], rows[places], holds.indptr), shape=(len(texts), len(table)))
    return holds, rarity[rows], unit(weighted @ table)


def holding(held: Sequence[Collection[str]]) -> tuple[csr_matrix, dict[str, int]]:
    """(texts, words) of 0 and 1 from the different words of each text, and word → its column, in order."""
    from scipy.sparse import csr_matrix

    number = dict(zip(dict.fromkeys(chain.from_iterable(held)), count()))
    ends = np.cumsum([0, *map(len, held)])
    places = np.fromiter(map(number.__getitem__, chain.from_iterable(held)), np.int32, ends[-1])
    return csr_matrix((np.ones(len(places), np.float32), places, ends), shape=(len(held), len(number))), number


def runs(texts: Sequence[str]) -> csr_matrix:
    """(texts, runs) of 0 and 1: which runs of three signs the beginning of a text holds, all digits alike."""
    from scipy.sparse import csr_matrix

    seen = [f" {text[:MAX_SPELT]} " for text in texts]
    signs = np.frombuffer("".join(seen).encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.int64)
    signs[(signs >= ord("0")) & (signs <= ord("9"))] = ord("0")
    owners = np.repeat(np.arange(len(seen)), [len(text) for text in seen])
    whole = owners[:-2] == owners[2:]
    codes = (signs[:-2] << 42 | signs[1:-1] << 21 | signs[2:])[whole]
    kinds, columns = np.unique(codes, return_inverse=True)
    held = csr_matrix((np.ones(len(columns), np.float32), (owners[:-2][whole], columns)), (len(seen), len(kinds)))
    held.data[:] = 1  # those held twice were added up
    return held


def _manner(texts: Sequence[str]) -> np.ndarray:
    """(texts, manners) length; shares of capitals, digits, marks and spaces; question marks, commas and full stops to
    a word; whether it ends with one of them and begins with a capital."""
    seen = [text[:MAX_CHARACTERS] for text in texts]
    signs = np.frombuffer("\0".join([*seen, ""]).encode("utf-32-le", "surrogatepass"), np.uint32)
    sizes = np.fromiter(map(len, seen), np.int64, len(seen))
    starts = np.cumsum(sizes + 1) - sizes - 1
    kinds = _KINDS[np.minimum(signs, len(_KINDS) - 1)]
    kinds[(signs >= 0x2000) & (signs < 0x2E80) | (signs >= 0x1F000)] = _MARK

    def count(those: np.ndarray) -> np.ndarray:
        return np.asarray(np.add.reduceat(those, starts, dtype=np.int64))

    spaces = count(signs == ord(" "))
    of = np.maximum(sizes, 1)
    to_a_word = spaces + 1
    ends = np.array([text.rstrip()[-1:] in (".", "!", "?") for text in seen])
    begins = np.array([text[:1].isupper() for text in seen])
    capitals, digits, marks = (count(kinds == kind) for kind in (_CAPITAL, _DIGIT, _MARK))
    asked, commas, stops = (count(np.isin(signs, [ord(sign) for sign in those])) for those in ("?", ",", ".!"))
    lengths = np.log1p(np.fromiter(map(len, texts), np.float64, len(texts)))
    shares = [capitals / of, digits / of, marks / of, spaces / of, asked / to_a_word, commas / to_a_word]
    return np.stack([lengths, *shares, stops / to_a_word, ends, begins], axis=1)


def unit(table: np.ndarray) -> np.ndarray:
    """(rows, columns) with each row made 1 long; a row of zeros stays as it is."""
    lengths: np.ndarray = np.linalg.norm(table, axis=1, keepdims=True)
    shorter: np.ndarray = table / (lengths + 1e-9)
    return shorter


def against(values: np.ndarray, tail: float = 0.1, least: float = 2e-3) -> np.ndarray:
    """(rows,) distance from the median in widths between the tails, at most 10."""
    low, middle, high = np.quantile(values, [tail, 0.5, 1 - tail])
    apart: np.ndarray = np.clip((values - middle) / (high - low + least), -10, 10)
    return apart
