"""Pairs of texts that may be near copies of each other though `minhash` does not find them: they are short, or much
differs, but all they say is in the same order, or they have one answer, one edge, or one outline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import itemgetter

import numpy as np

from backend.audit.columns import answer_column, answers
from backend.audit.minhash import NEXT, PARTNERS, perhaps_shared
from backend.audit.said import read_numbers
from backend.audit.sketch import Sketches
from backend.audit.text import words
from backend.domain import Example

TELLING = 30
"""Characters from which on two rows share an answer by copying only."""


def of_same_words(keys: np.ndarray, places: np.ndarray) -> list[tuple[int, int]]:
    """Pairs (first, other) of the given places whose texts are of the same words in the same order."""
    first: dict[int, int] = {}
    all_pairs = [
        (first.setdefault(key, place), place)
        for key, place in zip(keys[places].tolist(), places.tolist(), strict=True)
    ]
    return [(one, other) for one, other in all_pairs if one != other]


def of_one_answer(examples: Sequence[Example], places: np.ndarray) -> Iterator[tuple[int, int]]:
    """Pairs (first, other) of the given places whose answers begin alike, or end alike, if no crowd of answers does."""
    texts = answers(examples)
    for part in (slice(2 * TELLING), slice(-2 * TELLING, None)):
        if part.stop is None:  # what is no longer than its beginning ends as it begins
            places = places[answer_column(examples).sizes[places] > 2 * TELLING]
        hashes = np.fromiter(map(hash, map(itemgetter(part), texts)), np.int64, len(texts))[places]
        some = perhaps_shared(hashes.view(np.uint32)[::2])
        _, kinds, sizes = np.unique(hashes[some], return_inverse=True, return_counts=True)
        groups: dict[str, list[int]] = {}
        for at in places[some[(sizes > 1)[kinds] & (sizes <= PARTNERS)[kinds]]].tolist():
            groups.setdefault(texts[at][part], []).append(at)
        groups.pop("", None)
        yield from ((group[0], other) for group in groups.values() for other in group[1:])


def of_one_edge(sketches: Sketches, places: np.ndarray) -> Iterator[tuple[int, int]]:
    """Pairs (first, other) of the given places whose texts open, or close, with the same words, if no crowd does."""
    for keys in (sketches.begins[places], sketches.ends[places]):
        some = perhaps_shared((keys >> np.uint64(32)).astype(np.uint32))
        in_order = some[np.argsort(keys[some], kind="stable")]
        starts = np.flatnonzero(np.diff(keys[in_order], prepend=~keys[in_order[:1]]))
        sizes = np.diff(starts, append=len(in_order))
        first, size = np.repeat(in_order[starts], sizes), np.repeat(sizes, sizes)
        pairs = (first != in_order) & (size <= PARTNERS)
        yield from zip(places[first[pairs]].tolist(), places[in_order[pairs]].tolist(), strict=True)


def of_one_outline(crowd: Sequence[int], texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Pairs (i, j), i < j, of texts whose words begin, or end, with the same letters.

    In a crowd of texts from one template a text with a slip is no more like its original than like the others; its
    outline is. Each is paired with the next few and with the first of its outline.
    """
    begins: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    ends: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    for index in crowd:
        said = words(texts[index].casefold())
        numbers = read_numbers(said)
        for letter, outlines in ((0, begins), (-1, ends)):
            outlines.setdefault(("".join(word[letter] for word in said), numbers), []).append(index)
    for outlines in (begins, ends):
        for group in outlines.values():
            for place, index in enumerate(group):
                yield from ((index, other) for other in group[place + 1 : place + 1 + NEXT])
                if place > NEXT:
                    yield group[0], index
