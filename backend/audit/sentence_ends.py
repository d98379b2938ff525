"""Can a sentence end here? Learnt from the file: the last words of its sentences against the words inside of them.

Logistic regression on how often the word ends a sentence or stands inside one, on what it and the word before it mean
(`word_vectors`), and on how long the sentence is. It is taught by answers that do end with a mark. The limits are our
choice.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from backend.audit.word_vectors import word_vectors

FEWEST = 30
"""Ends of sentences from which on anything can be learnt; of places inside, twice as many."""
INSIDE_OF_EACH = 4
"""Places inside sentences taken from each answer."""
AXES = 48
"""Axes of the word vectors that are used: more did not tell more (area under the curve within 0.005 on six sets)."""
RIDGE, STEPS = 3.3, 5
"""Penalty on the squared weights, and steps of Newton's method."""
SURE = 4.0
"""Log odds beyond which the learner is not believed."""

STOPS = frozenset(".!?…。！？؟।")
"""Marks that end a sentence."""
CLOSING = "\"'”’»)]*_`"
"""What may stand behind such a mark."""
EDGES = "\"'“”‘’«»()[]*_`.,:;!?…"
"""Marks that are no part of the word at whose edge they stand."""


class Place(NamedTuple):
    """A place in a text: the word there, the word before it in the same sentence, and its number in the sentence."""

    before: str
    word: str
    number: int


def bare(word: str) -> str:
    """The word in lower case without the marks at its edges."""
    return word.strip(EDGES).casefold()


def last_place(text: str) -> Place:
    """Where the text stops. Raises IndexError for a text without words."""
    words = text.split()
    start = len(words) - 1
    while start > 0 and not _stops(words[start - 1]):
        start -= 1
    return Place(words[-2] if start < len(words) - 1 else "", words[-1], len(words) - start)


def inside_odds(texts: Sequence[str], places: Sequence[Place], seed: int = 0) -> np.ndarray | None:
    """(places,) log odds, -`SURE` to `SURE`, that a sentence goes on there rather than ends.

    Learnt from `texts` that end with a mark; None where too few do. `seed` draws the places that are learnt from.
    """
    rng = random.Random(seed)  # noqa: S311  # a repeatable sample, no secret
    final: list[Place] = []
    inside: list[Place] = []
    for text in texts:
        ends, others = _places(text)
        final += [*ends[-1:], *rng.sample(ends, min(1, len(ends)))]
        inside += map(Place._make, rng.sample(others, min(INSIDE_OF_EACH, len(others))))
    if len(final) < FEWEST or len(inside) < 2 * FEWEST:
        return None
    ending, going = Counter(bare(place.word) for place in final), Counter(bare(place.word) for place in inside)
    ratio = len(final) / len(inside)

    def seen(some: Sequence[Place], is_final: int, is_inside: int) -> np.ndarray:
        """(places, 4) counts without the place itself, length, looks."""
        rows = []
        for place in some:
            word = bare(place.word)
            ends, goes = ending[word] - is_final, going[word] - is_inside
            odds = np.log((max(ends, 0) + 0.5 * ratio + 0.02) / (ratio * (max(goes, 0) + 0.5) + 0.02))
            rows.append((odds, min(np.log(place.number), 3.5), word.isdigit(), place.word[:1].isupper()))
        return np.array(rows, dtype=np.float32)

    table = np.vstack([seen(final, 1, 0), seen(inside, 0, 1), seen(places, 0, 0)])
    table = np.hstack([np.ones((len(table), 1)), table, _meanings([*final, *inside, *places])])
    taught = len(final) + len(inside)
    goes_on = np.arange(taught) >= len(final)
    odds: np.ndarray = table[taught:] @ _learnt(table[:taught], goes_on)
    odds = np.clip(odds, -SURE, SURE)
    return odds


def _learnt(table: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """(columns,) weights of a logistic regression in which both kinds of rows count the same.

    Newton's method with a ridge penalty on all weights but the first, that of a column of ones.
    """
    importance = np.where(wanted, 0.5 / wanted.mean(), 0.5 / (1 - wanted.mean()))
    penalty = np.diag(np.r_[1e-6, np.full(table.shape[1] - 1, RIDGE)])
    weights = np.zeros(table.shape[1])
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-np.clip(table @ weights, -30, 30)))
        slope = table.T @ (importance * (chance - wanted)) + penalty @ weights
        bend = (table.T * (importance * np.maximum(chance * (1 - chance), 1e-4))) @ table + penalty
        weights -= np.linalg.solve(bend, slope)
    return weights


def _meanings(places: Sequence[Place]) -> np.ndarray:
    """(places, 96) vectors of the word before and the word; no columns where there are no word vectors."""
    vectors = word_vectors()
    if vectors is None:
        return np.zeros((len(places), 0), dtype=np.float32)
    words = [bare(word) for place in places for word in (place.before, place.word)]
    known = {word: at for at, word in enumerate(dict.fromkeys(words))}
    table = vectors.of(list(known))[0][:, :AXES]
    return table[[known[word] for word in words]].reshape(len(places), -1)


def _stops(word: str) -> bool:
    return word.rstrip(CLOSING)[-1:] in STOPS


def _places(text: str) -> tuple[list[Place], list[tuple[str, str, int]]]:
    """Ends of sentences, and places inside of them: these as plain tuples, since most are not used."""
    words, start = text.split(), 0
    ends: list[Place] = []
    inside = []
    for at, word in enumerate(words):
        last = at + 1 == len(words)
        here = at - 1 if at > start and not bare(word) else at  # where marks stand apart from the words
        place = words[here - 1] if here > start else "", words[here], here - start + 1
        if _stops(word) and (last or not words[at + 1].lstrip("\"'“‘«([*")[:1].islower()):
            ends.append(Place._make(place))
            start = at + 1
        elif not last and at > start and word[-1].isalnum() and bare(words[at + 1]):
            inside.append(place)
    return ends, inside
