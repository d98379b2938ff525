"""Hiding what is private: personal data and secrets give way to their kind wherever a text is shown or written down."""

from __future__ import annotations

from backend.audit.personal import Span, find_personal
from backend.audit.secrets import find_secrets


def private_spans(text: str) -> list[Span]:
    """(start, end, kind) of every secret and every piece of personal data, in order, none overlapping another."""
    known: list[Span] = [(start, end, "secret") for start, end in find_secrets(text)]
    personal = find_personal(text)
    if not known:
        return personal
    apart = [span for span in personal if all(span[1] <= start or span[0] >= end for start, end, _ in known)]
    return sorted([*known, *apart])


def hide(text: str) -> str:
    """The text with each of them replaced, as in `<EMAIL>`. Hide first, then cut: half a key is a secret too."""
    for start, end, kind in reversed(private_spans(text)):
        text = f"{text[:start]}<{kind.upper()}>{text[end:]}"
    return text
