"""Leftover markup: HTML, entities, tracking links, page furniture, and code fences around plain answers."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from backend.domain import Example, Task

WANTED_SHARE = 0.30
"""When so many rows hold it, it is what the task is about, not a leftover."""

_NAMES = (
    "div|span|br|hr|img|table|tbody|thead|tr|td|th|ul|ol|li|script|style|font|nav|footer|header|html|body|head|meta|"
    "link|button|form|iframe|center|blockquote|section|article|strong|em|h[1-6]|sup|sub|small|label|input"
)
_TAG = re.compile(
    rf"</?(?:{_NAMES})(?:\s[^<>]*)?/?>|<(p|a|b|i|u|s)(?:\s[^<>]*)?>(?=.*?</\1>)|</(?:p|a|b|i|u|s)>", re.I | re.S
)
_LINE_END = re.compile(r"<br\b|</(?:p|div|li|tr|h[1-6])\b", re.I)
_COMMENT = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1>", re.I | re.S)
_ENTITY = re.compile(
    r"&(?:nbsp|amp|lt|gt|quot|apos|rsquo|lsquo|rdquo|ldquo|ndash|mdash|hellip|copy|#\d{2,5}|#x[0-9a-f]{2,5});", re.I
)
_TRACKING = re.compile(r"https?://\S+[?&](?:utm_[a-z]+|fbclid|gclid|mc_eid|msclkid)=\S*", re.I)
_FURNITURE = re.compile(
    r"skip to (?:main )?content|accept (?:all )?cookies|share on (?:facebook|twitter|linkedin)"
    r"|click here to (?:un)?subscribe|subscribe to our newsletter|javascript (?:is|must be) (?:disabled|enabled)",
    re.I,
)
_HINTS = ("skip to", "cookies", "share on", "click here", "newsletter", "javascript")
_FENCE = re.compile(r"\A\s*```[\w+-]*[ \t]*\n(.*?)\n?[ \t]*```\s*\Z", re.S)
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]+`", re.S)


def markup(examples: Sequence[Example], task: Task) -> tuple[int, ...] | None:
    """Rows with leftovers; None when markup is so common that the task is about it."""
    rows = {example.row for example in examples if has_markup(example.input) or has_markup(example.answer)}
    if len(rows) > WANTED_SHARE * len(examples) and _tags_are_the_task(examples):
        return None
    if task != "answer":
        fenced = {example.row for example in examples if _FENCE.match(example.answer)}
        if len(fenced) <= WANTED_SHARE * len(examples):
            rows |= fenced
    return tuple(sorted(rows))


def has_markup(text: str) -> bool:
    """Code in backticks is left out: there tags are meant."""
    if not any(sign in text for sign in ("<", "&", "://")):
        lower = text.lower()
        return any(hint in lower for hint in _HINTS) and _FURNITURE.search(text) is not None
    plain = _CODE.sub(" ", text) if "`" in text else text
    return any(found.search(plain) for found in (_TAG, _ENTITY, _TRACKING, _COMMENT, _FURNITURE))


def stripped(text: str) -> str:
    """Tags and fences taken away, entities and tracking links made plain; the words stay."""
    fence = _FENCE.match(text)
    if fence:
        return fence.group(1)
    if not has_markup(text):
        return text
    text = _COMMENT.sub("", text)
    text = _TAG.sub(lambda tag: "\n" if _LINE_END.match(tag.group()) else "", text)
    text = html.unescape(text).replace("\xa0", " ")
    text = _TRACKING.sub(lambda link: link.group().split("?")[0], text)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]*\n[ \t]*", "\n", text)).strip()


def _tags_are_the_task(examples: Sequence[Example]) -> bool:
    """Markup in answers too, or opened and closed like a document: HTML is wanted, not left over."""
    tagged = sum(bool(_TAG.search(example.answer)) for example in examples)
    structured = sum(bool(re.search(r"<(html|div|table|ul|form|p)\b.*</\1>", e.input, re.I | re.S)) for e in examples)
    return max(tagged, structured) > WANTED_SHARE * len(examples)
