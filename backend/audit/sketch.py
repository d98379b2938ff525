"""Sketches of texts: numbers that are equal, or often equal, where the words of two texts are, a block at a time.

Words are hashed over whole blocks of bytes at once, eight bytes of each at a time. The hash of a text is the sum of
those of its runs of three words, which is the difference of two running sums, and of its first words. MinHash after
Broder 1997, "On the resemblance and containment of documents".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import blake2b
from itertools import chain, pairwise

import numpy as np

from backend.audit.text import INVISIBLE
from backend.audit.vocabulary import FIGURES

BLOCK = 400_000
"""Characters sketched at a time: what is in work stays in the processor's cache, and memory flat."""
SHORT_UP_TO, LONG_FROM = 27, 24
"""Words. Short texts are taken as single words, long ones as runs of words; those between as both, so that a word more
or less never parts two texts that are compared."""
RUN = 3
"""Words of a run."""
SHORT_HASHES, LONG_HASHES = 64, 12
"""MinHashes of a short text and of a long one: how sure they are is worked out in `minhash`."""
EDGE = 6
"""Words at either end of a text that two may share."""

_MIX = np.uint64(0x9E3779B97F4A7C15)
_ROW = np.uint64(0xD6E8FEB86659FD93)
_MORE = np.uint64(0x5851F42D4C957F2D)
"""Odd 64-bit numbers by which hashes are multiplied, so that every bit of a word sways many of the product. `_MIX` is
2^64 divided by the golden ratio, `_MORE` the multiplier of Knuth's generator MMIX; any such would do."""
_FACTORS = np.random.default_rng(20240607).integers(0, 2**32, size=SHORT_HASHES, dtype=np.uint32) | np.uint32(1)
"""An odd factor for every MinHash: each orders the words anew."""
_FIRST_BYTES = np.array([2 ** (8 * size) - 1 for size in range(9)], dtype=np.uint64)
"""For 0 to 8 bytes: what masks so many of a number's eight."""
_LONG_WORD = 64
"""Bytes. Longer words are hashed one by one."""

_TABLE = bytes(
    ord(chr(byte).lower()) if byte < 128 and chr(byte).isalnum() else byte if byte >= 128 else 0 for byte in range(256)
)
"""Letters in lower case, what separates words as 0."""
_GAP = re.compile(rb"\xc2[\x80-\xbf]|\xe2[\x80\x81].|\xe3\x80.", re.DOTALL)
"""Spaces and punctuation beyond ASCII, in UTF-8: U+0080–00BF, U+2000–207F, U+3000–303F."""
_SIGN = re.compile(rb"[\xe3-\xed]..|\xef[\xa4-\xab].", re.DOTALL)
"""Signs of scripts that set no spaces between words: U+3000–DFFF, U+F900–FAFF."""
_LIKE_LETTERS = np.isin(np.arange(256), np.frombuffer(b"013456789", np.uint8))
"""(256,) of bool by byte: the digits that may stand for a letter where a machine read a page: `d0es`."""
_LONG_STRETCH = 100
"""Bytes. Texts of other scripts are made plain whole."""


@dataclass(frozen=True)
class Sketches:
    """Of n texts, in order.

    `keys` (n,) are equal for texts of the same words in the same order, and hardly any others, `kinds` (n,) for texts
    with the same numbers, `begins` and `ends` (n,) for texts that open, or close, with the same words; `words` (n,)
    counts. `short` and `long` are the places of texts of which there are MinHashes, as many columns in `short_hashes`
    (64, texts) and `long_hashes` (12, texts), uint32.
    """

    keys: np.ndarray
    kinds: np.ndarray
    begins: np.ndarray
    ends: np.ndarray
    words: np.ndarray
    short: np.ndarray
    short_hashes: np.ndarray
    long: np.ndarray
    long_hashes: np.ndarray


def sketch(texts: Sequence[str], with_hashes: bool = True, until: np.ndarray | None = None) -> Sketches:
    """Sketch texts. Case, punctuation and what Unicode calls compatible (NFKC) do not count. `until`: see `ends_of`."""
    keys, kinds, begins, ends, counts = [], [], [], [], []
    short, long = (_Gathered(hashes, len(texts) * with_hashes) for hashes in (SHORT_HASHES, LONG_HASHES))
    for first, block in blocks(texts, BLOCK, until):
        words = cut(block)
        hashed, numbers = hash_cut(words, as_figures=True)
        at = words.at
        counted, runs = np.diff(at), _runs(hashed)
        opening, closing = at_edges(hashed, at)
        keys.append((sums(runs, at[:-1], at[1:] - (RUN - 1)) * _MORE) ^ (opening + _ROW * counted.astype(np.uint64)))
        numbers = numbers[at[np.searchsorted(at, numbers)] != numbers]  # the first word may be the number of an item
        borders = np.searchsorted(numbers, at)
        kinds.append(sums(stirred(hashed[numbers]), borders[:-1], borders[1:]))  # sentences may have changed places
        begins.append(opening)
        ends.append(closing)
        counts.append(counted.astype(np.int32))
        if with_hashes:
            few = np.flatnonzero((counted > 0) & (counted <= SHORT_UP_TO))
            many = np.flatnonzero(counted >= LONG_FROM)
            short.add(first, few, _upper(hashed), at[few], counted[few])
            long.add(first, many, _upper(runs), at[many], counted[many] - (RUN - 1))
    of_words, of_numbers, at_first, at_last = (_joined(found, np.uint64) for found in (keys, kinds, begins, ends))
    counted = _joined(counts, np.int32)
    return Sketches(of_words, of_numbers, at_first, at_last, counted, *short.done(), *long.done())


def plain(text: str) -> bytes:
    """A text that is not ASCII as bytes whose words are runs of ASCII letters and digits and of bytes beyond ASCII."""
    text = unicodedata.normalize("NFKC", INVISIBLE.sub("", text))
    raw = _GAP.sub(b" ", text.casefold().encode("utf-8", "surrogatepass"))
    return _SIGN.sub(rb" \g<0> ", raw)


def plain_words(texts: Iterable[str]) -> list[bytes]:
    """The words of the texts in lower case, in UTF-8."""
    raw = b" ".join([text.encode() if text.isascii() else plain(text) for text in texts])
    return raw.translate(_TABLE).replace(b"\0", b" ").split()


def _as_bytes(texts: Sequence[str]) -> list[str]:
    """The bytes of `plain` as signs, which spares texts in ASCII the encoding one by one.

    Only the stretches beyond ASCII are looked at: they are few, and come again and again.
    """
    block = list(texts)
    beyond = [at for at, text in enumerate(texts) if not text.isascii()]
    if not beyond:
        return block
    encoded = [texts[at].encode("utf-8", "surrogatepass") for at in beyond]
    joined = b"\xff".join([b"", *encoded, b""])  # a byte that no UTF-8 holds
    signs = np.frombuffer(joined, np.uint8)
    high = (signs >= 0x80) & (signs != 0xFF)
    edges = (np.flatnonzero(high[1:] != high[:-1]) + 1).tolist()
    pieces = [joined[start:end] for start, end in pairwise([0, *edges, len(joined)])]  # plain, beyond, plain, …
    stretches = [_plain_stretch(piece) for piece in pieces[1::2] if len(piece) <= _LONG_STRETCH]
    known = [stretch for stretch in stretches if stretch is not None]
    if len(known) < len(pieces[1::2]):
        mended = [plain(texts[at]) for at in beyond]
    else:
        pieces[1::2] = known
        mended = b"".join(pieces).split(b"\xff")[1:-1]
    for at, raw in zip(beyond, mended, strict=True):
        block[at] = raw.decode("latin-1")
    return block


@lru_cache(2**12)
def _plain_stretch(stretch: bytes) -> bytes | None:
    """`plain` of what is beyond ASCII; None where it opens with a mark that the sign before it would be given."""
    if unicodedata.combining(stretch[:8].decode("utf-8", "ignore")[:1] or "a"):
        return None
    return plain(stretch.decode("utf-8", "surrogatepass"))


class _Gathered:
    """MinHashes block by block, of at most `size` texts: those with about as many words are made side by side."""

    def __init__(self, hashes: int, size: int) -> None:
        self.factors = _FACTORS[:hashes]
        self.places: list[np.ndarray] = []
        self.hashes = np.empty((hashes, size), dtype=np.uint32)
        self.count = 0

    def add(self, first: int, rows: np.ndarray, pieces: np.ndarray, starts: np.ndarray, sizes: np.ndarray) -> None:
        """`rows` of the block that begins at text `first`; of each from `starts` on `sizes` pieces, at least one."""
        if not len(rows):
            return
        self.places.append(rows + first)
        least = self.hashes[:, self.count : self.count + len(rows)]
        self.count += len(rows)
        doubled = np.frexp(sizes)[1]
        for about in np.flatnonzero(np.bincount(doubled)):
            some = np.flatnonzero(doubled == about)
            last = sizes[some] - 1  # a text a column, its last piece again and again where others have more
            beside = pieces[starts[some] + np.minimum(np.arange(last.max() + 1)[:, None], last)]
            mixed = np.empty_like(beside)
            for factor, line in zip(self.factors, least, strict=True):
                np.multiply(beside, factor, out=mixed)
                line[some] = np.minimum.reduce(mixed, axis=0)

    def done(self) -> tuple[np.ndarray, np.ndarray]:
        """(places, hashes)."""
        return _joined(self.places, np.int64), self.hashes[:, : self.count]


def ends_of(texts: Sequence[str]) -> np.ndarray:
    """(texts,) characters up to the end of each. Where texts are many, to touch each once more takes longest."""
    return np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)))


def different(values: np.ndarray) -> np.ndarray:
    """The different ones of (values,), ascending, in a fraction of the time of `np.unique`, which hashes them."""
    in_order = np.sort(values)
    return np.asarray(in_order[np.diff(in_order, prepend=~in_order[:1]) != 0])


def blocks(texts: Sequence[str], size: int, ends: np.ndarray | None = None) -> Iterator[tuple[int, Sequence[str]]]:
    """(place of the first text, texts) of about `size` characters each, at least one text. `ends`: see `ends_of`."""
    ends = ends_of(texts) if ends is None else ends
    cuts = np.flatnonzero(np.diff(ends // size)) + 1
    for first, last in pairwise([0, *cuts.tolist(), len(texts)]):
        yield first, texts[first:last]


@dataclass(frozen=True)
class Cut:
    """Texts cut into words: their bytes one after the other, where each of the words begins and ends, and where the
    words of each text begin, (texts + 1,)."""

    raw: bytes
    starts: np.ndarray
    ends: np.ndarray
    at: np.ndarray


def cut(texts: Sequence[str]) -> Cut:
    """Cut texts into words in lower case, a block at a time."""
    block = _as_bytes(texts)
    lengths = np.fromiter(map(len, block), np.int64, len(block)) + 1
    begins = np.concatenate([[0], np.cumsum(lengths)])
    raw = "\n".join(["", *block, "\0" * 8]).encode("latin-1").translate(_TABLE)  # separators at both ends
    signs = np.frombuffer(raw, np.uint8)
    inside, changes = signs != 0, np.zeros(len(signs), dtype=bool)
    np.not_equal(inside[1:], inside[:-1], out=changes[1:])
    edges = np.flatnonzero(changes)
    starts, ends = edges[::2], edges[1::2]
    return Cut(raw, starts, ends, np.searchsorted(starts, begins + 1))


def hash_cut(words: Cut, as_figures: bool) -> tuple[np.ndarray, np.ndarray]:
    """(words,) hashes, and (numbers,) places of the words that are numbers; `as_figures`: in words as in figures."""
    hashed = _of_words(words.raw, words.starts, words.ends)
    in_words = _in_figures(hashed) if as_figures else words.starts[:0]
    digits = _telling_digits(np.frombuffer(words.raw, np.uint8))
    holding = np.searchsorted(words.starts, digits, side="right") - 1
    numbers = holding[np.flatnonzero(np.diff(holding, prepend=-1))]  # words that hold a digit
    if len(in_words):
        numbers = np.sort(np.concatenate([numbers, in_words]))
    return hashed, numbers


@cache
def _figures() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Hashes of numbers in words, in order, those of their figures, and whether any ends in (65536,) the 16 bits."""
    raw = "\0".join(["", *chain(*FIGURES.items()), "\0" * 8]).encode()
    signs = np.frombuffer(raw, np.uint8)
    edges = np.flatnonzero((signs[1:] != 0) != (signs[:-1] != 0)) + 1
    hashed = _of_words(raw, edges[::2], edges[1::2])
    in_order = np.argsort(hashed[::2])
    perhaps = np.zeros(1 << 16, dtype=bool)
    perhaps[hashed[::2] & np.uint64(0xFFFF)] = True
    return hashed[::2][in_order], hashed[1::2][in_order], perhaps


def _in_figures(hashed: np.ndarray) -> np.ndarray:
    """Places of numbers in words, whose hashes are exchanged for those of the figures."""
    in_words, figures, perhaps = _figures()
    places = np.flatnonzero(perhaps[(hashed & np.uint64(0xFFFF)).view(np.int64)])
    which = np.searchsorted(in_words, hashed[places])
    same = in_words[np.minimum(which, len(in_words) - 1)] == hashed[places]
    hashed[places[same]] = figures[which[same]]
    return np.asarray(places[same])


def _telling_digits(signs: np.ndarray) -> np.ndarray:
    """Places of the digits but those beside two letters that may be letters misread: `d0es`, `labe1`."""
    digits = np.flatnonzero((signs - np.uint8(48)) < 10)
    letter = {step: (signs[digits + step] - np.uint8(97)) < 26 for step in (-2, -1, 1, 2)}
    beside = (letter[-1] & (letter[-2] | letter[1])) | (letter[1] & letter[2])
    return np.asarray(digits[~(beside & _LIKE_LETTERS[signs[digits]])])


def _of_words(raw: bytes, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """(words,) a hash of every stretch `raw[start:end]`; eight bytes must follow the last."""
    eights = np.ndarray(len(raw) - 7, "<u8", raw, strides=(1,))  # the eight bytes from every place on, as a number
    sizes = ends - starts
    found = eights[starts] & _FIRST_BYTES.take(sizes, mode="clip")
    long = np.flatnonzero(sizes > 8)
    begins, stops = starts[long] + 8, ends[long] - 8
    of_long = (found[long] * _MORE + sizes[long].astype(np.uint64) * _ROW) ^ eights[stops]
    between = np.flatnonzero(begins < stops)  # more than sixteen bytes
    while len(between):
        longest = between[sizes[long[between]] > _LONG_WORD]
        for at in longest.tolist():
            of_long[at] = int.from_bytes(blake2b(raw[starts[long[at]] : ends[long[at]]], digest_size=8).digest())
        between = between[sizes[long[between]] <= _LONG_WORD]
        of_long[between] = stirred(of_long[between] * _MORE) ^ eights[begins[between]]
        begins[between] += 8
        between = between[begins[between] < stops[between]]
    found[long] = stirred(of_long)
    return stirred(found)


def stirred(found: np.ndarray) -> np.ndarray:
    found = found * _MIX
    found ^= found >> np.uint64(32)
    found *= _MIX
    return np.asarray(found ^ (found >> np.uint64(29)))


def sums(values: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """(stretches,) the sum of every `values[start:end]`; 0 where it ends before it starts."""
    sums = np.zeros(len(values) + 1, dtype=np.uint64)
    np.cumsum(values, out=sums[1:])
    starts = np.minimum(starts, len(values))
    return np.asarray(sums[np.maximum(starts, ends)] - sums[starts])


def at_edges(hashed: np.ndarray, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(texts,) a hash of the first `EDGE` words of each text, and of the last ones."""
    opening, closing = np.zeros((2, len(at) - 1), dtype=np.uint64)
    for step in range(EDGE):
        there = np.flatnonzero(at[:-1] + step < at[1:])
        opening[there] = opening[there] * _MIX + hashed[at[there] + step]
        closing[there] = closing[there] * _MIX + hashed[at[there + 1] - 1 - step]
    return stirred(opening), stirred(closing)


def _upper(hashed: np.ndarray) -> np.ndarray:
    """The upper 32 of 64 bits."""
    return np.asarray((hashed >> np.uint64(32)).astype(np.uint32))


def hash_words(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """(words,) uint64 hashes of all words in order, and (texts + 1,) where the words of each text begin."""
    words = cut(texts)
    return hash_cut(words, as_figures=False)[0], words.at


def hash_pairs(hashed: np.ndarray) -> np.ndarray:
    """(words - 1,) uint64: a hash of each word and the next."""
    return np.asarray(((hashed[:-1] * _MIX) ^ hashed[1:]) * _ROW)


def _runs(hashed: np.ndarray) -> np.ndarray:
    """(words - 2,) uint64: a hash of each word and the two that follow."""
    return np.asarray(((hash_pairs(hashed)[:-1] * _MIX) ^ hashed[2:]) * _ROW)


def _joined(parts: list[np.ndarray], kind: type) -> np.ndarray:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=kind)
