"""The fixed instruction in front of the inputs, where nearly all begin with the same paragraph."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

MOST, LOOK_AT = 0.6, 200
"""Share of the inputs that begin with it, of so many looked at; others may lack what should stand behind it."""
END = "\n\n"
"""What stands between an instruction and what it is asked of (`backend/data/mapping.py`)."""


def fixed_opening(texts: Sequence[str]) -> str:
    """The paragraph, with the blank line behind it; empty where there is none."""
    some = texts[:: max(1, len(texts) // LOOK_AT)]
    heads = Counter(text[: text.find(END)] for text in some if END in text)
    head, times = heads.most_common(1)[0] if heads else ("", 0)
    return head + END if head and times >= MOST * len(some) else ""
