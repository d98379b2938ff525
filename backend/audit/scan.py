"""Which of many texts hold one of a few phrases: the cheap look before the dear one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from backend.audit.sift import texts_holding


def any_of(phrases: Iterable[str]) -> str:
    """A pattern for any of the phrases, whatever the case (RE2 syntax)."""
    return f"(?i:{'|'.join(re.escape(phrase) for phrase in phrases)})"


def holding(texts: Sequence[str], phrases: Iterable[str]) -> list[int]:
    """Indices, ascending, of the texts that hold any of the phrases, whatever the case."""
    return texts_holding(texts, any_of(phrases))
