"""From messages to token ids: what the model reads (prompt) and what it learns to write (answer and its end)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backend.domain import Message
from backend.errors import InputError


@dataclass(frozen=True)
class Encoded:
    """A training pair in token ids. `answer` ends with a stop token; `exact` is False where the fallback was used."""

    prompt: tuple[int, ...]
    answer: tuple[int, ...]
    exact: bool = True

    def __len__(self) -> int:
        return len(self.prompt) + len(self.answer)


def as_text(tokenizer: Any, messages: Sequence[Message], generate: bool) -> str:
    """The conversation in the model's chat template; with `generate`, open for the assistant's turn."""
    from jinja2 import TemplateError

    turns = [{"role": message.role, "content": message.content} for message in messages]
    try:
        return str(tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=generate))
    except TemplateError as error:
        raise InputError(
            "The model's chat template does not take this conversation.",
            why=str(error),
            do="Some models know no system message: put it into the prompt's own text.",
        ) from error


def prompt_ids(tokenizer: Any, messages: Sequence[Message]) -> list[int]:
    """Token ids of the conversation, open for the answer: exactly what an OpenAI-style server makes of the messages."""
    return token_ids(tokenizer, as_text(tokenizer, messages, generate=True))


def encode(tokenizer: Any, messages: Sequence[Message], answer: str, stops: frozenset[int]) -> Encoded:
    """Prompt ids and answer ids with the stop token.

    The answer's ids are those of the whole conversation in the template, minus the prompt's. Where the template or
    the tokenizer does not keep the prompt as a prefix of the whole, the rest of the text is tokenised by itself:
    at inference the model continues the prompt's own ids, so that is what it must learn to continue.
    """
    opened = as_text(tokenizer, messages, generate=True)
    whole = as_text(tokenizer, [*messages, Message(role="assistant", content=answer)], generate=False)
    prompt = token_ids(tokenizer, opened)
    if not whole.startswith(opened):  # the template rewrites the turn, or has no mark for the assistant's turn
        return Encoded(tuple(prompt), _ended(token_ids(tokenizer, answer), stops, tokenizer), exact=False)
    ids = token_ids(tokenizer, whole)
    exact = ids[: len(prompt)] == prompt
    rest = ids[len(prompt) :] if exact else token_ids(tokenizer, whole[len(opened) :])
    return Encoded(tuple(prompt), _ended(rest, stops, tokenizer), exact)


def token_lengths(
    tokenizer: Any, pairs: Sequence[tuple[Sequence[Message], str]], stops: frozenset[int]
) -> list[tuple[int, int]]:
    """(prompt tokens, answer tokens with the stop token) of each pair, as `encode` makes them with these stops."""
    encoded = (encode(tokenizer, messages, answer, stops) for messages, answer in pairs)
    return [(len(pair.prompt), len(pair.answer)) for pair in encoded]


def token_ids(tokenizer: Any, text: str) -> list[int]:
    """The ids of a text the template made, and nothing added to them."""
    # The template already wrote the special tokens as text.
    return list(tokenizer(text, add_special_tokens=False)["input_ids"])


def _ended(ids: list[int], stops: frozenset[int], tokenizer: Any) -> tuple[int, ...]:
    """Cut after the last stop token (templates add a line end after it), or add one."""
    for position in range(len(ids) - 1, -1, -1):
        if ids[position] in stops:
            return tuple(ids[: position + 1])
    return (*ids, tokenizer.eos_token_id)
