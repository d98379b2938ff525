"""Placeholder answers: TODO, N/A, lorem ipsum and other stand-ins for an answer that was never written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from backend.domain import Example, Task

ALWAYS = frozenset(
    ("todo", "tbd", "tba", "fixme", "to do", "to be done", "to be determined", "placeholder", "xxx", "xxxx", "asdf",
     "<noinput>", "<nooutput>", "nooutput", "noinput", "your answer here", "answer here", "answer goes here",
     "insert answer here", "enter your answer here", "lorem ipsum", "fill me in", "coming soon")
)  # fmt: skip
MAYBE = frozenset(
    ("n/a", "na", "n.a", "none", "null", "nan", "nil", "undefined", "-", "--", "...", "…", "not available")
)
"""Stand-ins that are also real labels or findings: counted while they are rare and the task has no use for them."""
LABEL_SHARE = 0.05
"""A label of that share of the rows is a label."""


def placeholders(examples: Sequence[Example], task: Task) -> tuple[int, ...]:
    """Rows whose whole answer is a stand-in, or that holds lorem ipsum."""
    plain = {example.row: _plain(example.answer) for example in examples}
    shares = Counter(plain.values())
    maybe = {
        text
        for text in MAYBE
        if task not in ("extract", "structured") and shares[text] <= LABEL_SHARE * len(examples)
    }
    return tuple(
        row for row, text in plain.items() if text in ALWAYS or text in maybe or text.startswith("lorem ipsum dolor")
        or (" lorem ipsum dolor sit amet" in text)
    )


def _plain(answer: str) -> str:
    text = " ".join(answer[:2000].casefold().split())
    inner = re.sub(r"^[\[({<\"'*]+|[\])}>\"'*:!]+$", "", text).strip()
    inner = inner if inner in ("...", "--", "-") else inner.rstrip(".") or inner
    return inner or text
