"""A first look over many texts at once: which of them hold a pattern at all. The careful look is for those alone.

Patterns are in the syntax of RE2, without looking around, and with `\\A` and `\\z`, not `^` and `$`, for the ends of a
text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from backend.audit.columns import answer_column, input_column, with_history, with_system
from backend.audit.scan import Scanner, joined
from backend.audit.sketch import blocks, ends_of
from backend.domain import Example

if TYPE_CHECKING:
    import pyarrow

BLOCK = 32_000_000
"""Characters searched by RE2 at a time, so that memory stays flat; it compiles a pattern once for each block."""
PART = 1_000_000
"""Bytes scanned at a time: they stay in the processor's cache."""
LOOK_AT = 500
"""Answers that tell whether they are labels."""
MANY_LIKELY = 1_000
"""Rows likely by a first look above which they are looked at once more, all at once and by careful patterns."""
_NONE = np.zeros(0, np.int64)
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
    rows = np.arange(len(examples))
    prompted, told = with_system(examples), with_history(examples)
    turns = [(at, turn.content) for at in told for turn in examples[at].history]
    columns = [input_column(examples), answer_column(examples)]
    again: list[tuple[Iterable[int], list[str]]] = [(prompted, [examples[at].system for at in prompted])]
    if 2 * len(set(columns[1].texts[:LOOK_AT])) < len(columns[1].texts[:LOOK_AT]):  # labels
        again.append((range(len(examples)), columns.pop().texts))
    different = dict.fromkeys(chain.from_iterable(said for _, said in again))  # each is looked at once
    others = [*(text for _, text in turns), *different]
    texts = [*chain.from_iterable(column.texts for column in columns), *others]
    sizes = [*(column.sizes for column in columns), np.fromiter(map(len, others), np.int64, len(others))]
    owners = np.concatenate([*(rows for _ in columns), np.array([at for at, _ in turns], np.int64)])
    found: dict[str, list[int]] = {}
    looked = _holding(texts, patterns, of_numbers, beyond_ascii, sizes=np.concatenate(sizes))
    for name, places in looked.items():
        split = bisect_left(places, len(owners))
        marked = {texts[place] for place in places[split:]}
        of_marked = [at for having, said in again for at, text in zip(having, said, strict=True)
                     if text in marked] if marked else []  # fmt: skip
        found[name] = sorted({*owners[places[:split]].tolist(), *of_marked})
    return found


def rows_holding(examples: Sequence[Example], pattern: str) -> list[int]:
    """Indices, ascending, of the examples where any text holds the pattern (RE2 syntax, no looking around)."""
    return first_look(examples, {"": pattern})[""]


def texts_holding(texts: Sequence[str], *patterns: str) -> list[list[int]]:
    """For each pattern (RE2 syntax, no looking around) the indices, ascending, of the texts that hold it. With RE2 each
    is looked for by itself."""
    found = _holding(texts, {str(number): pattern for number, pattern in enumerate(patterns)}, together=False)
    return [found[str(number)] for number in range(len(patterns))]


def rows_among(examples: Sequence[Example], among: Sequence[int], patterns: Mapping[str, str]) -> dict[str, list[int]]:
    """As `first_look`, of the rows of these indices alone, by RE2: for patterns so long that Hyperscan does not take
    them, or takes long to make ready."""
    said = [_said(examples[at]) for at in among]
    different = list(dict.fromkeys(chain.from_iterable(said)))
    found: dict[str, list[int]] = {}
    for name, places in zip(patterns, by_re2(different, *patterns.values()), strict=True):
        held = {different[place] for place in places.tolist()}
        found[name] = [at for at, texts in zip(among, said, strict=True) if not held.isdisjoint(texts)] if held else []
    return found


def by_re2(texts: Sequence[str], *patterns: str) -> list[np.ndarray]:
    """For each pattern (RE2 syntax, no looking around) the indices, ascending, of the texts that hold it."""
    return _confirmed(texts, [np.arange(len(texts))], *patterns)


def texts_that_are(texts: Sequence[str], *patterns: str) -> list[list[int]]:
    """For each pattern (RE2 syntax, no looking around) the indices, ascending, of the texts it matches as a whole.

    By RE2, which leaves a text at the first sign that does not fit: so a pattern may be a very long one.
    """
    found: list[list[int]] = [[] for _ in patterns]
    for first, block in _packed(texts) if texts else ():
        for pattern, places in zip(patterns, found, strict=True):
            places.extend((first + _matching(block, rf"\A(?:{pattern})\z")).tolist())
    return found


def _said(example: Example) -> list[str]:
    """All texts of a row."""
    texts = [example.input, example.answer, *(turn.content for turn in example.history)]
    return [*texts, example.system] if example.system else texts


def _holding(
    texts: Sequence[str],
    patterns: Mapping[str, str],
    of_numbers: Mapping[str, str] | None = None,
    beyond_ascii: Mapping[str, str] | None = None,
    *,
    together: bool = True,
    sizes: np.ndarray | None = None,
) -> dict[str, list[int]]:
    """As `first_look`, of texts, whose `sizes` (texts,) may be known. By Hyperscan, else by RE2, `together` and roughly
    at first."""
    kinds = [patterns, of_numbers or {}, beyond_ascii or {}]
    ends = ends_of(texts) if sizes is None else np.cumsum(sizes)
    scanners = [Scanner(kind, int(ends[-1]) if texts else 0) for kind in kinds]
    surely, likely = ({name: [_NONE] for kind in kinds for name in kind} for _ in range(2))
    characters = np.diff(ends, prepend=0)
    for first, part in blocks(texts, PART, ends) if texts else ():
        raw, whole = _encoded(part)
        signs = joined(raw)
        sizes = signs.sizes()
        with_digit = signs.with_digit() if of_numbers else None
        beyond = np.flatnonzero(sizes > characters[first : first + len(part)]) if beyond_ascii else None
        for kind, scanner, some in zip(kinds, scanners, (None, with_digit, beyond), strict=True):
            chosen = np.arange(len(raw)) if some is None else some
            scanned = {}
            if whole and len(chosen):
                part_of = signs if some is None else joined([raw[at] for at in some.tolist()], sizes[some])
                scanned = scanner.holding(part_of)
            for name in kind:
                if name in scanned:
                    surely[name].append(first + chosen[scanned[name]])
                else:
                    likely[name].append(first + chosen)
    found: dict[str, list[int]] = {}
    for kind, scanner in zip(kinds, scanners, strict=True):
        for name in scanner.names:  # RE2 looks where the search was given up
            rest = _confirmed(texts, likely[name], kind[name])[0]
            found[name] = np.sort(np.concatenate([*surely[name], rest])).tolist()
        others = {name: pattern for name, pattern in kind.items() if name not in found}
        unscanned = likely[next(iter(others))] if others else []
        if together and len(others) > 1:
            unscanned = _confirmed(texts, unscanned, "|".join(f"(?:{roughly(one)})" for one in others.values()))
        for name, places in zip(others, _confirmed(texts, unscanned, *others.values()), strict=True):
            found[name] = places.tolist()
    return found


def _confirmed(texts: Sequence[str], likely: Sequence[np.ndarray], *patterns: str) -> list[np.ndarray]:
    """For each pattern the indices, ascending, of those of the likely texts that hold it, by RE2."""
    some = np.concatenate([*likely, _NONE])
    chosen = texts if len(some) == len(texts) else [texts[at] for at in some.tolist()]
    places: list[list[np.ndarray]] = [[_NONE] for _ in patterns]
    for first, block in _packed(chosen) if patterns and chosen else ():
        for pattern, found in zip(patterns, places, strict=True):
            found.append(first + _matching(block, pattern))
    return [some[np.concatenate(found)] for found in places]


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


def _packed(texts: Sequence[str]) -> Iterator[tuple[int, pyarrow.LargeStringArray]]:
    """(place of the first text, texts) block by block. There must be a text."""
    import pyarrow as pa

    for first, block in blocks(texts, BLOCK):
        raw, _ = _encoded(block)
        ends = np.zeros(len(raw) + 1, dtype=np.int64)
        np.cumsum(np.fromiter(map(len, raw), np.int64, len(raw)), out=ends[1:])
        yield first, pa.LargeStringArray.from_buffers(len(raw), pa.py_buffer(ends), pa.py_buffer(b"".join(raw)))


def _matching(texts: pyarrow.LargeStringArray, pattern: str) -> np.ndarray:
    """Indices, ascending, of the texts that hold it, as numpy's by hand: arrow's own way loads pandas."""
    import pyarrow.compute as pc

    places = pc.indices_nonzero(pc.match_substring_regex(texts, pattern))
    return np.frombuffer(places.buffers()[1], np.uint64, len(places), 8 * places.offset).astype(np.int64)
