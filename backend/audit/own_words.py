"""A quick no before the careful comparison: two texts of which each speaks of something the other does not.

Texts from one template come as pairs by the hundred thousand, `my kettle in Oslo`, `my laptop in Vienna`. A word of
content that nothing in the other text could be a slip, a form or a synonym of leaves no way to say the same.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache

from backend.audit.courtesy import tells_of_courtesy
from backend.audit.same_thing import VERY_LONG
from backend.audit.slips import Known, may_be_one
from backend.audit.text import words
from backend.audit.vocabulary import FIGURES, groups, phrase_list, synonyms, ways_of, word_list
from backend.audit.written import joined

SHORTEST = 4
"""Letters of a word that no contraction, unit or ending leaves over."""
LABEL, SIGNED = 3, 3
"""Words that may be a label, greeting and all, or that may sign a text."""
MOST_COMPARED = 10_000
"""Pairs of words: texts of which so many differ are told apart at a glance by `alike` too."""
_MAY_BE_LABELLED = re.compile(r".{0,40}?(?:[^\w\s.,'’]|\n|, [A-Z]|\b[QA]\.)|(?:\w*+\W++){0,4}\d")
"""How a text begins that may have a label, a greeting or a number before it."""
_BRACKETS = re.compile(r"[)\]]")
"""A text with these may hold a remark anywhere, so nothing of it is its own for sure."""


@dataclass(frozen=True)
class OwnWords:
    """The words of a text in lower case: all, those that stand more than once, those that no rule sets aside."""

    count: int
    all: frozenset[str]
    again: frozenset[str]
    kept: frozenset[str]


def own_words(text: str) -> OwnWords:
    """Take a text apart for `surely_differ`: a twentieth of the time that `said.read` takes."""
    found = words(joined(text).casefold())
    every = frozenset(found)
    again = frozenset[str]()
    if len(every) < len(found):
        again = frozenset(word for word, times in Counter(found).items() if times > 1)
    labelled, signed = _MAY_BE_LABELLED.match(text), tells_of_courtesy(text)
    kept = found[LABEL if labelled else 0 : len(found) - SIGNED * signed] if not _BRACKETS.search(text) else []
    return OwnWords(len(found), every, again, frozenset(kept) - light())


def surely_differ(one: OwnWords, two: OwnWords, known: Known) -> bool:
    """Whether each has a word of its own, so that neither `alike` nor `ask_alike` can be true of the two texts."""
    return _has_own(one, two, known) and _has_own(two, one, known)


def _has_own(one: OwnWords, two: OwnWords, known: Known) -> bool:
    own = one.kept - two.all
    if not own:
        return False
    much = min(one.count, two.count) >= VERY_LONG
    others = (two.all - one.all) | two.again
    if len(own) * len(others) > MOST_COMPARED:
        return False
    for word in own:
        if len(word) < SHORTEST or not word.isalpha() or (much and known(word) <= 1):
            continue
        same = synonyms().get(word, ())
        for other in others:
            if other in same or may_be_one(word, other):
                break
        else:
            return True
    return False


@cache
def light() -> frozenset[str]:
    """Words that may come, go, or be written otherwise."""
    lists = "small joining fillers polite articles droppable courtesy in_courtesy introducing asking asked_for"
    found = set(FIGURES).union(*map(word_list, lists.split()))
    phrases = [*phrase_list("courtesies"), *phrase_list("asides")]
    phrases += [way for ways in ways_of("openings") for way in ways]
    phrases += [way for name in ("units", "spellings") for group in groups(name) for way in group]
    return frozenset(found.union(*map(words, phrases)))
