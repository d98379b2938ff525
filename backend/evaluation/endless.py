"""Answers that never stop: generation ran into the length limit although the right answer is shorter."""

from __future__ import annotations

from collections.abc import Sequence


def endless_rows(
    rows: Sequence[int], generated_tokens: Sequence[int], reference_tokens: Sequence[int], limit: int
) -> tuple[int, ...]:
    """The rows whose answer used up `limit` tokens while the reference needs fewer. Tokens without the end token."""
    return tuple(
        row
        for row, made, wanted in zip(rows, generated_tokens, reference_tokens, strict=True)
        if made >= limit > wanted
    )
