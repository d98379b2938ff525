"""A first look over many texts at once: which of them hold a pattern at all. The careful look is for those alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from backend.audit.sketch import blocks
from backend.domain import Example

BLOCK = 16_000_000
"""Characters searched at a time, so that memory stays flat; a pattern is compiled once for each block."""


def first_look(examples: Sequence[Example], patterns: Mapping[str, str]) -> dict[str, list[int]]:
    """For each pattern by name (RE2 syntax, no looking around) the indices, ascending, of examples with a text that
    holds it."""
    found: dict[str, set[int]] = {name: set() for name in patterns}
    count = len(examples)
    for texts in ([example.input for example in examples], [example.answer for example in examples]):
        for name, at in _holding(texts, patterns).items():
            found[name].update(at)
    systems = list({example.system for example in examples} - {""})
    for name, at in _holding(systems, patterns).items():
        marked = {systems[place] for place in at}
        found[name].update(index for index in range(count) if marked and examples[index].system in marked)
    turns = [(index, turn.content) for index, example in enumerate(examples) for turn in example.history]
    for name, at in _holding([text for _, text in turns], patterns).items():
        found[name].update(turns[place][0] for place in at)
    return {name: sorted(rows) for name, rows in found.items()}


def rows_holding(examples: Sequence[Example], pattern: str) -> list[int]:
    """Indices, ascending, of the examples where any text holds the pattern (RE2 syntax, no looking around)."""
    return first_look(examples, {"": pattern})[""]


def texts_holding(texts: Sequence[str], pattern: str) -> list[int]:
    """Indices, ascending, of the texts that hold the pattern (RE2 syntax, no looking around)."""
    return _holding(texts, {"": pattern})[""]


def _holding(texts: Sequence[str], patterns: Mapping[str, str]) -> dict[str, list[int]]:
    import pyarrow as pa
    import pyarrow.compute as pc

    found: dict[str, list[int]] = {name: [] for name in patterns}
    for first, block in blocks(texts, BLOCK):
        raw = [text.encode() if text.isascii() else text.encode("utf-8", "surrogatepass") for text in block]
        ends = np.concatenate([[0], np.cumsum(np.fromiter(map(len, raw), np.int64, len(raw)))])
        array = pa.LargeStringArray.from_buffers(len(raw), pa.py_buffer(ends), pa.py_buffer(b"".join(raw)))
        for name, pattern in patterns.items():
            holds = pc.match_substring_regex(array, pattern).to_numpy(zero_copy_only=False)
            found[name].extend((np.flatnonzero(holds) + first).tolist())
    return found

