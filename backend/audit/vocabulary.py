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


@cache
def stop_words() -> dict[str, frozenset[str]]:
    """Language → its commonest small words."""
    return {name: frozenset(small.split()) for name, small in _lists()["stop_words"].items()}
