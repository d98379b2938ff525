"""Near duplicates: rows whose question says the same in almost the same words, and clusters of them.

The limits here are our choice; what is found and missed is in docs/experiments/audit-truth.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import combinations, compress, count
from operator import ne

import numpy as np
from rapidfuzz.distance import OSA, Indel

from backend.audit.columns import answer_counts, answers, input_column, inputs, with_history
from backend.audit.crowds import Crowd, difference, worth_reading
from backend.audit.minhash import PARTNERS, candidate_pairs
from backend.audit.opening import fixed_opening, without_opening
from backend.audit.own_words import OwnWords, own_words, surely_differ
from backend.audit.partners import TELLING, of_one_answer, of_one_edge, of_one_outline, of_same_words
from backend.audit.said import Said, read
from backend.audit.same_answer import ask_alike
from backend.audit.same_question import same_question
from backend.audit.same_thing import alike, differ_by_a_slip, hardly_differ
from backend.audit.sketch import EDGE, plain_words, sketch
from backend.audit.slips import Known, is_word
from backend.audit.text import normal, raw_asked, words
from backend.audit.typos import differ_by_typos
from backend.audit.vocabulary import spellings
from backend.domain import Example

MIN_WORDS = 5
"""Words of a question below which only marks, spaces and words that say nothing may differ: each is a fifth of it."""
FEWEST_WORDS = 3
"""Words from which on questions are compared with all that are like them, not only with those of the same words."""
RARE, OF = 3, 20
"""A shorter answer tells as much where at most so many rows have it, and at most one row in so many."""
ALIKE = 0.9
"""Likeness of the letters (0–1) from which on two answers are the same but for slips."""
ASKED_BY, CLOSE = 8, 0.8
"""Rows that ask alike up to which all are compared, and how alike the letters of two answers must be for that (0–1)."""
COUNTED = 750_000
"""Characters of a file in which words are counted; of a longer one an even sample is taken."""
KEPT = 50_000
"""Texts that are kept taken apart, for when they are compared again: a few hundred MB at most."""
TOLD = 3
"""Pairs of a crowd that the same words part, and that all ask the same, or none of them: so do others then, or not.
Our choice."""
SOME = 16
"""One text in so many is measured, to tell about how long all are."""


@dataclass(frozen=True)
class Compared:
    """What comparing the questions of n examples showed.

    `first` (n,): the index of the first that asks exactly the same. `near`: index pairs (i, j), i < j, of firsts that
    ask nearly the same. `known`: how often a word stands in them.
    """

    first: list[int]
    near: list[tuple[int, int]]
    known: Known

    @cached_property
    def pairs(self) -> list[tuple[int, int]]:
        """Index pairs (i, j), i < j, exact and near: rows that ask exactly the same are paired with their first."""
        again = compress(count(), map(ne, self.first, count()))
        return [(self.first[index], index) for index in again] + self.near

    @cached_property
    def clusters(self) -> list[int]:
        """A cluster number per example: those that ask the same, exactly or nearly, share one."""
        return join(len(self.first), self.pairs)


def compare(examples: Sequence[Example]) -> Compared:
    """Compare the questions of all examples with one another, in time linear in their length."""
    opening = fixed_opening(inputs(examples))
    texts = without_opening(inputs(examples), opening) if opening else list(inputs(examples))
    for at in with_history(examples):
        texts[at] = raw_asked(examples[at])
    as_given = not opening and not with_history(examples)
    sketches = sketch(texts, until=np.cumsum(input_column(examples).sizes) if as_given else None)
    first = same_question(examples, sketches.keys)
    single = np.array(first, np.int64) == np.arange(len(first))
    places = np.flatnonzero(single & (sketches.words >= FEWEST_WORDS))
    known = _counting(texts, answers(examples))
    told = answers(examples)
    rare, counts = _few_have(told), cache(lambda: answer_counts(examples))

    @lru_cache(KEPT)
    def said(index: int) -> Said:
        return read(texts[index])

    @lru_cache(KEPT)
    def own(index: int) -> OwnWords:
        return own_words(texts[index])

    def ask_the_same(left: int, right: int) -> bool:
        if sketches.words[left] >= MIN_WORDS and differ_by_a_slip(texts[left], texts[right], known):
            return True
        both = told[left], told[right]
        copied = _are_copied(*both, counts)
        if copied and differ_by_typos(texts[left], texts[right], known) and _same_answer(*both, known):
            return True
        if surely_differ(own(left), own(right), known):
            return False
        one, two = said(left), said(right)
        differ = (one.polite or one).words != (two.polite or two).words
        short = differ and min(len(one.words), len(two.words)) < MIN_WORDS
        brief = short and _is_command(examples[left], examples[right], one, two, known)
        return (not brief and _near(one, two, known)) or (
            _one_answer(examples[left].answer, examples[right].answer, rare) and ask_alike(one, two, known)
        )

    near: list[tuple[int, int]] = []
    crowd, told_by = Crowd(texts), Counter[tuple[object, bool]]()
    similar, crowded = candidate_pairs(sketches, places, crowd.likely)
    partners = np.bincount(similar.ravel(), minlength=1)
    same = of_same_words(sketches.keys, np.flatnonzero(single & (sketches.words < MIN_WORDS) & (sketches.words > 0)))
    answered = of_one_answer(examples, np.flatnonzero(single & (sketches.words > 0)))
    edged = of_one_edge(sketches, places[sketches.words[places] > EDGE])
    many = np.flatnonzero(partners >= PARTNERS)  # the others met all that they are like
    outlined = crowd.pairs(places) if crowded else of_one_outline(many.tolist(), texts)
    likely = dict.fromkeys((*map(tuple, similar.tolist()), *same, *answered, *edged, *outlined))
    for left, right in worth_reading(texts, likely):
        parted = difference(texts[left], texts[right]) if crowded else ()
        yes, no = told_by[parted, True], told_by[parted, False]
        if crowded and max(yes, no) >= TOLD and not min(yes, no):
            same_asked = yes > 0
        else:
            same_asked = ask_the_same(left, right)
            told_by[parted, same_asked] += 1
        if same_asked:
            near.append((left, right))
    return Compared(first, near, known)


def _near(one: Said, two: Said, known: Known) -> bool:
    if min(len(one.words), len(two.words)) >= MIN_WORDS:
        return alike(one, two, known)
    return hardly_differ(one, two) or (_is_misspelt(one, two, known) and alike(one, two, known))


def _few_have(texts: Sequence[str]) -> Callable[[str], bool]:
    """Whether hardly any row has a short answer. Counted when first asked for."""

    @cache
    def counts() -> Counter[str]:
        found: Counter[str] = Counter()
        for text, times in Counter(compress(texts, map(TELLING.__gt__, map(len, texts)))).items():
            found[normal(text)] += times
        return found

    return lambda text: 0 < counts()[normal(text)] <= min(RARE, len(texts) // OF)


def _are_copied(one: str, two: str, counts: Callable[[], Counter[str]]) -> bool:
    """Whether two answers are one long one that hardly any row has, but for a slip. `counts`: rows by answer."""
    long = min(len(one), len(two)) >= TELLING
    return long and _is_one_but_for_a_slip(one, two) and max(counts()[one], counts()[two]) <= RARE


def _one_answer(first: str, second: str, rare: Callable[[str], bool]) -> bool:
    """Whether the answers are the same but for a slip, and so long, or so rare, that this tells that one was copied."""
    if min(len(first), len(second)) < TELLING:
        return normal(first) == normal(second) and rare(first)
    return _is_one_but_for_a_slip(first, second)


def _is_one_but_for_a_slip(first: str, second: str) -> bool:
    return first == second or Indel.normalized_similarity(first, second, score_cutoff=ALIKE) > 0


def _is_misspelt(one: Said, two: Said, known: Known) -> bool:
    """Whether what only one of them says are no words at all."""
    return any(
        bool(only) and not any(is_word(word) or known(word) > 1 for word in only)
        for only in (one.bag - two.bag, two.bag - one.bag)
    )


def _is_command(first: Example, second: Example, one: Said, two: Said, known: Known) -> bool:
    """Whether these are commands and their labels, of which little says that they were copied."""
    brief = min(len(words(example.answer)) for example in (first, second)) < MIN_WORDS
    return brief and not _is_misspelt(one, two, known)


def _counting(*columns: Sequence[str]) -> Known:
    """How often a word stands in the different texts, or in an even sample. Counted when first asked for."""

    @cache
    def counts() -> Counter[bytes]:
        about = sum(len(text) * SOME for texts in columns for text in texts[::SOME])
        step = max(1, about // COUNTED)
        found = Counter(plain_words(dict.fromkeys(text for texts in columns for text in texts[::step])))
        for written, one in spellings().items():  # texts are compared in that spelling
            found[one.encode()] += found[written.encode()]
        return found

    return lambda word: counts()[word.encode("utf-8", "surrogatepass")]


def similar_pairs(examples: Sequence[Example]) -> list[tuple[int, int]]:
    """Index pairs (i, j), i < j, of rows that ask the same, exactly or nearly.

    Of rows that ask exactly the same only the first is compared with others; the rest are paired with that first.
    """
    return compare(examples).pairs


def near_duplicates(
    examples: Sequence[Example], pairs: Iterable[tuple[int, int]], copies: Collection[int], known: Known | None = None
) -> tuple[int, ...]:
    """The `row` numbers of all near duplicates but the first of each group, sorted: see `nearly_repeated`."""
    return tuple(nearly_repeated(examples, pairs, copies, known))


def nearly_repeated(
    examples: Sequence[Example], pairs: Iterable[tuple[int, int]], copies: Collection[int], known: Known | None = None
) -> dict[int, int]:
    """`row` number → that of the first row of its group of near duplicates, ascending; `copies` (exact) are left out.

    Both question and answer must be nearly the same. `pairs` come from `similar_pairs`, `known` from `compare`: without
    it every word counts as standing once.
    """
    exact = set(copies)
    known = known or (lambda word: 1)
    pairs = list(pairs)
    asked = [
        (left, right)
        for left, right in dict.fromkeys((*pairs, *_of_one_question(examples, pairs)))
        if examples[left].row not in exact and examples[right].row not in exact
    ]
    told = answers(examples)
    likely = worth_reading(told, asked)
    alike = [(left, right) for left, right in likely if _same_answer(told[left], told[right], known)]
    groups = {examples[item].row: examples[first].row for item, first in _connected(alike).items() if item != first}
    return dict(sorted(groups.items()))


def clusters(examples: Sequence[Example]) -> list[int]:
    """A cluster number per example: rows that ask the same, exactly or nearly, share one."""
    return compare(examples).clusters


def join(size: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """For each of `size` items the smallest item it is connected with through the pairs."""
    found = list(range(size))
    for item, first in _connected(pairs).items():
        found[item] = first
    return found


def _connected(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    """For each item of a pair the smallest it is connected with (union–find)."""
    parent: dict[int, int] = {}

    def root(item: int) -> int:
        parent.setdefault(item, item)
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    for left, right in pairs:
        low, high = sorted((root(left), root(right)))
        parent[high] = low
    return {item: root(item) for item in parent}


def _of_one_question(examples: Sequence[Example], pairs: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """All pairs of rows that ask alike, by whatever other rows, and have answers of the same letters, most of them.

    Where many ask alike only the given pairs count.
    """
    groups: dict[int, list[int]] = {}
    for index, first in sorted(_connected(pairs).items()):
        groups.setdefault(first, []).append(index)
    for group in groups.values():
        if 2 < len(group) <= ASKED_BY:
            for left, right in combinations(group, 2):
                if Indel.normalized_similarity(examples[left].answer, examples[right].answer, score_cutoff=CLOSE):
                    yield left, right


def _are_nearly_one(word: str, other: str) -> bool:
    return word == other or (word.isalpha() and OSA.distance(word, other, score_cutoff=1) == 1)


def _same_answer(first: str, second: str, known: Known) -> bool:
    if first == second:
        return True
    one, two = read(first), read(second)
    if not one.words or not two.words:  # in Morse code the marks say it all
        return False
    if normal(first) == normal(second):
        return True
    if one.text[:1] in ("{", "["):  # data say what they mean: a synonym is another value
        one_by_one = len(one.words) == len(two.words) and all(map(_are_nearly_one, one.words, two.words))
        return one_by_one and _near(one, two, known)
    telling = min(len(first), len(second)) >= TELLING
    return _near(one, two, known) or (telling and ask_alike(one, two, known, questions=False))
