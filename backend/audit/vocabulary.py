"""The word lists of the audit, read once from `vocabulary.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def _lists() -> dict[str, Any]:
    with Path(__file__).with_suffix(".toml").open("rb") as file:
        return tomllib.load(file)


@cache
def word_list(name: str) -> frozenset[str]:
    """The words of a list. Raises KeyError for a list that does not exist."""
    return frozenset(_lists()[name].split())


@cache
def opposites() -> frozenset[tuple[str, str]]:
    """Pairs of opposites, each both ways round."""
    pairs = [tuple(pair.split("/")) for pair in _lists()["opposites"].split()]
    return frozenset((one, two) for pair in pairs for one, two in (pair, pair[::-1]))


def same_meaning(one: str, two: str) -> bool:
    """Whether two words are synonyms, be it in the same form: `uses` and `employs`, `used` and `employed`."""
    known = _synonyms()
    return any(
        (left + mute, right + other) in known
        for form in _FORMS
        for left in _stems(one, form)
        for right in _stems(two, form)
        for mute, other in _MUTE
    )


_FORMS = (("",), ("s", "es"), ("d", "ed"), ("ing",))
_MUTE = (("", ""), ("e", ""), ("", "e"), ("e", "e"))
"""What an ending may have taken the place of: the `e` of `use` in `using`."""


def _stems(word: str, form: tuple[str, ...]) -> list[str]:
    return [word.removesuffix(ending) for ending in form if word.endswith(ending)]


@cache
def _synonyms() -> frozenset[tuple[str, str]]:
    groups = [group.split("/") for group in _lists()["synonyms"].split()]
    return frozenset((one, two) for group in groups for one in group for two in group if one != two)


@cache
def stop_words() -> dict[str, frozenset[str]]:
    """Language → its commonest small words."""
    return {name: frozenset(small.split()) for name, small in _lists()["stop_words"].items()}
