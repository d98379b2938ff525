"""Hiding what is private: personal data and secrets give way to their kind wherever a text is shown or written down."""

from __future__ import annotations

from backend.audit.personal import Span, find_personal
from backend.audit.secrets import find_secrets


def private_spans(text: str) -> list[Span]:
    """(start, end, kind) of every secret and every piece of personal data, in order, none overlapping another."""
    spans: list[Span] = [(start, end, "secret") for start, end in find_secrets(text)]
    known = list(spans)
    for start, end, kind in find_personal(text):
        if all(end <= other_start or start >= other_end for other_start, other_end, _ in known):
            spans.append((start, end, kind))
    return sorted(spans)


def hide(text: str) -> str:
    """The text with each of them replaced, as in `<EMAIL>` or `<SECRET>`. Hide first, then cut: half a key is one too."""
    for start, end, kind in reversed(private_spans(text)):
        text = f"{text[:start]}<{kind.upper()}>{text[end:]}"
    return text
