"""Code fences around plain answers, and fences that only open or only close."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from backend.domain import Example, Task

FENCE = "```|~~~"
"""What every text with a code fence holds (RE2)."""
_FENCE = re.compile(
    r"\A\s*(?P<mark>```|~~~)(?:(?P<kind>[\w+-]*)[ \t]*(?:\n|(?=[{\[]))|[ \t]*+)"
    r"(?P<inside>.*?)(?:\n[ \t]*+|(?<=\S))(?P=mark)\s*\Z",
    re.S,
)
"""A text that is a code fence and nothing else."""
_CODE_SIGN = re.compile(
    r"[{}=<>|]|\$(?!\d)|\b[^\WA-Za-z_]*+[A-Za-z_]\w*+\(|;[ \t]*$|^[ \t]{2,}[^\s\d*•-]|^[ \t]*(?:- )?[a-z_]\w*:(?:\s|$)"
    r"|^[ \t]*[A-Z]{3,9} .{0,60}\b[A-Z]{4,}\b",
    re.M,
)
"""What lines of programs hold, and plain texts do not."""
_PLAIN_WORD = re.compile(
    r"[\"'“”‘’(*]*(?:[^\W\d_]+(?:['’，、-][^\W\d_]+)*|[\d.,:%€$£/-]+)[\"'“”‘’)*.,:;!?…。，！？]*|[-*•–—&]|\d+[.)]"
)
"""A word, a number or a sign of a list as texts write them."""
_REMARK = re.compile(r"(?<=\w )\([^()\n]{1,40}\)")
"""Where the fence says that it holds a text, a remark may be a formula: `daily balance (basis = 3)`."""
_NAMED = re.compile(r"(?<=[a-z],|[a-z] )[ ]?(?:\w+\.){0,4}\w+\(\)(?=,? [a-z]+ [a-z]|\.(?:\s|\Z))")
"""A function that a sentence names: `though using copy2() instead will do`."""
_ENDED_TWICE = re.compile(r"(?<=[a-z]{2})\((?:e?[srdn]|ies|ed|en|er|in|ing|al)\)(?=[\s.,;:!?)]|\Z)")
"""An ending that may be left away: `free(r)`, `the file(s)`."""
_EASTERN = re.compile(r"[\u3040-\u9fff]{4}[^\n]*[\u3040-\u9fff]{4}[^\n]*[。！？]")
"""A sentence of Chinese or Japanese, without a comment's sign before it."""
FEW_ASKED = 0.05
"""Share of questions in a fence, and nothing beside it, up to which the fence is no way of asking."""
PLAIN_SHARE = 0.85
"""Share of words written like words above which what a fence holds is a text."""
_MARK = re.compile(r"^[ \t]*(?:```|~~~)[\w+-]*[ \t]*$|```", re.M)
"""A line that opens or closes a fence, or three backticks anywhere."""


_TICKS = ("```", "~~~")
_STOPS = tuple(".!?…")
"""Marks at the end of a sentence."""


def rows_in_fences(examples: Sequence[Example], task: Task, fenced: Iterable[int]) -> set[int]:
    """Rows of answers in a fence that others do without, or with one that only opens or closes.

    `fenced` are the indices of examples that hold `FENCE`.
    """
    may_be = [examples[index] for index in fenced]
    whole = [(example.row, fence) for example in may_be if (fence := _whole(example.answer))]
    bare = {example.answer.strip() for example in examples if "`" not in example.answer} if whole else set()
    first, times = Counter(answer[:1] for answer in bare).most_common(1)[0] if bare else ("", 0)
    usual = first if times > len(bare) / 2 and first in ("{", "[") else None
    dressed = {row for row, fence in whole if task != "answer" or _is_prose(fence) or _is_like(fence, bare, usual)}
    dressed.update(example.row for example in may_be if _alone(example.answer) or _alone(example.input))
    asked = {e.row for e in may_be if (fence := _whole(e.input)) and _is_prose(fence)}
    return dressed | asked if len(asked) <= FEW_ASKED * len(examples) else dressed


def without(text: str) -> str:
    """The text without a fence around it, or one that stands alone."""
    fence = _whole(text)
    if fence:
        return fence.group("inside")
    alone = _alone(text)
    return text if alone is None else (text[: alone.start()].rstrip() + text[alone.end() :]).strip()


def _whole(text: str) -> re.Match[str] | None:
    """The text as a fence and nothing else."""
    return _FENCE.match(text) if text.rstrip().endswith(_TICKS) else None


def _alone(text: str) -> re.Match[str] | None:
    """The one fence of a text where it closes at the end what nothing opened, or opens what is no code, or whole JSON.
    Code that a fence opens is cut off."""
    marks = list(_MARK.finditer(text)) if text.count("```") < 2 else []  # else there are more, for each is one
    if len(marks) != 1:
        return None
    mark = marks[0]
    before, behind = text[: mark.start()].strip(), text[mark.end() :].strip()
    if not behind:
        return mark if before else None
    kind = mark.group().strip(" \t`~").lower()
    between = before[-1:] in _STOPS and _reads_as_prose(f"{behind}.", kind)  # sentences on both sides
    return mark if between or _reads_as_prose(behind, kind) or (not before and _is_json(behind)) else None


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return text[:1] in "{["


def _is_prose(fence: re.Match[str]) -> bool:
    """Sentences or a list of words, not code: nearly all words are plain ones, no line is like a program's."""
    return fence.group("mark") not in fence.group("inside") and _reads_as_prose(
        fence.group("inside").strip(), (fence.group("kind") or "").lower()
    )


def _reads_as_prose(text: str, kind: str) -> bool:
    """`kind`: what the fence says it holds, in lower case."""
    said = kind in ("text", "txt", "plain", "plaintext", "markdown", "md")
    if not (said or not kind):
        return False
    shown = _ENDED_TWICE.sub("", _NAMED.sub("", text if not said else _REMARK.sub("", text)))
    if kind not in ("md", "markdown") and _CODE_SIGN.search(shown):
        return False
    if _EASTERN.search(text):
        return True
    words = text.split()
    plain = sum(_PLAIN_WORD.fullmatch(word) is not None for word in words)
    if len(words) < 3 or plain < PLAIN_SHARE * len(words):
        return False
    return said or text[-1] in ".!?'\"”…。！？" or (len(words) >= 6 and (text[0].isupper() or text[0] in "-*•1"))


def _is_like(fence: re.Match[str], bare: Collection[str], usual: str | None) -> bool:
    """A label that others have without a fence, or JSON where most begin with `usual`, its bracket, and no fence."""
    inside = fence.group("inside").strip()
    return inside in bare or inside[:1] == usual
