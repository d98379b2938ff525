"""Rows token by token, each marked as read only, learnt or cut: in colours, and in words beside them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from advisor.cards import esc, section
from advisor.words import count_of, printable

if TYPE_CHECKING:
    from rich.text import Text

    from backend.training.preview import Token, TokenPreview, TokenRow

NAMES = {"masked": "read only", "trained": "LEARNT", "cut": "cut"}
"""The same in words: nothing is told by colour alone."""
STYLES = {"masked": "dim", "trained": "bold underline green", "cut": "strike red"}
EXPLAINED = (
    "Read only (masked): the model sees these tokens and is not taught to write them. Learnt (trained): the answer and "
    "the sign that ends it. Cut: not used at all."
)
PART = "◌"
"""Stands for a token that holds only a part of a character."""
LONG = 400
"""Tokens of one kind in a row beyond which the middle is left out of the view."""


def totals(seen: TokenPreview) -> str:
    """What of all training rows is used, in one sentence."""
    left = f" {count_of(len(seen.too_long), 'row')} over {seen.max_length:,} tokens left out." if seen.too_long else ""
    return (
        f"{count_of(seen.used, 'row')}: {seen.masked:,} tokens are read only, {seen.trained:,} are learnt "
        f"(the answers with their end).{left}"
    )


def heading(row: TokenRow) -> str:
    """A row's number and how many of its tokens have which fate."""
    counts = [(row.count(fate), name.lower()) for fate, name in NAMES.items()]  # type: ignore[arg-type]
    return f"Row {row.row}: " + ", ".join(f"{number:,} {name}" for number, name in counts if number)


def lines(row: TokenRow) -> Iterator[Text]:
    """For a terminal: a line for each stretch of one fate, its name in front, tokens parted by thin bars."""
    from rich.text import Text

    for fate, tokens in _stretches(row):
        line = Text(f"{NAMES[fate]:>9} ", style="" if fate == "trained" else "dim")
        for place, token in enumerate(tokens):
            if place:
                line.append("|", style="dim")
            line.append(token, style=STYLES[fate])
        yield line


def page(seen: TokenPreview) -> str:
    """For the app: the same as HTML, each stretch labelled in words, with another line under its tokens."""
    parts = [section("What it will learn, token by token", f"{totals(seen)} {EXPLAINED}")]
    for row in seen.rows:
        parts.append(f"<h3>{esc(heading(row))}</h3>")
        parts += [f'<p class="soft">{esc(note)}</p>' for note in row.notes]
        parts.append('<dl class="tw-tokens">')
        for fate, tokens in _stretches(row):
            shown = "".join(f"<span>{esc(token)}</span>" for token in tokens)
            parts.append(f'<dt class="is-{fate}">{NAMES[fate].capitalize()}</dt><dd class="is-{fate}">{shown}</dd>')
        parts.append("</dl>")
    return "".join(parts)


def _stretches(row: TokenRow) -> Iterator[tuple[str, list[str]]]:
    for fate, group in groupby(row.tokens, key=lambda token: token.fate):
        tokens = [_shown(token) for token in group]
        if len(tokens) > LONG:
            rest = len(tokens) - LONG
            tokens = [*tokens[: LONG // 2], f"… {rest:,} more tokens …", *tokens[-LONG // 2 :]]
        yield fate, tokens


def _shown(token: Token) -> str:
    return printable(token.text.replace("\n", "⏎").replace("\t", "⇥").replace(" ", "·")) or PART
