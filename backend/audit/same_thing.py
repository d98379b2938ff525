"""Do two similar texts say the same thing? A guard against `turn on`/`turn off` and `order 12`/`order 98`.

What counts is the kind of difference: a slip of the pen, a doubled or a missing small word, a space, a mark, two
neighbours exchanged leave a text what it is. Another number, name, operator, negation or content word does not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import product
from operator import ne

from rapidfuzz.distance import OSA, Indel

from backend.audit.part_lost import CONDITIONS, lacks_a_part
from backend.audit.said import Said, is_of_sentences, names_of, negations, other_sentences, read, show_other_pictures
from backend.audit.slips import Known, bare, inflected, is_near, is_slip, is_word, negates
from backend.audit.vocabulary import asides, opposites, synonyms, word_list, written_as
from backend.audit.word_pairs import worth_comparing

SHORT = 12
"""Words below which only fillers may come or go."""
LONG = 20
"""Words from which on one missing or added content word in twenty leaves a text what it is."""
VERY_LONG = 40
"""Words from which on one in forty may be exchanged for a word the file does not know from elsewhere."""
SMALL_SHARE = 0.2
"""Share of the words that may be small words which come, go or change."""

FEWEST_TO_LOSE = 6
"""Words from which on a preposition or an auxiliary verb may be missing."""
SYNONYMS = 8
"""Words of which one may be exchanged for a synonym."""
FEWEST_FOR_ONE = 5
"""Words from which on one may be."""

SHORTEST_MISTYPED = 4
"""Letters of what may be a negation mistyped, if it is no word."""
FEW_BLANKS = 3
"""Most blanks in which two texts may differ, or one in twenty words where that is more."""
MOST_SLIPS = 30
"""Words of a text that may be slips: each is held against all that only the other text has."""

MOST_MOVED = 8
"""Words that may have changed places with others."""

_DIGITS = re.compile(r"\d+")
"""A run of digits."""
_STOPS = ".,;:!?"
"""Marks that a word may end with."""


def say_the_same(first: str, second: str, known: Known = lambda word: 1) -> bool:
    """`alike` for two texts that are compared once. Without `known` nothing is known of other texts."""
    return alike(read(first), read(second), known)


def alike(left: Said, right: Said, known: Known) -> bool:
    """True when two texts differ in nothing but slips, small words, synonyms, marks, spaces, the order of neighbours,
    what is put around them, or a lost end.

    Never when numbers, names, negations, operators or opposites differ, or a content word is another one. What only
    one of them is labelled with does not count; where both are, the labels do.
    """
    if show_other_pictures(left, right):
        return False
    one, two = left.polite or left, right.polite or right
    return (
        _alike(one, two, known)
        or ((one is not left or two is not right) and _alike(left, right, known))
        or any(_alike(bare, two, known) for bare in left.bare)
        or any(_alike(one, bare, known) for bare in right.bare)
    )


def differ_by_a_slip(first: str, second: str, known: Known) -> bool:
    """True where all but one word is the same to the letter, and that is no name, and mistyped in one of them.

    Most near copies are so, and need not be taken apart: `alike`, which says so too, takes ten times as long.
    """
    ones, twos = first.split(), second.split()
    if len(ones) != len(twos) or "`" in first:
        return False
    differ = [pair for pair in zip(ones, twos, strict=True) if ne(*pair)]
    if len(differ) != 1:
        return False
    (written, again), (word, other) = differ[0], (one.rstrip(_STOPS) for one in differ[0])
    if written[len(word) :] != again[len(other) :] or not (word + other).isalpha() or not (word + other).islower():
        return False
    names = [form(one) for one in (word, other) for form in (str.capitalize, str.upper)]
    another = (word, other) in opposites() or negates(word, other) or _denies(word, other, known)
    if another or any(name in first or name in second for name in names):
        return False
    return is_slip(word, other, known, much_else=len(ones) >= LONG)


def hardly_differ(left: Said, right: Said) -> bool:
    """True when nothing differs but marks, spaces, and words that say hardly anything."""
    if show_other_pictures(left, right):
        return False
    one, two = left.polite or left, right.polite or right
    pairs = [(one, two), *((bare, two) for bare in left.bare), *((one, bare) for bare in right.bare)]
    return any(_hardly_differ(*pair) for pair in pairs)


def _hardly_differ(left: Said, right: Said) -> bool:
    if left.operators != right.operators or (left.marked ^ right.marked) & (left.bag ^ right.bag):
        return False
    empty = word_list("fillers")
    said = [[bare(word) for word in one.words if word not in empty] for one in (left, right)]
    return (said[0] == said[1] != [] and left.numbers == right.numbers) or _run_together(left, right)


def _alike(left: Said, right: Said, known: Known) -> bool:
    if lacks_a_part(left, right, known) or (left.operators == right.operators and _run_together(left, right)):
        return True
    if left.bag == right.bag and _exchanged(left, right):
        return True
    differ = max(len(left.bag - right.bag), len(right.bag - left.bag))
    many = differ > min(MOST_SLIPS, max(4, 0.4 * min(len(left.bag), len(right.bag))))
    if many or (left.numbers, left.operators) != (right.numbers, right.operators):
        return False
    ours, theirs = Counter(left.words), Counter(right.words)
    only_left, only_right = beyond(ours, theirs), beyond(theirs, ours)
    slips = _slips(left, right, only_left, only_right, known)
    if slips is None or negations(only_left) != negations(only_right) or opposed(only_left, only_right):
        return False
    ours_left, theirs_left = (
        [slips.get(word, word) for word in _without(said.words, only)]
        for said, only in ((left, only_left), (right, only_right))
    )
    return _few_left(only_left, only_right, left, right, known) and in_order(
        ours_left, theirs_left, names_of(left, right)
    )


def _exchanged(left: Said, right: Said) -> bool:
    """Whether nothing differs but the order of the sentences."""
    if not is_of_sentences(left) or sorted(left.operators) != sorted(right.operators):
        return False
    return not any(other_sentences(left, right))


def _run_together(left: Said, right: Said) -> bool:
    """Whether only blanks differ, and none of them between two numbers: `5 km`, `5km`."""
    few = max(FEW_BLANKS, len(left.words) // LONG)
    if abs(len(left.words) - len(right.words)) > few or not _signs(left.text) == _signs(right.text) != "":
        return False
    return left.numbers == right.numbers or _DIGITS.findall(left.text) == _DIGITS.findall(right.text)


def _signs(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def beyond(ours: Counter[str], theirs: Counter[str]) -> list[str]:
    """The words of ours that theirs has not, or not as often, in order."""
    more = [(word, times - theirs.get(word, 0)) for word, times in ours.items() if times > theirs.get(word, 0)]
    return [word for word, times in more for _ in range(times)]


def _slips(left: Said, right: Said, only_left: list[str], only_right: list[str], known: Known) -> dict[str, str] | None:
    """Word → what it stands for, of a slip and what it is a slip of the same; those are taken off the lists.

    None where one denies the other.
    """
    found: dict[str, str] = {}
    opposed = opposites()
    marked, names = left.marked ^ right.marked, names_of(left, right)
    shorter = min(len(left.words), len(right.words))
    others, exchanged = synonyms(), (shorter + SYNONYMS - FEWEST_FOR_ONE) // SYNONYMS
    worth = worth_comparing(only_left, only_right)
    for again in (False, True):  # who makes many slips makes some that are words of their own
        if again and (shorter < LONG or all(map(is_word, found))):
            break
        of_its_own = set[str]()
        for word in list(only_left):
            if word in of_its_own:
                continue
            for other in dict.fromkeys(filter(worth[word].__contains__, only_right)):
                if not again and (negates(word, other) or (word, other) in opposed):
                    return None
                if word in marked or other in marked or _denies(word, other, known):
                    continue
                as_name = word in names or other in names
                means = exchanged > 0 and not as_name and other in others.get(word, ())
                exchanged -= means
                means = means or (shorter >= SHORT and not as_name and inflected(word, other))
                begins = word.capitalize() in left.text or other.capitalize() in right.text
                much_else = shorter >= LONG and not begins
                slip = any(is_slip(*pair, known, as_name, much_else) for pair in _as_written(word, other))
                if means or slip or (again and is_near(word, other)):
                    only_left.remove(word)
                    only_right.remove(other)
                    found[word] = found[other] = found.get(word) or found.get(other, other)
                    break
            else:
                of_its_own.add(word)
    _take_off_run_on(only_left, only_right)
    _take_off_run_on(only_right, only_left)
    return found


def _as_written(word: str, other: str) -> Iterator[tuple[str, str]]:
    """The pair, and each with the other spellings of the other: what was mistyped is `phone`, not `telephone`."""
    ways = written_as()
    yield word, other
    yield from ((word, way) for way in ways.get(other, ()))
    yield from ((way, other) for way in ways.get(word, ()))


def _take_off_run_on(run_on: list[str], apart: list[str]) -> None:
    """Take words that are two others without a blank, perhaps with a slip (`cannto`), and the two, off their lists."""
    whole = set[str]()
    for word in list(run_on):
        if word in whole:
            continue
        parts = Counter(apart)
        closing = [part for part in parts if word.endswith(part[1:])]
        for first in parts:
            if first[0] != word[0] or len(first) > len(word):
                continue
            seconds = parts if word.startswith(first[:-1]) else closing  # one slip cannot be in both
            fits = (part for part in seconds if parts[part] > (part == first) and _runs_on(word, first, part))
            if second := next(fits, ""):
                run_on.remove(word)
                apart.remove(first)
                apart.remove(second)
                break
        else:
            whole.add(word)


def _runs_on(word: str, first: str, second: str) -> bool:
    if abs(len(first) + len(second) - len(word)) > 1:
        return False
    both = first + second
    return word == both or (len(both) >= 6 and OSA.distance(word, both, score_cutoff=1) <= 1 and not is_word(word))


def _denies(word: str, other: str, known: Known) -> bool:
    """Whether one is a negation and the other may be a word of its own, as with `never` and `ever`."""
    no = word_list("negations")
    if (word not in no and other not in no) or bare(word) == bare(other):
        return False
    said = other if word in no else word
    return len(said) < SHORTEST_MISTYPED or is_word(said) or known(said) > 1


def _few_left(only_left: list[str], only_right: list[str], left: Said, right: Said, known: Known) -> bool:
    """Whether what is no slip is little enough, and of the kind that does not matter."""
    small, polite = word_list("small"), word_list("polite")
    shorter = min(len(left.words), len(right.words))
    one_sided = not only_left or not only_right
    if shorter < SHORT:  # whoever asks the same in few words of their own uses other small words
        small = word_list("fillers") if one_sided else word_list("articles")
        if one_sided and shorter >= FEWEST_TO_LOSE:
            small |= word_list("droppable")
    elif one_sided:
        small = _small_or_joining()
    differing = {*only_left, *only_right}
    marked = differing & (left.marked | right.marked)
    if one_sided and differing in asides() and not marked:
        return True
    if marked or (differing - polite) & names_of(left, right):
        return False
    lost = [word for word in only_left if word not in small and word not in polite]
    come = [word for word in only_right if word not in small and word not in polite]
    if (lost or come) and one_sided and _narrows(only_left or only_right, left, right):
        return False
    if max(len(only_left) - len(lost), len(only_right) - len(come)) > max(1, SMALL_SHARE * shorter):
        return False
    if (lost or come) and not one_sided and (shorter < VERY_LONG or (lost and come)):
        strange = all(known(word) <= 1 and len(word) > 3 for word in (*lost, *come))
        return strange and max(len(lost), len(come)) * VERY_LONG <= shorter
    return max(len(lost), len(come)) * LONG <= shorter


@cache
def _small_or_joining() -> frozenset[str]:
    return word_list("small") | word_list("joining") | word_list("fillers")


def _narrows(more: list[str], left: Said, right: Said) -> bool:
    """Whether words that only one has are a condition, or go on where the other has ended, be it before any word."""
    much = min(len(left.words), len(right.words)) >= VERY_LONG
    return (not much and not CONDITIONS.isdisjoint(more)) or more[-1:] in (left.words[-1:], right.words[-1:])


_BETWEEN_EQUALS = [[word] for word in ("and", "or", "und", "oder", "et", "ou", "y", "o", "e", "и", "или")]
"""What may stand between two things that are named in either order: `tea and milk`."""


def in_order(first: list[str], second: list[str], names: frozenset[str]) -> bool:
    """The same words of both, in the same order but for neighbours exchanged or a few words moved together."""
    if first == second:
        return True
    if [word for word in first if word in names] != [word for word in second if word in names]:
        return False
    if len(first) != len(second):
        return True
    differ = [at for at, (one, two) in enumerate(zip(first, second, strict=True)) if one != two]
    if len(differ) == 2 and first[differ[0]] == second[differ[1]]:
        if differ[1] - differ[0] > 1:
            return first[differ[0] + 1 : differ[1]] in _BETWEEN_EQUALS  # else two words far apart have changed places
        if len(first) >= FEWEST_FOR_ONE:
            return negations([first[at] for at in differ]) == 0
    moved = Indel.normalized_similarity(first, second) >= (0.85 if len(first) < VERY_LONG else 0.8)
    return bool(moved) and not _have_changed_places(*(words[differ[0] : differ[-1] + 1] for words in (first, second)))


def _have_changed_places(ones: list[str], twos: list[str]) -> bool:
    """Whether the words are two stretches with words between, and stand in each other's place: `square feet to metres`,
    `metres to square feet`."""
    return any(
        ones[-back:] == twos[:back] and ones[front:-back] == twos[back:-front] and ones[:front] == twos[-front:]
        and ones[front:-back] not in ([], *_BETWEEN_EQUALS)
        for back in range(1, min(len(ones), MOST_MOVED))
        for front in range(1, min(len(ones) - back, MOST_MOVED))
    )  # fmt: skip


def _without(all_words: list[str], lost: list[str]) -> list[str]:
    if not lost:
        return all_words
    left = Counter(lost)
    kept = []
    for word in reversed(all_words):
        if word in left and left[word] > 0:
            left[word] -= 1
        else:
            kept.append(word)
    return kept[::-1]


def opposed(only_left: list[str], only_right: list[str]) -> bool:
    """Whether a word of the one list and a word of the other are opposites: `open`, `close`."""
    pairs = opposites()
    return any(pair in pairs for pair in product({*only_left}, {*only_right}))
