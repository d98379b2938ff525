"""The word lists of the audit, read once from the TOML files beside."""

from __future__ import annotations

import re
from functools import cache
from itertools import permutations
from typing import Any

from backend.audit.pattern_lists import listed

_FILES = ("vocabulary", "sameness", "refusing", "latin")

_FROM_TWO = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
FIGURES = {word: str(number) for number, word in enumerate(_FROM_TWO, 2)} | {
    word: str(10 * number) for number, word in enumerate(_TENS, 2)
}
"""Numbers in words, but for `one`, which is more than a number."""


@cache
def _lists() -> dict[str, Any]:
    return {name: words for file in _FILES for name, words in listed(file).items()}


@cache
def word_list(name: str) -> frozenset[str]:
    """The words of a list. Raises KeyError for a list that does not exist."""
    return frozenset(_lists()[name].split())


def ways_of(name: str) -> list[list[str]]:
    """The lines of a list: the form chosen, which may be empty, and the other ways of saying it."""
    return [line.split("|") for line in _lists()[name].strip("\n").split("\n")]


@cache
def phrase_list(name: str) -> frozenset[str]:
    """The phrases of a list, which `|` or a new line separates."""
    return frozenset(_lists()[name].strip().replace("\n", "|").split("|"))


@cache
def asides() -> frozenset[frozenset[str]]:
    """The words of each phrase that may be put into a text without saying more: `in fact`, `you know`."""
    return frozenset(frozenset(phrase.split()) for phrase in phrase_list("asides"))


@cache
def phrases(name: str) -> str:
    """A pattern for any of the phrases of a list, which `|` separates: `*` for letters, `...` for up to three words."""
    said = [phrase.strip() for phrase in _lists()[name].replace("\n", " ").split("|")]
    marked = (re.escape(phrase).replace(r"\*", r"\w*").replace(r"\.\.\.\ ", r"(?:\w+ ){0,3}?") for phrase in said)
    return rf"\b(?:{'|'.join(marked)})\b"


def groups(name: str) -> list[tuple[str, ...]]:
    """The groups of equals of a list: with slashes between them, and `_` between the words of one."""
    return [tuple(group.replace("_", " ").split("/")) for group in _lists()[name].split()]


@cache
def spellings() -> dict[str, str]:
    """Word → the way of writing it that is chosen where there are several."""
    return {word: group[0] for group in groups("spellings") for word in group[1:]}


@cache
def written_as() -> dict[str, tuple[str, ...]]:
    """Word in the spelling that is chosen → the others."""
    return {group[0]: group[1:] for group in groups("spellings")}


@cache
def opposites() -> frozenset[tuple[str, str]]:
    """Pairs of opposites or different things of a kind, each both ways round: `buy`, `sell` and `buying`, `selling`."""
    units = tuple(group[0] for group in groups("units"))
    english = [group for name in ("opposites", "of_a_kind") for group in groups(name)]
    in_all_forms = [forms for group in english for forms in zip(*map(_forms, group), strict=True)]
    kinds = [*in_all_forms, *groups("opposites_abroad"), units]
    one = spellings()
    kinds += [tuple(one.get(word, word) for word in kind) for kind in kinds]
    return frozenset(pair for kind in kinds for pair in permutations(kind, 2) if pair[0] != pair[1])


@cache
def synonyms() -> dict[str, frozenset[str]]:
    """Word → those that mean the same in most sentences, in the same form: `uses` → `employs`, `used` → `employed`."""
    found: dict[str, frozenset[str]] = {}
    one, others = spellings(), written_as()
    regular = [*groups("synonyms"), *groups("more_synonyms")]
    in_all_forms = [forms for group in regular for forms in zip(*map(_forms, group), strict=True)]
    for group in (*in_all_forms, *groups("synonyms_as_written")):
        chosen = {one.get(word, word) for word in group}
        every = frozenset(way for word in chosen for way in (word, *others.get(word, ())))
        for word in every:
            found[word] = found.get(word, frozenset()) | every - {word}
    return found


_DOUBLE = frozenset(
    """
beg begin bet chat chop commit cut drag drop get grab let log occur permit plan plug pop prefer put refer rob run set
ship shop shut sit split stir stop submit swap tag tap tip transfer trim tug win
""".split()
)
"""Verbs that double their last letter: `plan`, `planned`."""


def _forms(word: str) -> tuple[str, ...]:
    """As it is, with an `s`, in the past and going on, as if it were a regular verb."""
    stem = word.removesuffix("e")
    if word in _DOUBLE:
        stem += stem[-1]
    if word.endswith("y") and word[-2:-1] not in ("a", "e", "o", "u"):
        return word, f"{word[:-1]}ies", f"{word[:-1]}ied", f"{word}ing"
    return word, f"{word}es" if word.endswith(("s", "sh", "ch", "x")) else f"{word}s", f"{stem}ed", f"{stem}ing"


@cache
def stop_words() -> dict[str, frozenset[str]]:
    """Language → its commonest small words."""
    return {name: frozenset(small.split()) for name, small in _lists()["stop_words"].items()}
