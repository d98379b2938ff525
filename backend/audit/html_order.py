"""Whether HTML is in order: every tag whole, and every element closed that HTML wants closed.

HTML need not be XML: `<br>` and `<input required>` are in order, and an item of a list may end without a tag.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

MAIN_SHARE = 0.80
"""Share of tagged answers with no other names than those of HTML from which they are HTML, and no XML: our choice."""
LOOK_AT = 500
"""Most texts that are looked at for that, at even distances."""
MOST_OPEN = 0.10
"""Share of the answers up to which those are slips that leave open what HTML lets stay open, `<li>`; above it that is
how the file is written: our choice."""

_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
"""Elements that hold nothing, and have no tag at their end."""
_MAY_STAY_OPEN = frozenset(
    "body caption colgroup dd dt head html li optgroup option p rp rt tbody td tfoot th thead tr".split()
)
_MUST_CLOSE = frozenset(
    "a abbr address article aside audio b bdi bdo big blockquote button canvas center cite code data datalist del "
    "details dfn dialog div dl em fieldset figcaption figure font footer form h1 h2 h3 h4 h5 h6 header hgroup i iframe "
    "ins kbd label legend main map mark math menu meter nav noscript object ol output picture pre progress q ruby s "
    "samp script search section select slot small span strike strong style sub summary sup svg table template textarea "
    "time title tt u ul var video".split()
)
_KNOWN = _VOID | _MAY_STAY_OPEN | _MUST_CLOSE
_NAME = re.compile(r"</?([A-Za-z][\w:.-]*+)")
_ATTRIBUTES = (
    r"""(?:\s+[^\s"'<>/=]++(?:\s*=\s*(?:"(?:[^"<]|<(?![A-Za-z/]))*+"|'(?:[^'<]|<(?![A-Za-z/]))*+'|[^\s"'<>=`]++))?)*+"""
)
_RAW = "(?:script|style|textarea)"
"""Elements in which signs mean nothing."""
_PART = re.compile(
    rf"<!--.*?-->|<!doctype\b[^<>]*>|<(?P<raw>{_RAW})\b{_ATTRIBUTES}\s*>.*?</(?P=raw)\s*>"
    rf"|<(?P<end>/?)(?!{_RAW}\b)(?P<name>[a-z][\w:.-]*+){_ATTRIBUTES}\s*(?P<closed>/?)>"
    r"|[^<]++|<(?![a-z/!?])",
    re.IGNORECASE | re.DOTALL,
)
"""A comment, a tag, a text. Where none of these stands HTML is broken, and nothing behind is looked at: so the time
grows with the text."""


def is_html(texts: Sequence[str]) -> bool:
    """Whether most of these tagged texts have the names of HTML alone, or names with a hyphen, which pages may add."""
    some = texts[:: len(texts) // LOOK_AT + 1]
    return sum(map(_has_names_of_html, some)) >= MAIN_SHARE * len(some)


def _has_names_of_html(text: str) -> bool:
    names = {name.lower() for name in _NAME.findall(text)}
    return all(name in _KNOWN or "-" in name for name in names) or not names.isdisjoint(("svg", "math"))


def out_of_order(texts: Collection[str], every: int) -> set[str]:
    """Those of the texts, some of `every` answer, that are broken; and those that leave open what may stay open, where
    they are few."""
    left_open: set[str] = set()
    broken: set[str] = set()
    for text in texts:
        still_open = _still_open(text)
        (broken if still_open is None else left_open if still_open else set()).add(text)
    return broken | left_open if len(left_open) <= MOST_OPEN * every else broken


def _still_open(text: str) -> bool | None:
    """Whether elements stay open, as they may, where their end follows from what comes next; None for broken HTML."""
    within: list[str] = []
    at, found = 0, False
    while at < len(text):
        part = _PART.match(text, at)
        if part is None:
            return None
        at = part.end()
        name = (part["name"] or "").lower()
        if not name or part["closed"] or (name in _VOID and not part["end"]):
            continue
        if not part["end"]:
            within.append(name)
            continue
        while within and within[-1] != name and within[-1] in _MAY_STAY_OPEN:
            within.pop()
            found = True
        if not within or within.pop() != name:
            return None
    return (found or bool(within)) if _MAY_STAY_OPEN.issuperset(within) else None
