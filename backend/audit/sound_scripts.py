"""Texts beyond ASCII that are surely read rightly, told as a whole by RE2 in a hundredth of the time that the careful
looks of `encoding` take: Cyrillic and Greek as these are written, and Chinese in its commoner signs.

What cannot be told so quickly is not said to be damaged; it is looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from backend.audit.sift import texts_that_are
from backend.audit.text import raw_asked
from backend.domain import Example

_ALPHABETS = ("А-ЯЁЄІЇҐЎЈЉЊЋЂЏ", "а-яёєіїґўјљњћђџ"), ("Α-ΩΆΈΉΊΌΎΏ", "α-ωάέήίόύώϊϋΐΰ")
_WITHIN = "!\"#$%&'()*+,./0-9:;<=>@\\[\\]\\\\^_`{|}~-"
"""Signs between words. No letter before a question mark and one behind it: that was a letter once."""
_AROUND = f"«»–—№{_WITHIN}"
_LEFT_OUT = "烫屯斤拷"
"""Signs of which the commonest garble is made."""


def _word(large: str, small: str) -> str:
    """A capital letter before small ones at most: those of another alphabet come out large and small in turn.

    By themselves `Р` and `С` begin half of all Cyrillic letters that are read as two signs.
    """
    alone = large.replace("А-Я", "А-ПТ-Я")
    return rf"(?:[{large}]?[{small}]+|[{alone}])"


@cache
def _pattern() -> str:
    """RE2, for a whole text."""
    words = "|".join(_word(*alphabet) for alphabet in _ALPHABETS)
    token = rf"[{_AROUND}]*(?:(?:{words})[{_WITHIN}]+)*(?:{words})?[{_AROUND}]*\?*[{_AROUND}]*"
    common = "".join(
        sign for first in range(0xB0, 0xD8) for second in range(0xA1, 0xFF)
        if (sign := bytes((first, second)).decode("gb2312", "ignore")) and sign not in _LEFT_OUT
    )  # fmt: skip
    chinese = rf"[{common}，。、：；！？（）《》“”0-9]+"
    return rf"\s*(?:(?:[!-~]+|{token}|{chinese})(?:\s+|\z))*"


def not_surely_sound(examples: Sequence[Example], likely: Sequence[int]) -> list[int]:
    """Those of the `likely` indices, in order, of rows with a text that is not told to be sound."""
    rows = [examples[at] for at in likely]
    said = [{raw_asked(row), row.answer, row.system} - {""} for row in rows]
    texts = [text for text in set().union(*said) if not text.isascii()]
    unsure = {*texts}.difference(map(texts.__getitem__, texts_that_are(texts, _pattern())[0]))
    return [at for at, told in zip(likely, said, strict=True) if not unsure.isdisjoint(told)]
