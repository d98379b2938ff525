"""The fixed instruction in front of the inputs, where nearly all begin with the same paragraph."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache

from rapidfuzz.fuzz import partial_ratio

from backend.audit.same_thing import say_the_same

MOST, LOOK_AT = 0.6, 200
"""Share of the inputs that begin with it, of so many looked at; others may lack what should stand behind it."""
LIKE, MOST_MORE = 85, 30
"""Likeness of the letters (%) from which two paragraphs may say the same, and characters that a courtesy adds."""
END = "\n\n"
"""What stands between an instruction and what it is asked of (`backend/data/mapping.py`)."""


def fixed_opening(texts: Sequence[str]) -> str:
    """The paragraph, with the blank line behind it; empty where there is none."""
    some = texts[:: max(1, len(texts) // LOOK_AT)]
    heads = Counter(text[: text.find(END)] for text in some if END in text)
    head, times = heads.most_common(1)[0] if heads else ("", 0)
    return head + END if head and times >= MOST * len(some) else ""


def without_opening(texts: Sequence[str], opening: str) -> list[str]:
    """The texts without the opening, be it mistyped or with a courtesy."""
    instruction = opening.removesuffix(END)

    @cache
    def is_opening(head: str) -> bool:
        near = abs(len(head) - len(instruction)) <= MOST_MORE and partial_ratio(head, instruction) >= LIKE
        return near and say_the_same(head, instruction)

    def bare(text: str) -> str:
        head, end, rest = text.partition(END)
        return rest if end and is_opening(head) else text

    return [text[len(opening) :] if text.startswith(opening) else bare(text) for text in texts]
