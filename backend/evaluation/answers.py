"""How an answer is read off what a model wrote: a label only where it is unambiguous."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from backend.domain import Example
from backend.evaluation.text import bare, folded

UNREAD = ""
"""Stands for an answer in which no label could be read; it equals no label, so it is scored as wrong."""

DENIAL = re.compile(r"\b(?:not|no|never|neither|nor|isn['’]t|wasn['’]t|non-)\s*(?:an?\s+|the\s+|very\s+)?$")
"""A denial right before a label: "not positive" does not say positive."""


def labels_of(examples: Iterable[Example]) -> tuple[str, ...]:
    """The distinct answers, stripped; the most frequent first, then by alphabet."""
    counted = Counter(example.answer.strip() for example in examples)
    return tuple(sorted(counted, key=lambda label: (-counted[label], label)))


def parse_label(text: str, labels: Sequence[str]) -> str | None:
    """The label a free answer gives, spelled as in `labels`; None where it gives none or more than one.

    Read in this order: the whole text is a label; the first line is one, punctuation and case aside; exactly
    one label stands in the first line as a word of its own; exactly one stands in the whole text. A longer label
    hides a shorter one inside it ("not spam" is not "spam"), and a denied label ("not positive") makes the
    answer unreadable, for what it says instead is a guess.

    >>> parse_label("The sentiment is **Positive**.", ("negative", "positive"))
    'positive'
    >>> parse_label("positive or negative", ("negative", "positive")) is None
    True
    """
    return _reader(tuple(labels)).read(text)


@dataclass(frozen=True)
class _Reader:
    labels: tuple[str, ...]
    by_text: dict[str, str | None]  # folded and bare spellings; None where two labels share one
    pattern: re.Pattern[str]

    def read(self, text: str) -> str | None:
        if text.strip() in self.labels:
            return text.strip()
        lines = [line for line in text.splitlines() if line.strip()]
        if not lines:
            return None
        for spelling in (folded(lines[0]), bare(lines[0]), bare(lines[0].strip().removeprefix("- "))):
            if spelling in self.by_text:
                return self.by_text[spelling]
        for part in (folded(lines[0]), folded(text)):
            found = self._found(part)
            if found:
                return found.pop() if len(found) == 1 else None
        return None

    def _found(self, text: str) -> set[str | None]:
        """The labels in a folded text; a denied one counts as None beside itself, which is two readings."""
        found: set[str | None] = set()
        for match in self.pattern.finditer(text):
            found.add(self.by_text[match.group(0)])
            if DENIAL.search(text[: match.start()]):
                found.add(None)
        return found


@lru_cache(maxsize=64)
def _reader(labels: tuple[str, ...]) -> _Reader:
    by_text: dict[str, str | None] = {}
    for spell in (folded, bare):  # an exact spelling goes before one without its punctuation
        spellings = Counter(spell(label) for label in labels)
        for label in labels:
            if spell(label):
                by_text.setdefault(spell(label), label if spellings[spell(label)] == 1 else None)
    longest_first = sorted(by_text, key=len, reverse=True)
    # Not \b: labels such as C++ or -1 begin or end with signs that are part of them.
    either = "|".join(map(re.escape, longest_first)) or r"(?!)"
    return _Reader(labels, by_text, re.compile(rf"(?<![\w+#-])(?:{either})(?![\w+#]|-\w)"))


def read_answers(outputs: Sequence[str], task: str, labels: Sequence[str] = ()) -> list[str]:
    """What is scored: the label for `classify` (UNREAD where there is none), else the stripped text."""
    if task == "classify":
        return [parse_label(output, labels) or UNREAD for output in outputs]
    return [output.strip() for output in outputs]


def unreadable(outputs: Sequence[str], labels: Sequence[str]) -> int:
    """How many answers give no label that could be read."""
    return sum(parse_label(output, labels) is None for output in outputs)
