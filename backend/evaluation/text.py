"""Ways to put two texts on an equal footing before they are compared."""

from __future__ import annotations

import re
import unicodedata

OUTER = "\"'`´“”‘’«»*_.,:;!?()[]{}<>…"
"""Punctuation that people and models put around an answer. Not + - # / %, which can be the answer."""

WORD = re.compile(r"[^\W_]+")


def folded(text: str) -> str:
    """Unicode NFKC, case folded, runs of white space made one space, none at the ends."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def bare(text: str) -> str:
    """Folded, and without the punctuation around it."""
    return folded(text).strip(OUTER + " ")


def words(text: str) -> list[str]:
    """The words of a text: runs of letters and digits of any script, case folded."""
    return WORD.findall(folded(text))
