"""Short lines of texts, and what stands behind the last sentence of a line: looked at all at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from backend.audit.sift import BLOCK, roughly, texts_that_are
from backend.audit.sketch import blocks

LONGEST_TAIL = 84
"""Characters behind the last sentence."""
SENTENCES = 2
"""Marks at which that may begin: `Not a member? Join now`."""


def texts_with_line(
    texts: Sequence[str], patterns: Sequence[str], longest: int, is_one: Callable[[str], bool]
) -> set[int]:
    """Indices of the texts with a line of at most `longest` characters, or an end of a line behind its last sentence,
    that one of the patterns (RE2, no looking around) matches as a whole, roughly, and that `is_one` confirms.

    The patterns are in lower case, as the lines are made: RE2 takes twice as long to compile those for any case.
    """
    rough = [roughly(pattern).replace("(?i:", "(?:") for pattern in patterns]
    found: set[int] = set()
    for first, block in blocks(texts, BLOCK):
        owners: list[int] = []
        lines: list[str] = []
        for at, text in enumerate(block, first):
            for line in _short(text, longest):
                owners.append(at)
                lines.append(line)
        if lines:
            likely = set().union(*texts_that_are([line.lower() for line in lines], *rough))
            found.update(owners[place] for place in likely if is_one(lines[place].strip()))
    return found


def _short(text: str, longest: int) -> Iterator[str]:
    for line in text.split("\n"):
        if 1 < len(line) <= longest:
            yield line
        end = len(line.removesuffix("..."))
        for _ in range(SENTENCES):
            end = max(line.rfind(stop, 0, end) for stop in ".!?…")
            if end < 1 or len(line) > end + LONGEST_TAIL:
                break
            yield line[end + 1 :]
