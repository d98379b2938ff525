"""Rows that ask exactly the same, apart from case, spaces and sentence marks."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

import numpy as np

from backend.audit.columns import with_system
from backend.audit.minhash import perhaps_shared
from backend.audit.text import asked, normal
from backend.domain import Example


def same_question(examples: Sequence[Example], keys: np.ndarray) -> list[int]:
    """For each example the index of the first that asks exactly the same.

    `keys` (examples,) are those of `sketch` over what stands before the answers: only rows that share one are read.
    """
    first = list(range(len(examples)))
    keys = keys ^ _of_systems(examples)
    some = perhaps_shared((keys >> np.uint64(32)).astype(np.uint32))
    in_order = np.sort(keys[some])
    shared = in_order[1:][in_order[1:] == in_order[:-1]]
    alike: dict[int, dict[tuple[object, ...], list[int]]] = {}  # key → what is asked, as written → its rows
    for index in some[np.isin(keys[some], shared)].tolist():
        example = examples[index]
        written = (example.system, example.history, example.input)
        alike.setdefault(int(keys[index]), {}).setdefault(written, []).append(index)
    for wordings in alike.values():
        known: dict[str, int] = {}
        for rows in wordings.values():
            start = known.setdefault(asked(examples[rows[0]]), rows[0]) if len(wordings) > 1 else rows[0]
            for index in rows:
                first[index] = start
    return first


def _of_systems(examples: Sequence[Example]) -> np.ndarray:
    """(examples,) a number for each system prompt, 0 where there is none."""
    found = np.zeros(len(examples), dtype=np.uint64)
    prompted = with_system(examples)
    codes = {
        text: crc32(normal(text).encode("utf-8", "surrogatepass")) << 32
        for text in {examples[at].system for at in prompted}
    }
    found[prompted] = [codes[examples[at].system] for at in prompted]
    return found
