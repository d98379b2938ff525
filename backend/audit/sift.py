"""A first look over many texts at once: which of them hold a pattern at all. The careful look is for those alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from backend.audit.sketch import blocks
from backend.domain import Example

if TYPE_CHECKING:
    import pyarrow

BLOCK = 32_000_000
"""Characters searched at a time, so that memory stays flat; a pattern is compiled once for each block."""
PART = 262_144
"""Bytes looked at for digits at a time: they stay in the processor's cache."""
_UP_TO = re.compile(r"\{0,\d\d+\}")


def first_look(
    examples: Sequence[Example], patterns: Mapping[str, str], of_numbers: Mapping[str, str] | None = None
) -> dict[str, list[int]]:
    """For each pattern by name (RE2 syntax, no looking around) the indices, ascending, of examples with a text that
    holds it. The patterns `of_numbers` are looked for in texts with a digit only, 0 to 9."""
    of_numbers = of_numbers or {}
    found: dict[str, set[int]] = {name: set() for name in (*patterns, *of_numbers)}
    for texts in ([example.input for example in examples], [example.answer for example in examples]):
        for name, at in _holding(texts, patterns, of_numbers).items():
            found[name].update(at)
    with_system = [index for index, example in enumerate(examples) if example.system]
    systems = list({examples[index].system for index in with_system})
    for name, at in _holding(systems, patterns, of_numbers).items():
        marked = {systems[place] for place in at}
        found[name].update(index for index in with_system if examples[index].system in marked)
    turns = [(index, turn.content) for index, example in enumerate(examples) for turn in example.history]
    for name, at in _holding([text for _, text in turns], patterns, of_numbers).items():
        found[name].update(turns[place][0] for place in at)
    return {name: sorted(rows) for name, rows in found.items()}


def rows_holding(examples: Sequence[Example], pattern: str) -> list[int]:
    """Indices, ascending, of the examples where any text holds the pattern (RE2 syntax, no looking around)."""
    return first_look(examples, {"": pattern})[""]


def texts_holding(texts: Sequence[str], *patterns: str) -> list[list[int]]:
    """For each pattern (RE2 syntax, no looking around) the indices, ascending, of the texts that hold it."""
    found: list[list[int]] = [[] for _ in patterns]
    for first, block in blocks(texts, BLOCK):
        packed = _packed(block)
        for pattern, places in zip(patterns, found, strict=True):
            places.extend((first + _search(packed, {"": pattern})[""]).tolist())
    return found


def _holding(texts: Sequence[str], patterns: Mapping[str, str], of_numbers: Mapping[str, str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {name: [] for name in (*patterns, *of_numbers)}
    for first, block in blocks(texts, BLOCK):
        packed = _packed(block)
        with_digit = _with_digit(packed)
        for name, places in _search(packed, patterns).items():
            found[name].extend((first + places).tolist())
        for name, places in _search(_taken(packed, with_digit), of_numbers).items():
            found[name].extend((first + with_digit[places]).tolist())
    return found


def _search(texts: pyarrow.LargeStringArray, patterns: Mapping[str, str]) -> dict[str, np.ndarray]:
    """For each the indices, ascending, of the texts that hold it. Any of them is looked for in all texts at once,
    roughly; each of them exactly where that was found."""
    any_roughly = "|".join(f"(?:{roughly(pattern)})" for pattern in patterns.values())
    some = _matching(texts, any_roughly) if patterns else np.zeros(0, np.int64)
    if any_roughly == f"(?:{next(iter(patterns.values()), '')})":  # one pattern, as it is
        return {name: some for name in patterns}
    likely = _taken(texts, some)
    return {name: some[_matching(likely, pattern)] for name, pattern in patterns.items()}


def any_of(phrases: Iterable[str]) -> str:
    """A pattern for any of the phrases, whatever the case (RE2 syntax)."""
    return f"(?i:{'|'.join(re.escape(phrase) for phrase in phrases)})"


def roughly(pattern: str) -> str:
    """A pattern that finds all that this one finds and more, in a fraction of the time: `{0,n}` counts for little, but
    a search that looks for everything at once has to remember every count it might be in."""
    return _UP_TO.sub("*", pattern)


def _packed(texts: Sequence[str]) -> pyarrow.LargeStringArray:
    import pyarrow as pa

    try:
        raw = list(map(str.encode, texts))
    except UnicodeEncodeError:  # half a character
        raw = [text.encode("utf-8", "surrogatepass") for text in texts]
    ends = np.zeros(len(raw) + 1, dtype=np.int64)
    np.cumsum(np.fromiter(map(len, raw), np.int64, len(raw)), out=ends[1:])
    return pa.LargeStringArray.from_buffers(len(raw), pa.py_buffer(ends), pa.py_buffer(b"".join(raw)))


def _matching(texts: pyarrow.LargeStringArray, pattern: str) -> np.ndarray:
    """Indices, ascending, of the texts that hold it, as numpy's by hand: arrow's own way loads pandas."""
    import pyarrow.compute as pc

    places = pc.indices_nonzero(pc.match_substring_regex(texts, pattern))
    return np.frombuffer(places.buffers()[1], np.uint64, len(places), 8 * places.offset).astype(np.int64)


def _taken(texts: pyarrow.LargeStringArray, places: np.ndarray) -> pyarrow.LargeStringArray:
    import pyarrow as pa

    return texts.take(pa.Array.from_buffers(pa.int64(), len(places), [None, pa.py_buffer(places)]))


def _with_digit(texts: pyarrow.LargeStringArray) -> np.ndarray:
    """Indices, ascending, of the texts with an ASCII digit."""
    _, ends, signs = texts.buffers()
    signs = np.frombuffer(signs, np.uint8)
    parts = [np.flatnonzero(signs[at : at + PART] - np.uint8(ord("0")) < 10) + at for at in range(0, len(signs), PART)]
    digits = np.concatenate([*parts, np.zeros(0, np.int64)])
    holding = np.searchsorted(np.frombuffer(ends, np.int64), digits, side="right") - 1
    return holding[np.flatnonzero(np.diff(holding, prepend=-1))]
