"""Placeholder answers: TODO, N/A, lorem ipsum and other stand-ins for an answer that was never written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from statistics import median

from backend.audit.sift import rows_holding
from backend.domain import Example, Task

LONGEST = 120
"""Characters. A stand-in is short, but for lorem ipsum."""
LABEL_SHARE = 0.05
"""A label of that share of the rows is a label."""
REMARK_SHARE = 0.30
"""Where answers are texts, so many equal ones are what the task wants, however odd."""
TEXT_WORDS = 4
"""Median words of an answer from which on answers are texts and not labels."""

_THING = r"(?:answers?|responses?|repl(?:y|ies)|completions?|outputs?|texts?|content|summary|translation|label|value)"
_ALWAYS = re.compile(
    rf"""
    (?:to[ -]?do|tbd|tbc|tba|tbw|fixme|xxx+|wip)(?:\s*[:.!–—-].*|\s+later.*)?
    |(?:to\s+be|needs\s+to\s+be|will\s+be)\s+(?:done|determined|added|completed|written|filled(?:\s+in)?|announced
        |decided
        |defined|confirmed|provided|supplied|updated|continued)(?:\s+(?:later|soon|here))?
    |(?:insert|enter|type|write|put|add|provide|place|paste)\s+(?:your|the|an?|some)?\s*(?:\w+\s+)?{_THING}(?:\s+here)?
    |(?:your|the)?\s*(?:\w+\s+)?{_THING}\s+(?:goes|go|comes|belongs|to\s+go)\s+(?:in\s+)?here
    |your\s+(?:\w+\s+)?{_THING}(?:\s+here)?
    |{_THING}\s+here
    |(?:sample|dummy|test|place-?holder|filler|example|default|mock)\s+{_THING}
    |place-?holders?(?:\s+\w+)?
    |(?:no|missing|empty)\s?-?(?:input|output|answer|response)|answer\s+(?:missing|pending|unknown)|pending
    |fill\s+(?:me|this|it)?\s*in(?:\s+later)?|coming\s+soon|work\s+in\s+progress|under\s+construction|change\s?me
    |(?:asdf|qwer|qwerty|hjkl|jkl|zxcv|fdsa)(?:asdf|qwer|ty|jkl|zxcv|gh|fdsa|\s)*
    |(?:test[\s,.]*){{1,4}}|(?:bla+h?[\s,.]*){{2,}}|foo\s?bar(?:\s?baz)?|lorem(?:\s+ipsum)?
    """,
    re.IGNORECASE | re.VERBOSE,
)
SOME = "(?i:lorem ipsum|dolor sit amet, consectetur)"
"""What a long stand-in holds (RE2)."""
_SLOT = re.compile(
    rf"[\[<{{(%$#_]+\s*(?:\w+[ _-]){{0,3}}(?:{_THING}|to-?do|tbd|tba|place-?holder|input|blank"
    rf"|here)(?:[ _-]\w+)?\s*[\]>}})%_]+",
    re.IGNORECASE,
)
_MAYBE = re.compile(
    r"#?\s*(?:n\.?\s?/?\s?a\.?|none|null|nan|nil|undefined|empty|missing|unknown|not\s+(?:available|applicable"
    r"|provided|found|given)"
    rf"|no\s+(?:{_THING}|data|information|comment|result)s?(?:\s+(?:provided|given|available|found|yet|needed))?|blank"
    r"|test|pending|default|value|label|content|text)[.!]?|[-–—_.…?*/\\=~ ]+|[?!]+",
    re.IGNORECASE,
)
"""Stand-ins that are also real labels or findings: counted while they are rare and the task has no use for them."""
_EDGES = re.compile(r"^[\[({<\"'*`_]+|[\])}>\"'*`_:!]+$")


def placeholders(examples: Sequence[Example], task: Task, likely: Sequence[int] | None = None) -> tuple[int, ...]:
    """Rows whose whole answer is a stand-in, or that holds lorem ipsum.

    `likely` are the indices of examples that hold `SOME`, where known already.
    """
    words = [len(example.answer[: 2 * LONGEST].split()) for example in examples[:: max(1, len(examples) // 2_000)]]
    answers_are_texts = bool(words) and median(words) >= TEXT_WORDS
    lorem = set(rows_holding(examples, SOME) if likely is None else likely)
    plain = {
        example.row: " ".join(example.answer[: 2 * LONGEST].split())
        for index, example in enumerate(examples)
        if len(example.answer.strip()) <= LONGEST or index in lorem
    }
    shares = Counter(text.casefold() for text in plain.values())
    most = (REMARK_SHARE if answers_are_texts else LABEL_SHARE) * len(examples)
    maybe = task not in ("extract", "structured")
    verdicts = {
        text: _stands_in(text, maybe, rare=shares[text.casefold()] <= max(1, most))
        for text in set(plain.values())
    }
    return tuple(row for row, text in plain.items() if verdicts[text])


def _stands_in(text: str, maybe: bool, rare: bool) -> bool:
    maybe = maybe and rare
    if not text:
        return False
    lower = text.casefold()
    if "lorem ipsum dolor" in lower or "dolor sit amet, consectetur" in lower or lower.startswith("lorem ipsum"):
        return True
    if len(text) > LONGEST:
        return False
    if maybe and _MAYBE.fullmatch(text):
        return True
    bare = _EDGES.sub("", text).strip().rstrip(".").strip()
    if maybe and bare and _MAYBE.fullmatch(bare):
        return True
    return rare and bool(_ALWAYS.fullmatch(bare) or _SLOT.fullmatch(text))
