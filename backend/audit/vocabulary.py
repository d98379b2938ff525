"""The word lists of the audit, read once from `vocabulary.toml`, `refusing.toml` and `latin.toml`."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from backend.audit.pattern_lists import listed


@cache
def _lists() -> dict[str, Any]:
    return {name: words for file in ("vocabulary", "refusing", "latin") for name, words in listed(file).items()}


@cache
def word_list(name: str) -> frozenset[str]:
    """The words of a list. Raises KeyError for a list that does not exist."""
    return frozenset(_lists()[name].split())


@cache
def phrases(name: str) -> str:
    """A pattern for any of the phrases of a list, which `|` separates: `*` for letters, `...` for up to three words."""
    said = [phrase.strip() for phrase in _lists()[name].replace("\n", " ").split("|")]
    marked = (re.escape(phrase).replace(r"\*", r"\w*").replace(r"\.\.\.\ ", r"(?:\w+ ){0,3}?") for phrase in said)
    return rf"\b(?:{'|'.join(marked)})\b"


@cache
def opposites() -> frozenset[tuple[str, str]]:
    """Pairs of opposites, each both ways round."""
    pairs = [tuple(pair.split("/")) for pair in _lists()["opposites"].split()]
    return frozenset((one, two) for pair in pairs for one, two in (pair, pair[::-1]))


@cache
def synonyms() -> dict[str, frozenset[str]]:
    """Word → those that mean the same in most sentences, in the same form: `uses` → `employs`, `used` → `employed`."""
    found: dict[str, frozenset[str]] = {}
    for group in _lists()["synonyms"].split():
        for forms in zip(*map(_forms, group.split("/")), strict=True):
            for word in forms:
                found[word] = found.get(word, frozenset()) | frozenset(forms) - {word}
    return found


def _forms(word: str) -> tuple[str, ...]:
    """As it is, with an `s`, in the past and going on, as if it were a regular verb."""
    mute = word.removesuffix("e")
    return word, f"{word}es" if word.endswith(("s", "sh", "ch", "x")) else f"{word}s", f"{mute}ed", f"{mute}ing"


@cache
def stop_words() -> dict[str, frozenset[str]]:
    """Language → its commonest small words."""
    return {name: frozenset(small.split()) for name, small in _lists()["stop_words"].items()}
