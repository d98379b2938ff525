"""Where two texts differ: the stretches of the first that go and the stretches of the second that come."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

Stretch = tuple[int, int]
"""Start and end, in characters."""

_PIECE = re.compile(r"\w+|\s+|[^\w\s]")
MOST_PIECES = 1_500
"""Above this many words and signs only what the texts share at both ends is left out: comparing takes their product."""


def differences(before: str, after: str) -> tuple[list[Stretch], list[Stretch]]:
    """(what goes from `before`, what comes in `after`), in order. Words are compared whole."""
    start = _shared(before, after)
    end = _shared(before[start:][::-1], after[start:][::-1])
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    pieces = _PIECE.findall(old), _PIECE.findall(new)
    if len(pieces[0]) + len(pieces[1]) > MOST_PIECES:
        return [(start, start + len(old))] if old else [], [(start, start + len(new))] if new else []
    places = [_places(some, start) for some in pieces]
    gone: list[Stretch] = []
    come: list[Stretch] = []
    for tag, one, two, three, four in SequenceMatcher(None, *pieces, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        if two > one:
            gone.append((places[0][one], places[0][two]))
        if four > three:
            come.append((places[1][three], places[1][four]))
    return gone, come


def _shared(one: str, two: str) -> int:
    """How many characters both begin with."""
    most = min(len(one), len(two))
    if one[:most] == two[:most]:
        return most
    return next(at for at in range(most) if one[at] != two[at])


def _places(pieces: Sequence[str], start: int) -> list[int]:
    """Where each piece starts, and where the last ends."""
    places = [start]
    for piece in pieces:
        places.append(places[-1] + len(piece))
    return places
