"""Do two similar texts say the same thing? A guard against `turn on`/`turn off` and `order 12`/`order 98`."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from rapidfuzz.distance import OSA, Indel

from backend.audit.text import words
from backend.audit.vocabulary import opposites, word_list

MAX_DIFFERENT = 0.10
"""Share of words that may differ beyond spelling mistakes; unrelated texts share few words."""

_MINUS = re.compile(r"(?<=\d)\s*-\s*(?=\d)|\s-\s*(?=\d)")
_OPERATOR = re.compile(r"(?<=[\w\s)\]])\s*([-+*/×÷=<>^%|&]|[<>=!]=)\s*(?=[\s\d(\w])")


@dataclass(frozen=True)
class Said:
    """A text as it is compared: its words in lower case, and those of its parts that must not differ."""

    words: list[str]
    bag: frozenset[str]
    numbers: tuple[str, ...]
    operators: tuple[str, ...]
    names: frozenset[str]


def read(text: str) -> Said:
    """Take a text apart once, however often it is compared."""
    written = words(text)
    lower = [word.casefold() for word in written]
    return Said(lower, frozenset(lower), read_numbers(lower), tuple(_operators(text)), frozenset(_names(written)))


def read_numbers(lower: list[str]) -> tuple[str, ...]:
    """The words that hold a digit, in order."""
    return tuple(word for word in lower if not word.isalpha() and any(letter.isdigit() for letter in word))


def say_the_same(first: str, second: str) -> bool:
    """True when two texts differ in nothing but spelling mistakes, small words and few words of many.

    Never when numbers, names, negations, operators or opposites differ, or a short text has one word exchanged.
    """
    return alike(read(first), read(second))


def alike(left: Said, right: Said) -> bool:
    """`say_the_same` for texts already taken apart."""
    if left.numbers != right.numbers or left.operators != right.operators:
        return False
    if left.words == right.words:
        return True
    names = left.names | right.names
    if names and [word for word in left.words if word in names] != [word for word in right.words if word in names]:
        return False
    if max(len(left.bag - right.bag), len(right.bag - left.bag)) > max(4, 0.4 * min(len(left.bag), len(right.bag))):
        return False  # a cheap look before the careful one
    ours, theirs = Counter(left.words), Counter(right.words)
    only_left, only_right = list((ours - theirs).elements()), list((theirs - ours).elements())
    if _negate(only_left) or _negate(only_right) or _opposed(only_left, only_right):
        return False
    return _few_differences(left.words, right.words, only_left, only_right)


def _negate(only: list[str]) -> bool:
    return any(word in word_list("negations") or word.endswith("n't") for word in only)


def _opposed(only_left: list[str], only_right: list[str]) -> bool:
    pairs = opposites()
    return any((one, two) in pairs for one in only_left for two in only_right)


def _few_differences(lower: list[str], other: list[str], only_left: list[str], only_right: list[str]) -> bool:
    shorter = min(len(lower), len(other))
    if not only_left and not only_right:  # the same words in another order
        return shorter >= 12 or _same_order(lower, other)
    for word in list(only_left):
        for candidate in only_right:
            if _negated(word, candidate):
                return False
            if word[0] in candidate[:2] and _misspelt(word, candidate):
                only_left.remove(word)
                only_right.remove(candidate)
                break
    content_left = [word for word in only_left if word not in word_list("small")]
    content_right = [word for word in only_right if word not in word_list("small")]
    different = max(len(content_left), len(content_right))
    small = max(len(only_left), len(only_right))
    if small > max(1, 2 * MAX_DIFFERENT * shorter):
        return False
    if shorter < 20 and content_left and content_right:  # one word exchanged in a short text is another text
        return False
    return different <= MAX_DIFFERENT * shorter


def _operators(text: str) -> list[str]:
    minus = _MINUS.findall(text)
    return [mark for mark in _OPERATOR.findall(text) if mark != "-"] + ["-"] * len(minus)


def _names(written: list[str]) -> set[str]:
    """Words with a capital that no sentence start explains: the first word is left out, all capitals are kept."""
    return {
        word.casefold()
        for place, word in enumerate(written)
        if word[0].isupper()
        and (place > 0 or word[1:].isupper())
        and word.casefold() not in word_list("small")
        and not word.startswith(("I'", "I’"))
    }


def _negated(one: str, two: str) -> bool:
    long, short = (one, two) if len(one) > len(two) else (two, one)
    return len(short) >= 3 and long.endswith(short) and long[: -len(short)] in word_list("negating_prefixes")


def _misspelt(one: str, two: str) -> bool:
    size = min(len(one), len(two))
    if size < 4 or (one[0] != two[0] and one[:2] != two[1::-1]):
        return False
    return bool(OSA.distance(one, two, score_cutoff=2) <= (1 if size < 6 else 2))


def _same_order(lower: list[str], other: list[str]) -> bool:
    return bool(Indel.normalized_similarity(lower, other) >= 0.9)
