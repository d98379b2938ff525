"""A first look over many texts at once: which of them hold a pattern at all. The careful look is for those alone.

Patterns are in the syntax of RE2, without looking around, and with `\\A` and `\\z`, not `^` and `$`, for the ends of a
text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from backend.audit.columns import answers, inputs, with_history
from backend.audit.scan import perhaps_holding
from backend.audit.sketch import blocks
from backend.domain import Example

if TYPE_CHECKING:
    import pyarrow

BLOCK = 32_000_000
"""Characters searched at a time, so that memory stays flat; RE2 compiles a pattern once for each block."""
PART = 262_144
"""Bytes looked at for digits at a time: they stay in the processor's cache."""
_COUNTED = re.compile(r"\{(\d),\d\d+\}")


def first_look(
    examples: Sequence[Example],
    patterns: Mapping[str, str],
    of_numbers: Mapping[str, str] | None = None,
    beyond_ascii: Mapping[str, str] | None = None,
) -> dict[str, list[int]]:
    """For each pattern by name (RE2 syntax, no looking around) the indices, ascending, of examples with a text that
    holds it. The patterns `of_numbers` are looked for in texts with a digit only, 0 to 9, those `beyond_ascii` in texts
    with a sign that is not of ASCII."""
    kinds = (patterns, of_numbers or {}, beyond_ascii or {})
    found: dict[str, set[int]] = {name: set() for kind in kinds for name in kind}
    for texts in (inputs(examples), answers(examples)):
        for name, at in _holding(texts, *kinds).items():
            found[name].update(at)
    with_system = [index for index, example in enumerate(examples) if example.system]
    systems = list({examples[index].system for index in with_system})
    for name, at in _holding(systems, *kinds).items():
        marked = {systems[place] for place in at}
        found[name].update(index for index in with_system if examples[index].system in marked)
    turns = [(index, turn.content) for index in with_history(examples) for turn in examples[index].history]
    for name, at in _holding([text for _, text in turns], *kinds).items():
        found[name].update(turns[place][0] for place in at)
    return {name: sorted(rows) for name, rows in found.items()}


def rows_holding(examples: Sequence[Example], pattern: str) -> list[int]:
    """Indices, ascending, of the examples where any text holds the pattern (RE2 syntax, no looking around)."""
    return first_look(examples, {"": pattern})[""]


def texts_holding(texts: Sequence[str], *patterns: str) -> list[list[int]]:
    """For each pattern (RE2 syntax, no looking around) the indices, ascending, of the texts that hold it. With RE2 each
    is looked for by itself."""
    found: list[list[int]] = [[] for _ in patterns]
    named = {str(number): pattern for number, pattern in enumerate(patterns)}
    for first, block in blocks(texts, BLOCK):
        for number, places in _search(*_encoded(block), named, together=False).items():
            found[int(number)].extend((first + places).tolist())
    return found


def texts_that_are(texts: Sequence[str], *patterns: str) -> list[list[int]]:
    """For each pattern (RE2 syntax, no looking around) the indices, ascending, of the texts it matches as a whole.

    By RE2, which leaves a text at the first sign that does not fit: so a pattern may be a very long one.
    """
    found: list[list[int]] = [[] for _ in patterns]
    for first, block in blocks(texts, BLOCK):
        packed = _packed(_encoded(block)[0])
        for pattern, places in zip(patterns, found, strict=True):
            places.extend((first + _matching(packed, rf"\A(?:{pattern})\z")).tolist())
    return found


def _holding(texts: Sequence[str], *kinds: Mapping[str, str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {name: [] for kind in kinds for name in kind}
    for first, block in blocks(texts, BLOCK):
        raw, whole = _encoded(block)
        beyond = np.array([at for at, text in enumerate(block) if not text.isascii()], np.int64)
        for some, patterns in zip((None, _with_digit(raw), beyond), kinds, strict=True):
            chosen = raw if some is None else [raw[at] for at in some.tolist()]
            for name, places in _search(chosen, whole, patterns, together=True).items():
                found[name].extend((first + (places if some is None else some[places])).tolist())
    return found


def _search(texts: Sequence[bytes], whole: bool, patterns: Mapping[str, str], together: bool) -> dict[str, np.ndarray]:
    """For each the indices, ascending, of the texts that hold it. What may hold it is found out first: by Hyperscan for
    all patterns at once, else by RE2, `together` and roughly. `whole`: no text holds half a character."""
    if not (patterns and texts):
        return {name: np.zeros(0, np.int64) for name in patterns}
    found = {
        name: some[_matching(_packed([texts[at] for at in some.tolist()]), patterns[name])]
        for name, some in (perhaps_holding(texts, patterns) if whole else {}).items()
    }
    rest = {name: pattern for name, pattern in patterns.items() if name not in found}
    if not rest:
        return found
    packed = _packed(texts)
    if len(rest) == 1 or not together:
        return found | {name: _matching(packed, pattern) for name, pattern in rest.items()}
    some = _matching(packed, "|".join(f"(?:{roughly(pattern)})" for pattern in rest.values()))
    likely = _packed([texts[at] for at in some.tolist()])
    return found | {name: some[_matching(likely, pattern)] for name, pattern in rest.items()}


def any_of(phrases: Iterable[str]) -> str:
    """A pattern for any of the phrases, whatever the case (RE2 syntax)."""
    return f"(?i:{'|'.join(re.escape(phrase) for phrase in phrases)})"


def roughly(pattern: str) -> str:
    """A pattern that finds all that this one finds and more, in a fraction of the time: counts of ten and more tell
    little, but a search that looks for everything at once has to remember every count it might be in."""
    return _COUNTED.sub(lambda count: "*" if count[1] == "0" else "+", pattern)


def _encoded(texts: Sequence[str]) -> tuple[list[bytes], bool]:
    """In UTF-8, and whether there is no half of a character among them."""
    try:
        return list(map(str.encode, texts)), True
    except UnicodeEncodeError:
        return [text.encode("utf-8", "surrogatepass") for text in texts], False


def _packed(texts: Sequence[bytes]) -> pyarrow.LargeStringArray:
    import pyarrow as pa

    ends = np.zeros(len(texts) + 1, dtype=np.int64)
    np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)), out=ends[1:])
    return pa.LargeStringArray.from_buffers(len(texts), pa.py_buffer(ends), pa.py_buffer(b"".join(texts)))


def _matching(texts: pyarrow.LargeStringArray, pattern: str) -> np.ndarray:
    """Indices, ascending, of the texts that hold it, as numpy's by hand: arrow's own way loads pandas."""
    import pyarrow.compute as pc

    places = pc.indices_nonzero(pc.match_substring_regex(texts, pattern))
    return np.frombuffer(places.buffers()[1], np.uint64, len(places), 8 * places.offset).astype(np.int64)


def _with_digit(texts: Sequence[bytes]) -> np.ndarray:
    """Indices, ascending, of the texts with an ASCII digit."""
    signs = np.frombuffer(b"".join(texts), np.uint8)
    parts = [np.flatnonzero(signs[at : at + PART] - np.uint8(ord("0")) < 10) + at for at in range(0, len(signs), PART)]
    digits = np.concatenate([*parts, np.zeros(0, np.int64)])
    ends = np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)))
    holding = np.searchsorted(ends, digits, side="right")
    return holding[np.flatnonzero(np.diff(holding, prepend=-1))]
