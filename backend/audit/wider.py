"""A pattern made over for `sift`: it finds all that a careful one finds and more, without looking around.

So what a first look sorts out is told by the very pattern that the careful look uses, and never by a copy of it.
"""

from __future__ import annotations

import re
import re._constants as sre  # type: ignore[import-not-found]  # there since Python 3.11, no types for it
import re._parser as parser  # type: ignore[import-not-found]
from typing import Any

ENDLESS = 9
"""Times from which on "so often" becomes "however often": a search that counts has to remember every count."""
_SPACES = r"\s\x{0b}\x{1c}-\x{1f}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}"
_KINDS = {
    sre.CATEGORY_DIGIT: (r"\p{Nd}", "0-9"),
    sre.CATEGORY_NOT_DIGIT: (r"\P{Nd}", r"\P{Nd}"),
    sre.CATEGORY_SPACE: (_SPACES, r"\s"),
    sre.CATEGORY_NOT_SPACE: (r"\S", r"!-~"),
    sre.CATEGORY_WORD: (r"\w\x{80}-\x{10ffff}", r"\w"),
    sre.CATEGORY_NOT_WORD: (r"\W", r"\x{00}-/:-@\x{5b}-\x{5e}`\x{7b}-\x{7f}"),
}
"""Kinds of signs: at least these, which RE2 and Hyperscan take, and at most these."""


def wider(*patterns: re.Pattern[str]) -> str:
    """One pattern (RE2, no looking around) that every text holds in which one of the patterns finds something.

    Where a text is searched from a place on, or up to one, that is no end of it.
    """
    return "|".join(f"(?:{_Written(pattern).whole()})" for pattern in patterns)


class _Written:
    """One pattern, taken apart as Python does it, and put together again."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self._parts = parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
        self._small, self._dotall = (bool(pattern.flags & flag) for flag in (re.IGNORECASE, re.DOTALL))
        self._groups: dict[int, str] = {}

    def whole(self) -> str:
        """All of it."""
        written = self._all(self._parts, first=True, last=True)
        return f"(?i:{written})" if self._small else written

    def _all(self, parts: Any, first: bool, last: bool) -> str:
        """Parts one behind the other. `first`: nothing stands before them in the pattern; `last`: nothing behind."""
        end = len(parts) - 1
        return "".join(
            self._part(kind, value, first and at == 0, last and at == end) for at, (kind, value) in enumerate(parts)
        )

    def _part(self, kind: Any, value: Any, first: bool, last: bool) -> str:
        if kind is sre.BRANCH:
            written = f"(?:{'|'.join(self._all(branch, first, last) for branch in value[1])})"
        elif kind is sre.SUBPATTERN:
            written = self._group(value, first, last)
        elif kind is sre.ATOMIC_GROUP:
            written = f"(?:{self._all(value, first, last)})"
        elif kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            written = self._again(*value)
        elif kind in (sre.ASSERT, sre.ASSERT_NOT):
            written = self._around(kind is sre.ASSERT, value, first, last)
        elif kind is sre.GROUPREF:
            written = self._groups[value]
        else:
            written = self._one(kind, value)
        return written

    def _one(self, kind: Any, value: Any) -> str:
        """One sign; nothing for a place, such as the end of a word."""
        signs = {sre.ANY: "(?s:.)" if self._dotall else r"[^\n]", sre.GROUPREF_EXISTS: "(?s:.)*"}
        if kind is sre.IN:
            return _set(value)
        if kind in (sre.LITERAL, sre.NOT_LITERAL):
            return _sign(value) if kind is sre.LITERAL else f"[^{_sign(value)}]"
        return signs.get(kind, "")

    def _group(self, value: Any, first: bool, last: bool) -> str:
        number, more, less, parts = value
        was = self._dotall
        self._dotall = (was or bool(more & re.DOTALL)) and not less & re.DOTALL
        cased = "i" if more & re.IGNORECASE else "-i" if less & re.IGNORECASE else ""
        written = f"(?{cased}:{self._all(parts, first, last)})"
        self._dotall = was
        if number is not None:
            self._groups[number] = f"(?{cased}:{self._all(parts, False, False)})"
        return written

    def _again(self, fewest: int, most: Any, parts: Any) -> str:
        written = self._all(parts, False, False)
        if most is sre.MAXREPEAT or most > ENDLESS:
            times = "*" if fewest == 0 else "+" if fewest == 1 else f"{{{min(fewest, 1000)},}}"
        else:
            times = f"{{{fewest},{most}}}"
        return f"(?:{written}){times}" if written else ""

    def _around(self, wanted: bool, value: Any, first: bool, last: bool) -> str:
        """What must stand before the pattern, or behind it, is a part of it; elsewhere it is left out."""
        direction, parts = value
        at_edge = first if direction < 0 else last
        if not at_edge:
            return ""
        if wanted:
            return self._all(parts, first, last)
        if len(parts) != 1 or parts[0][0] is not sre.IN:
            return ""
        edge = r"\A" if direction < 0 else r"\z"
        return f"(?:{edge}|{_set([(sre.NEGATE, None), *parts[0][1]])})"


def _sign(code: int) -> str:
    sign = chr(code)
    return sign if sign.isalnum() and sign.isascii() else rf"\x{{{code:x}}}"


def _set(items: Any) -> str:
    """A set of signs. What it is not, is told by as few signs as may be."""
    negated = items[0][0] is sre.NEGATE
    written = []
    for kind, value in items[negated:]:
        if kind is sre.LITERAL:
            written.append(_sign(value))
        elif kind is sre.RANGE:
            written.append(f"{_sign(value[0])}-{_sign(value[1])}")
        else:
            written.append(_KINDS[value][negated])
    return f"[{'^' if negated else ''}{''.join(written)}]"
