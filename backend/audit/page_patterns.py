"""The lines that web pages are known to have, as patterns: read once from `page_lines.toml`."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

_PART = re.compile(r"<([a-z]+)>")


@cache
def _listed() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("page_lines.toml").read_text(encoding="utf-8"))


def lines(name: str) -> str:
    """The alternatives of a list. Raises KeyError for a list that does not exist."""
    return _joined(_listed()[name])


def part(name: str) -> str:
    """A part of many lines, such as `site` or `item`. Raises KeyError for one that does not exist."""
    return _joined(_listed()["parts"][name])


def _joined(text: str) -> str:
    pattern = text.strip("\n").replace("\n  ", "").replace("\n", "|")
    return _PART.sub(lambda name: part(name[1]), pattern)
