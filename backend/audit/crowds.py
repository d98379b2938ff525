"""Crowds: of the pairs that files made from templates come with, those that may be near duplicates.

Texts from one template are as like each other as a text is like its near copy, and a hundred thousand of them make
pairs by the hundred thousand. What tells a near copy there is seen in numbers: its words of content are those of the
other, or one of them is a word that hardly any text has, as what is mistyped is. Only such pairs are read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cache, cached_property
from itertools import chain, compress
from operator import ne
from typing import NamedTuple

import numpy as np

from backend.audit.minhash import is_crowd
from backend.audit.own_words import light
from backend.audit.sketch import BLOCK, Cut, at_edges, blocks, cut, different, hash_cut, hash_words, stirred, sums
from backend.audit.vocabulary import synonyms, written_as
from backend.audit.word_vectors import word_vectors

FEW, RARE, SELDOM = 8, 2_000, 50
"""A word is rare that stands so few times, or less than once in so many texts; one that is no English word may be a
slip where it stands seldom: our choice."""
MOSTLY_USUAL = 0.2
"""Share of the texts up to which a word that is no English one may be a slip."""
PIECE = 1_000_000
"""Pairs that are looked at at a time."""
ADDED = 12
"""Words that may be put before a text, or behind it."""
SHARED = 16
"""Texts of one outline that one of them with a rare word is held against."""
_ENDS = " \n.,:;!?"
"""Blanks and marks around a text."""

BITS = 22
BUCKETS = 1 << BITS
"""Words are counted by so many bits of their hashes."""


class Shapes(NamedTuple):
    """Of n texts, numbers that tell near copies in a crowd, (n,) each."""

    content: np.ndarray
    """Equal where the words of content are, in whatever order."""
    usual: np.ndarray
    """The same without words that may be slips."""
    numbers: np.ndarray
    """Equal where the numbers are."""
    firsts: np.ndarray
    """Equal where the first letters of all words are."""
    lasts: np.ndarray
    """Equal where their last letters are."""
    rare: np.ndarray
    """Whether a word is rare, bool."""
    odd: np.ndarray
    """Whether a word may be a slip, bool."""
    sizes: np.ndarray
    """Words."""
    begins: np.ndarray
    """Equal where the first words are."""
    ends: np.ndarray
    """Equal where the last words are."""


class Crowd:
    """Texts that come as pairs by the hundred thousand. What tells near copies is worked out when first asked for, in
    time linear in their length."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts

    @cached_property
    def _seen(self) -> tuple[Shapes, np.ndarray, np.ndarray]:
        """The shapes of the texts; the hashes of all their words of content, sorted, 0 is one of them; these and what
        parts a word from its synonyms."""
        counts = np.zeros(BUCKETS, dtype=np.uint32)
        for _, block in blocks(self.texts, BLOCK):
            np.add.at(counts, _buckets(hash_cut(cut(block), as_figures=True)[0]), np.uint32(1))
        rare, seldom = counts <= max(FEW, len(self.texts) // RARE), counts <= max(FEW, len(self.texts) // SELDOM)
        perhaps_slips = seldom & ~_english()
        found, words = [], [np.zeros(1, np.uint64)]
        for _, block in blocks(self.texts, BLOCK):
            shapes, content = _shapes(cut(block), rare, perhaps_slips)
            found.append(shapes)
            words.append(different(content))
        shapes = Shapes(*map(np.concatenate, zip(*found, strict=True)))
        if shapes.odd.mean() > MOSTLY_USUAL:  # names, or another language: this tells nothing of slips
            shapes = shapes._replace(odd=np.zeros(len(shapes.odd), dtype=bool))
        known = different(np.concatenate(words))
        return shapes, known, different(np.concatenate([known, _differences()]))

    def likely(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """(pairs,) of bool: which pairs of texts may be near duplicates, and must be read.

        Those of the same words of content, but for one that only one has, that is exchanged for its synonym, or that is
        no word; those with something put before or behind; those with a rare word.
        """
        pieces = range(0, max(len(left), 1), PIECE)  # memory stays flat
        return np.concatenate([self._likely(left[at : at + PIECE], right[at : at + PIECE]) for at in pieces])

    def _likely(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        shapes, words, exchanged = self._seen
        good = np.flatnonzero(shapes.numbers[left] == shapes.numbers[right])
        one, two = left[good], right[good]
        beyond, more = shapes.content[one] - shapes.content[two], shapes.sizes[one] - shapes.sizes[two]
        close = shapes.rare[one] | shapes.rare[two] | _is_in(beyond, exchanged) | _is_in(-beyond, exchanged)
        odd = np.flatnonzero(~close & (shapes.odd[one] | shapes.odd[two]))
        lacks = shapes.usual[one[odd]] - shapes.usual[two[odd]]
        close[odd] = _is_in(lacks, words) | _is_in(-lacks, words)
        beside = (shapes.begins[one] == shapes.begins[two]) | (shapes.ends[one] == shapes.ends[two])
        perhaps = np.flatnonzero(~close & (np.abs(more) > 1) & (np.abs(more) <= ADDED) & beside)
        close[perhaps] = list(map(self._goes_on, one[perhaps].tolist(), two[perhaps].tolist()))
        found = np.zeros(len(left), dtype=bool)
        found[good[close]] = True
        return found

    def _goes_on(self, one: int, two: int) -> bool:
        """Whether one text is the other with something before or behind."""
        short, long = sorted((self.texts[one].strip(_ENDS), self.texts[two].strip(_ENDS)), key=len)
        return long.startswith(short) or long.endswith(short[1:])

    def pairs(self, places: np.ndarray) -> Iterator[tuple[int, int]]:
        """Pairs (i, j), i < j, of the given places whose texts have the same words of content and the same numbers, and
        of texts of one outline of which one has a rare word, or one that is no word."""
        shapes = Shapes(*(values[places] for values in self._seen[0]))
        yield from _neighbours(shapes.content + shapes.numbers, places)
        for outlines in (shapes.firsts, shapes.lasts):
            yield from _with_rare(outlines + shapes.numbers, shapes.rare | shapes.odd, places)


def _shapes(words: Cut, rare: np.ndarray, slips: np.ndarray) -> tuple[Shapes, np.ndarray]:
    """The shapes of a block of texts, and (words,) the hashes of its words of content, 0 for the others.

    `rare` and `slips`: (BUCKETS,) of bool, where rare words are counted, and those that may be slips.
    """
    hashed, numbers = hash_cut(words, as_figures=True)
    at, bucket, sizes = words.at, _buckets(hashed), np.diff(words.at)
    is_number = np.zeros(len(hashed), dtype=bool)
    is_number[numbers] = True
    heavy = ~_marked(light())[bucket] & ~is_number
    odd = heavy & slips[bucket]
    content = np.where(heavy, hashed, np.uint64(0))
    usual, figures = np.where(odd, np.uint64(0), content), np.where(is_number, hashed, np.uint64(0))
    signs = np.frombuffer(words.raw, np.uint8).astype(np.uint64)
    place = (np.arange(len(hashed)) - np.repeat(at[:-1], sizes)).astype(np.uint64) * np.uint64(256)
    firsts, lasts = (stirred(place + signs[edges]) for edges in (words.starts, words.ends - 1))
    of_rare = (heavy & rare[bucket]).astype(np.uint64)
    summed = [
        sums(each, at[:-1], at[1:])
        for each in (content, usual, figures, firsts, lasts, of_rare, odd.astype(np.uint64))
    ]
    *told, has_rare, has_odd = summed
    return Shapes._make((*told, has_rare > 0, has_odd > 0, sizes, *at_edges(hashed, at))), content


def _buckets(hashed: np.ndarray) -> np.ndarray:
    """(words,) where each is counted."""
    return np.asarray((hashed >> np.uint64(64 - BITS)).view(np.int64))


def worth_reading(texts: Sequence[str], pairs: Collection[tuple[int, int]]) -> Collection[tuple[int, int]]:
    """Those of the pairs (i, j) of texts that may be near duplicates, if there are more than natural texts make."""
    if not is_crowd(len(pairs), len(texts)):
        return pairs
    rows, at = np.unique(np.array(list(pairs)), return_inverse=True)
    left, right = at.reshape(-1, 2).T
    crowd = Crowd([texts[row] for row in rows.tolist()])
    return list(compress(pairs, crowd.likely(left, right).tolist()))


def difference(first: str, second: str) -> tuple[tuple[str, ...], ...]:
    """What parts two texts: the pairs of words that stand at the same place, where they have equally many words; else
    the words between what they open with and what they close with. Other texts of a template differ in the same."""
    ones, twos = first.split(), second.split()
    if len(ones) == len(twos):
        return tuple(pair for pair in zip(ones, twos, strict=True) if ne(*pair))
    few = min(len(ones), len(twos))
    opening = next((at for at in range(few) if ones[at] != twos[at]), few)
    closing = next((at for at in range(few - opening) if ones[-1 - at] != twos[-1 - at]), few - opening)
    return tuple(ones[opening : len(ones) - closing]), tuple(twos[opening : len(twos) - closing])


def _neighbours(keys: np.ndarray, places: np.ndarray) -> Iterator[tuple[int, int]]:
    """Pairs of places of equal keys, each with the next."""
    order = np.argsort(keys, kind="stable")
    same = np.flatnonzero(keys[order[1:]] == keys[order[:-1]])
    yield from zip(places[order[same]].tolist(), places[order[same + 1]].tolist(), strict=True)


def _with_rare(keys: np.ndarray, rare: np.ndarray, places: np.ndarray) -> Iterator[tuple[int, int]]:
    """Pairs of places of equal keys of which one is rare."""
    order = np.argsort(keys, kind="stable")
    in_order, ones = keys[order], np.flatnonzero(rare)
    starts = np.searchsorted(in_order, keys[ones])
    sizes = np.searchsorted(in_order, keys[ones], side="right") - starts
    for one, start, size in zip(places[ones].tolist(), starts.tolist(), sizes.tolist(), strict=True):
        if size > 1:
            others = places[order[start : start + min(size, SHARED)]].tolist()
            yield from ((min(one, other), max(one, other)) for other in others if other != one)


def _is_in(values: np.ndarray, known: np.ndarray) -> np.ndarray:
    """(values,) of bool: which are among the known ones, (known,), sorted."""
    perhaps = np.zeros(BUCKETS, dtype=bool)
    perhaps[_buckets(known)] = True
    found = perhaps[_buckets(values)]
    some = np.flatnonzero(found)
    found[some] = known[np.minimum(np.searchsorted(known, values[some]), len(known) - 1)] == values[some]
    return np.asarray(found)


def _hash(words: Sequence[str]) -> np.ndarray:
    """(words,) hashes; 0 for what is no single word."""
    hashed, at = hash_words(words)
    single = np.flatnonzero(np.diff(at) == 1)
    found = np.zeros(len(words), dtype=np.uint64)
    found[single] = hashed[at[single]]
    return found


@cache
def _marked(words: frozenset[str]) -> np.ndarray:
    """(BUCKETS,) of bool: where the words are counted."""
    marked, hashed = np.zeros(BUCKETS, dtype=bool), _hash(sorted(words))
    marked[_buckets(hashed[hashed != 0])] = True
    return marked


@cache
def _english() -> np.ndarray:
    """(BUCKETS,) of bool: where English words are counted; everywhere where they are not known."""
    vectors = word_vectors()
    return _marked(frozenset(vectors.words())) if vectors else np.ones(BUCKETS, dtype=bool)


@cache
def _differences() -> np.ndarray:
    """Sorted hashes of words minus those of their synonyms, and of other spellings of them."""
    both = chain(synonyms().items(), written_as().items())
    ones, twos = map(_hash, zip(*((word, other) for word, others in both for other in others), strict=True))
    return np.unique((ones - twos)[(ones != 0) & (twos != 0)])
