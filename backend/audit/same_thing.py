"""Do two similar texts say the same thing? A guard against `turn on`/`turn off` and `order 12`/`order 98`."""

from __future__ import annotations

import re
from collections import Counter

from backend.audit.text import words
from backend.audit.vocabulary import opposites, word_list

MAX_DIFFERENT = 0.10
"""Share of words that may differ beyond spelling mistakes; unrelated texts share few words."""

_MINUS = re.compile(r"(?<=\d)\s*-\s*(?=\d)|\s-\s*(?=\d)")
_OPERATOR = re.compile(r"(?<=[\w\s)\]])\s*([-+*/×÷=<>^%|&]|[<>=!]=)\s*(?=[\s\d(\w])")


def say_the_same(first: str, second: str) -> bool:
    """True when two texts differ in nothing but spelling mistakes, small words and few words of many.

    Never when numbers, names, negations, operators or opposites differ, or a short text has one word exchanged.
    """
    left, right = words(first), words(second)
    lower, other = [word.casefold() for word in left], [word.casefold() for word in right]
    if lower == other:
        return _numbers(lower) == _numbers(other) and _operators(first) == _operators(second)
    names = _names(left) | _names(right)
    if _numbers(lower) != _numbers(other) or _operators(first) != _operators(second):
        return False
    if [word for word in lower if word in names] != [word for word in other if word in names]:
        return False
    only_left = list((Counter(lower) - Counter(other)).elements())
    only_right = list((Counter(other) - Counter(lower)).elements())
    if any(word in word_list("negations") or word.endswith("n't") for word in (*only_left, *only_right)):
        return False
    if any((one, two) in opposites() for one in only_left for two in only_right):
        return False
    return _few_differences(lower, other, only_left, only_right)


def _few_differences(lower: list[str], other: list[str], only_left: list[str], only_right: list[str]) -> bool:
    shorter = min(len(lower), len(other))
    if not only_left and not only_right:  # the same words in another order
        return shorter >= 12 or _same_order(lower, other)
    for word in list(only_left):
        for candidate in only_right:
            if _negated(word, candidate):
                return False
            if _misspelt(word, candidate):
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


def _numbers(lower: list[str]) -> list[str]:
    return [word for word in lower if any(letter.isdigit() for letter in word)]


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
    return len(short) >= 3 and any(long == prefix + short for prefix in word_list("negating_prefixes"))


def _misspelt(one: str, two: str) -> bool:
    from rapidfuzz.distance import OSA

    size = min(len(one), len(two))
    if size < 4 or (one[0] != two[0] and one[:2] != two[1::-1]):
        return False
    return bool(OSA.distance(one, two, score_cutoff=2) <= (1 if size < 6 else 2))


def _same_order(lower: list[str], other: list[str]) -> bool:
    from rapidfuzz.distance import Indel

    return bool(Indel.normalized_similarity(lower, other) >= 0.9)
