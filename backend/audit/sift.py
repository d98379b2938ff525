"""A first look over many texts at once: which of them hold a pattern at all. The careful look is for those alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from backend.domain import Example

BLOCK = 2_000_000
"""Characters searched at a time, so that memory stays flat."""


def rows_holding(examples: Sequence[Example], pattern: str) -> list[int]:
    """Indices, ascending, of the examples where any text holds the pattern (RE2 syntax, no looking around)."""
    found = set(texts_holding([example.input for example in examples], pattern))
    found.update(texts_holding([example.answer for example in examples], pattern))
    systems = list({example.system for example in examples} - {""})
    if systems:
        marked = {systems[at] for at in texts_holding(systems, pattern)}
        found.update(index for index, example in enumerate(examples) if marked and example.system in marked)
    turns = [(index, turn.content) for index, example in enumerate(examples) for turn in example.history]
    found.update(turns[at][0] for at in texts_holding([text for _, text in turns], pattern))
    return sorted(found)


def texts_holding(texts: Sequence[str], pattern: str) -> list[int]:
    """Indices, ascending, of the texts that hold the pattern (RE2 syntax, no looking around)."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found: list[int] = []
    for first, block in _blocks(texts):
        raw = [text.encode("utf-8", "surrogatepass") for text in block]
        ends = np.concatenate([[0], np.cumsum(np.fromiter(map(len, raw), np.int64, len(raw)))])
        array = pa.LargeStringArray.from_buffers(len(raw), pa.py_buffer(ends), pa.py_buffer(b"".join(raw)))
        holds = pc.match_substring_regex(array, pattern).to_numpy(zero_copy_only=False)
        found.extend((np.flatnonzero(holds) + first).tolist())
    return found


def _blocks(texts: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    block: list[str] = []
    first = size = 0
    for place, text in enumerate(texts):
        block.append(text)
        size += len(text)
        if size >= BLOCK:
            yield first, block
            block, first, size = [], place + 1, 0
    if block:
        yield first, block
