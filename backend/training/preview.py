"""What becomes of every token of a row: read only (masked), learnt (trained), or not used (cut).

Told from the pairs and the labels the trainer gets, not from the text: what is shown is what happens.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

from backend.audit.hide import private_spans
from backend.domain import Example, Message, Prompt
from backend.models.load import load_tokenizer, stops_of
from backend.models.resolve import resolve
from backend.prompts.encode import Encoded, as_text, encode, token_ids
from backend.prompts.render import render
from backend.training.pairs import IGNORED, Collate, fit

Fate = Literal["masked", "trained", "cut"]
COVER = "•"
UNSEEN = 2
"""Tokens looked back at while turning ids into text: a character may be spread over several tokens."""


@dataclass(frozen=True)
class Token:
    """One token as text; empty when it holds only a part of a character, which comes with a later token."""

    id: int
    text: str
    fate: Fate


@dataclass(frozen=True)
class TokenRow:
    """A row token by token. `notes` say in words what a person should know about it."""

    row: int
    tokens: tuple[Token, ...]
    notes: tuple[str, ...] = ()

    def count(self, fate: Fate) -> int:
        """How many tokens have this fate."""
        return sum(token.fate == fate for token in self.tokens)


@dataclass(frozen=True)
class TokenPreview:
    """Some rows token by token; of all rows how many are used, and how many tokens are read and learnt."""

    rows: tuple[TokenRow, ...]
    used: int
    too_long: tuple[int, ...]
    masked: int
    trained: int
    max_length: int


def preview(
    model: str, home: Any, prompt: Prompt, examples: Sequence[Example], max_length: int, count: int = 4
) -> TokenPreview:
    """All of `examples` are encoded; the shortest and the longest that fit, some drawn (always the same) and one that
    is too long are shown. Raises InputError when the model's chat template refuses a conversation."""
    folder = resolve(model, home)
    tokenizer = load_tokenizer(folder.path)
    stops = stops_of(folder.path, tokenizer)
    length = min(max_length, folder.context_tokens)
    fitted = fit(tokenizer, prompt, examples, stops, length)
    left_out = set(fitted.too_long)
    kept = fitted.rows
    pairs = {example.row: pair for example, pair in zip(kept, fitted.pairs, strict=True)}
    chosen = _some(kept, pairs, max(1, count - bool(left_out)))
    chosen += [example for example in examples if example.row in left_out][: 1 if count > 1 or not kept else 0]
    return TokenPreview(
        rows=tuple(fates(tokenizer, prompt, example, stops, length) for example in chosen),
        used=len(kept),
        too_long=fitted.too_long,
        masked=sum(len(pair.prompt) for pair in fitted.pairs),
        trained=sum(len(pair.answer) for pair in fitted.pairs),
        max_length=length,
    )


def fates(tokenizer: Any, prompt: Prompt, example: Example, stops: frozenset[int], max_length: int) -> TokenRow:
    """Every token of one row with its fate. What the template writes after the end of the answer is cut."""
    messages = render(prompt, example)
    fitted = fit(tokenizer, prompt, [example], stops, max_length)
    pair = fitted.pairs[0] if fitted.pairs else encode(tokenizer, messages, example.answer, stops)
    used = [*pair.prompt, *pair.answer]
    if fitted.pairs:
        batch = Collate(tokenizer.pad_token_id, 0)(fitted.pairs)
        labels = batch["labels"][0].tolist()
        assert batch["input_ids"][0].tolist() == used  # a row by itself needs no padding
        fate: list[Fate] = ["masked" if label == IGNORED else "trained" for label in labels]
    else:
        fate = ["cut"] * len(used)
    tail = _after(tokenizer, messages, example.answer, pair)
    pieces = texts(tokenizer, [*used, *tail])
    shown = covered(pieces)
    notes = _notes(tokenizer, messages, pair, max_length)
    if shown != pieces:
        notes.append(f"Private data is covered ({COVER}) here only: the model reads it as it stands in your data.")
    tokens = zip([*used, *tail], shown, [*fate, *["cut"] * len(tail)], strict=True)
    return TokenRow(
        example.row,
        tuple(Token(token, piece, one) for token, piece, one in tokens),  # type: ignore[arg-type]
        tuple(notes),
    )


def covered(pieces: Sequence[str]) -> list[str]:
    """The pieces of one text with a sign in the place of each character of personal data and secrets."""
    signs = list("".join(pieces))
    for start, end, _ in private_spans("".join(signs)):
        signs[start:end] = COVER * (end - start)
    rest = iter(signs)
    return ["".join(islice(rest, len(piece))) for piece in pieces]


def texts(tokenizer: Any, ids: Sequence[int]) -> list[str]:
    """The text of each token, so that all together are the text of the whole; empty for a part of a character."""
    pieces = []
    start = read = 0
    for end in range(1, len(ids) + 1):
        before, now = (_text(tokenizer, ids[start:upto]) for upto in (read, end))
        if now.endswith("\ufffd") and end < len(ids):
            pieces.append("")
            continue
        pieces.append(now[len(before) :])
        start, read = max(read - UNSEEN, 0), end
    return pieces


def _text(tokenizer: Any, ids: Sequence[int]) -> str:
    return str(tokenizer.decode(list(ids), skip_special_tokens=False, clean_up_tokenization_spaces=False))


def _after(tokenizer: Any, messages: Sequence[Message], answer: str, pair: Encoded) -> list[int]:
    """What the template writes after the last token that is learnt: a line end, mostly."""
    if not pair.exact:
        return []
    whole = token_ids(tokenizer, as_text(tokenizer, [*messages, Message(role="assistant", content=answer)], False))
    used = [*pair.prompt, *pair.answer]
    return whole[len(used) :] if whole[: len(used)] == used else []


def _notes(tokenizer: Any, messages: Sequence[Message], pair: Encoded, max_length: int) -> list[str]:
    notes = []
    if len(pair) > max_length:
        notes.append(
            f"Left out: {len(pair):,} tokens, and at most {max_length:,} are allowed (max_length). "
            "Half an answer must not be learnt."
        )
    if not pair.exact:
        notes.append(
            "The chat template writes a finished answer otherwise than an answer to come; the answer is learnt right "
            "after the prompt as it is asked in use."
        )
    asked = as_text(tokenizer, messages, True)
    notes += [
        f"The model's chat template leaves out the {message.role} message: the model never sees it."
        for message in messages
        if message.content.strip() and message.content.strip() not in asked
    ]
    return notes


def _some(kept: Sequence[Example], pairs: dict[int, Encoded], count: int) -> list[Example]:
    if len(kept) <= count:
        return list(kept)
    by_length = sorted(kept, key=lambda example: len(pairs[example.row]))
    ends = [by_length[0], by_length[-1]][:count]
    drawn = random.Random(0).sample(by_length[1:-1], max(0, count - len(ends)))  # noqa: S311 (always the same)
    return sorted([*ends, *drawn], key=lambda example: example.row)
