"""Lists of patterns, read once from the TOML files beside: what pages are known to have, what stands for an answer."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

_PART = re.compile(r"<([a-z]+)>")


@cache
def listed(file: str) -> dict[str, Any]:
    """What `file`.toml beside holds."""
    return tomllib.loads(Path(__file__).with_name(f"{file}.toml").read_text(encoding="utf-8"))


def lines(file: str, name: str) -> str:
    """The alternatives of a list. Raises KeyError for a list that does not exist."""
    return _joined(file, listed(file)[name])


def in_parts(file: str, name: str, parts: int) -> tuple[str, ...]:
    """The alternatives of a list shared out over so many patterns, where one would not fit into RE2's automaton."""
    each = listed(file)[name].strip("\n").replace("\n  ", "").split("\n")
    return tuple(_joined(file, "\n".join(each[at::parts])) for at in range(parts))


def part(file: str, name: str) -> str:
    """A part of many lines, such as `site`. Raises KeyError for one that does not exist."""
    return _joined(file, listed(file)["parts"][name])


def _joined(file: str, text: str) -> str:
    pattern = text.strip("\n").replace("\n  ", "").replace("\n", "|")
    return _PART.sub(lambda name: part(file, name[1]), pattern)


@cache
def _together(name: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    pieces, telling = (listed(name)["together"][kind].split() for kind in ("pieces", "telling"))
    some = "|".join(sorted({*pieces, *telling}, key=len, reverse=True))
    return re.compile(rf"(?:{some}|[\W\d])+"), re.compile("|".join(telling))


def told_by_pieces(name: str, text: str) -> bool | None:
    """Whether a text in a language without spaces has a telling piece of that list; None where it holds other words."""
    if text.isascii():
        return None
    pieces, telling = _together(name)
    return telling.search(text) is not None if pieces.fullmatch(text) else None
