"""Do two questions that have one telling answer ask the same? Then more may differ than where answers tell nothing."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import cache

from rapidfuzz.distance import OSA

from backend.audit.said import Said, names_of, negations, show_other_pictures
from backend.audit.same_thing import MOST_SLIPS, beyond, in_order, opposed
from backend.audit.slips import MANY_TIMES, Known, is_slip, negates
from backend.audit.vocabulary import opposites, synonyms, ways_of, word_list
from backend.audit.word_pairs import worth_comparing

SHORTEST_PHRASE, PHRASE = 2, 8
"""Words that may be put before a question, or behind it; one alone may be one more thing that is asked about."""
FEWEST_WORDS = 3
"""Of a question that something is put around."""
_PLAIN = {"what", "which", "how"}
"""Words that ask for anything, of whatever kind."""
FEWEST_LETTERS = 5
"""Of the words of a question that are more than a way of asking."""
SMALL = 2
"""Small words of one question that the other may lack."""
_AROUND = " \n.,:;!?…\"'“”‘’()[]"
"""Blanks and marks that stand around a question."""


def ask_alike(left: Said, right: Said, known: Known, *, questions: bool = True) -> bool:
    """True when nothing differs but a phrase before or behind, slips, synonyms, small words, and how `questions` ask.

    Never when numbers, names, negations, operators or opposites differ, or a content word is another one.
    """
    if show_other_pictures(left, right):
        return False
    one, two = left.polite or left, right.polite or right
    bare = [(other, two) for other in left.bare] + [(one, other) for other in right.bare]
    return any(_ask_alike(*pair, known, questions) for pair in ((one, two), *bare))


def _ask_alike(one: Said, two: Said, known: Known, questions: bool) -> bool:
    if (one.numbers, sorted(one.operators)) != (two.numbers, sorted(two.operators)):
        return False
    if _at_other_times(one.bag - two.bag, two.bag - one.bag):
        return False
    if (one.marked ^ two.marked) & (one.bag ^ two.bag) or not one.bag or not two.bag:
        return False
    if _with_a_phrase(one, two):
        return True
    one, two = _plainly_asked(one), _plainly_asked(two)
    return _with_other_words(one, two, known) or (questions and _of_the_same_things(one, two, known))


def _with_a_phrase(one: Said, two: Said) -> bool:
    short, long = sorted((one, two), key=lambda said: len(said.words))
    more = len(long.words) - len(short.words)
    if not SHORTEST_PHRASE <= more <= PHRASE or len(short.words) < FEWEST_WORDS:
        return False
    if long.words[more:] == short.words:
        phrase = long.words[:more]
    elif long.words[:-more] == short.words:
        phrase = long.words[-more:]
        if not _set_off(short.text, long.text, phrase[0]):
            return False
    else:
        return False
    return negations(phrase) == 0 and long.names.isdisjoint(phrase)


def _set_off(short: str, long: str, first: str) -> bool:
    """Whether a mark parts the long text from the phrase behind it that begins with `first`.

    What follows without one, or with a comma and `but`, `if`, `for`, is a condition.
    """
    kept = short.strip(_AROUND).casefold()
    at = long.casefold().find(kept)
    behind = long[at + len(kept) :].lstrip(" \"'”’)")[:1] if at >= 0 else ""
    joins = first in word_list("joining") or first in word_list("small") or first in ("but", "for", "with", "using")
    return behind != "" and not behind.isalnum() and not (behind == "," and joins)


def _plainly_asked(said: Said) -> Said:
    """With what it opens with in the one form for all ways of asking it: `how do i`, `what is the best way to`."""
    pattern, forms = _openings()
    text = " ".join(said.words)
    while found := pattern.match(text):
        text = f"{forms[found[1]]}{text[found.end() :]}".strip()
    return replace(said, words=text.split())


@cache
def _openings() -> tuple[re.Pattern[str], dict[str, str]]:
    forms = {way: ways[0] for ways in ways_of("openings") for way in ways[1:]}
    return re.compile(rf"({'|'.join(sorted(forms, key=len, reverse=True))})(?= )"), forms


def _with_other_words(one: Said, two: Said, known: Known) -> bool:
    ours, theirs = Counter(one.words), Counter(two.words)
    only_one, only_two = beyond(ours, theirs), beyond(theirs, ours)
    many = max(len(only_one), len(only_two)) > MOST_SLIPS
    if many or negations(only_one) != negations(only_two) or opposed(only_one, only_two):
        return False
    names, same = names_of(one, two), {}
    worth = worth_comparing(only_one, only_two)
    for word in list(only_one):
        for other in filter(worth[word].__contains__, only_two):
            if (word, other) not in opposites() and _may_stand_for(word, other, known, word in names or other in names):
                only_one.remove(word)
                only_two.remove(other)
                same[word] = other
                break
    small = word_list("small") | word_list("fillers") | word_list("polite") | word_list("joining")
    rest = [*only_one, *only_two]
    if len(rest) > SMALL or (only_one and only_two) or not small.issuperset(rest):
        return False
    lost = Counter(rest)
    told = [[same.get(word, word) for word in said.words] for said in (one, two)]
    return in_order(_less(told[0], lost), _less(told[1], lost), names)


def _of_the_same_things(one: Said, two: Said, known: Known) -> bool:
    """Whether the words that are more than a way of asking are the same, in the same order."""
    ways = _ways_of_asking()
    things = [[word for word in said.words if word not in ways] for said in (one, two)]
    if len(things[0]) != len(things[1]) or sum(map(len, things[0])) < FEWEST_LETTERS:
        return False
    ours, theirs = Counter(one.words), Counter(two.words)
    only_one, only_two = beyond(ours, theirs), beyond(theirs, ours)
    denied = negations(one.words) != negations(two.words) or opposed(only_one, only_two)
    after, plain = ([{*said.words} & words for said in (one, two)] for words in (word_list("asked_for"), _PLAIN))
    other = after[0] != after[1] and all(what or open_ for what, open_ in zip(after, plain, strict=True))
    if denied or other:
        return False
    names = names_of(one, two)
    pairs = zip(*things, strict=True)
    return all(a == b or _may_stand_for(a, b, known, a in names or b in names) for a, b in pairs)


@cache
def _ways_of_asking() -> frozenset[str]:
    lists = ("small", "fillers", "polite", "joining", "asking", "asked_for")
    return frozenset().union(*map(word_list, lists)) - word_list("negations")


def _at_other_times(only_one: frozenset[str], only_two: frozenset[str]) -> bool:
    """Whether one speaks of what was and the other of what is: `is`/`was`, `does`/`did`."""
    now, then = word_list("now"), word_list("then")
    return (not now.isdisjoint(only_one) and not then.isdisjoint(only_two)) or (
        not now.isdisjoint(only_two) and not then.isdisjoint(only_one)
    )


def _may_stand_for(word: str, other: str, known: Known, as_name: bool) -> bool:
    if negates(word, other):
        return False
    small = word_list("small") | word_list("joining")
    if not as_name and (other in synonyms().get(word, ()) or (word in small and other in small)):
        return True
    if is_slip(word, other, known, as_name):
        return True
    size = min(len(word), len(other))
    rare, common = sorted((known(word), known(other)))
    both_usual = rare > 1 and common < MANY_TIMES * rare
    if as_name or size < 3 or not (word.isalpha() and other.isalpha()) or both_usual:
        return False
    return OSA.distance(word, other, score_cutoff=2) <= (1 if size < 7 else 2)


def _less(words: list[str], lost: Counter[str]) -> list[str]:
    return [word for word in words if not lost[word]]
