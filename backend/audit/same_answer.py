"""Do two questions that have one telling answer ask the same? Then more may differ than where answers tell nothing."""

from __future__ import annotations

from collections import Counter

from rapidfuzz.distance import OSA

from backend.audit.said import Said
from backend.audit.same_thing import beyond, in_order, negations, opposed
from backend.audit.slips import Known, is_slip, negates
from backend.audit.vocabulary import opposites, synonyms, word_list

SHORTEST_PHRASE, PHRASE = 2, 8
"""Words that may be put before a question, or behind it; one alone may be one more thing that is asked about."""
FEWEST_WORDS = 3
"""Of a question that something is put around."""
SMALL = 2
"""Small words of one question that the other may lack."""


def ask_alike(left: Said, right: Said, known: Known) -> bool:
    """True when nothing differs but a phrase before or behind, slips, synonyms, and small words.

    Never when numbers, names, negations, operators or opposites differ, or a content word is another one.
    """
    one, two = left.polite or left, right.polite or right
    if (one.numbers, sorted(one.operators)) != (two.numbers, sorted(two.operators)) or one.marked != two.marked:
        return False
    return _with_a_phrase(one, two) or _with_other_words(one, two, known)


def _with_a_phrase(one: Said, two: Said) -> bool:
    short, long = sorted((one, two), key=lambda said: len(said.words))
    more = len(long.words) - len(short.words)
    if not SHORTEST_PHRASE <= more <= PHRASE or len(short.words) < FEWEST_WORDS:
        return False
    if long.words[more:] == short.words:
        phrase = long.words[:more]
    elif long.words[:-more] == short.words:
        phrase = long.words[-more:]
    else:
        return False
    return negations(phrase) == 0 and long.names.isdisjoint(phrase)


def _with_other_words(one: Said, two: Said, known: Known) -> bool:
    ours, theirs = Counter(one.words), Counter(two.words)
    only_one, only_two = beyond(ours, theirs), beyond(theirs, ours)
    if negations(only_one) != negations(only_two) or opposed(only_one, only_two):
        return False
    names, same = one.names | two.names, {}
    for word in list(only_one):
        for other in only_two:
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


def _may_stand_for(word: str, other: str, known: Known, as_name: bool) -> bool:
    if negates(word, other):
        return False
    small = word_list("small") | word_list("joining")
    if not as_name and (other in synonyms().get(word, ()) or (word in small and other in small)):
        return True
    if is_slip(word, other, known, as_name):
        return True
    size = min(len(word), len(other))
    if as_name or size < 3 or not (word.isalpha() and other.isalpha()) or min(known(word), known(other)) > 1:
        return False
    return OSA.distance(word, other, score_cutoff=2) <= (1 if size < 7 else 2)


def _less(words: list[str], lost: Counter[str]) -> list[str]:
    return [word for word in words if not lost[word]]
