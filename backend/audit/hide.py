"""Hiding what is private: personal data and secrets give way to their kind wherever a text is shown or written down."""

from __future__ import annotations

import os
import re
from dataclasses import replace

from backend.audit.personal import Span, find_personal, with_kinds
from backend.audit.secrets import find_secrets
from rules.facts import DataFacts


def private_spans(text: str) -> list[Span]:
    """(start, end, kind) of every secret and every piece of personal data, in order, none overlapping another."""
    known: list[Span] = [(start, end, "secret") for start, end in find_secrets(text)]
    personal = find_personal(text)
    if not known:
        return list(personal)
    apart = [span for span in personal if all(span[1] <= start or span[0] >= end for start, end, _ in known)]
    return sorted([*known, *apart])


def hide(text: str) -> str:
    """The text with each of them replaced, as in `<EMAIL>`. Hide first, then cut: half a key is a secret too."""
    return with_kinds(text, private_spans(text))


def hide_keys(text: str) -> str:
    """The text without the keys, tokens and passwords that this process was given in its environment, or in a URL."""
    text = re.sub(r"//[^/\s:@]+:[^/\s@]+@", "//[secret]@", text)
    for name, value in os.environ.items():
        if len(value) >= 8 and name.upper().endswith(("KEY", "TOKEN", "SECRET", "PASSWORD")):
            text = text.replace(value, "[secret]")
    return text


def without_private(facts: DataFacts) -> DataFacts:
    """The facts of an audit with nothing private in them: labels and reasons are the only words of the data there."""
    spellings, counts = facts.label_spellings, facts.label_counts
    return replace(
        facts,
        unreadable=tuple((row, hide(reason)) for row, reason in facts.unreadable),
        broken_conversations=tuple((row, hide(reason)) for row, reason in facts.broken_conversations),
        label_counts=None if counts is None else tuple((hide(label), rows) for label, rows in counts),
        label_spellings=None if spellings is None else tuple(tuple(map(hide, group)) for group in spellings),
    )
