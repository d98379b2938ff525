"""What is asked during a latency test: distinct prompts, so that no cached beginning makes the answers look fast."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from backend.errors import InputError

Prompt = str | Sequence[Mapping[str, str]]
"""A user's message, or a whole chat."""

_PLACES = ("Oslo", "Lisbon", "Nairobi", "Toronto", "Seoul", "Quito", "Vienna", "Auckland")
_THINGS = ("kettle", "desk lamp", "pair of boots", "suitcase", "keyboard", "tent", "bicycle lock")
_TROUBLES = ("arrived late", "came with a part missing", "was charged twice", "works only now and then", "is too small")
_BUILT_IN = (
    "Case {number}. A customer in {place} writes that the {thing} ordered last week {trouble}. "
    "Write a friendly reply that says sorry, explains the next step and asks one question."
)
_WORDS = (
    "the of and to in is was that it for on with as at by from have this be not are but had his they all one her she "
    "there would their we him been has when who will more no if out so said what up its about into than them can only "
    "other new some could time these two may then do first any my now such like our over man me even most made after"
).split()
MAX_FILE_MIB = 64
_TURN = ("role", "content")


def endless(prompts: Sequence[Prompt] | None, numbered: bool = False, start: int = 0) -> Iterator[list[dict[str, str]]]:
    """Chats without end and without repetition: each given prompt once, then again with a number before it.

    `numbered`: with a number from the first time on, for an endpoint that has met these prompts before; numbers
    begin after `start`. None or an empty list: built-in customer-service prompts of about 45 tokens.
    """
    number = start
    while not prompts:
        number += 1
        text = _BUILT_IN.format(
            number=number,
            place=_PLACES[number % len(_PLACES)],
            thing=_THINGS[number % len(_THINGS)],
            trouble=_TROUBLES[number % len(_TROUBLES)],
        )
        yield [{"role": "user", "content": text}]
    seen: set[str] = set()
    while True:
        for prompt in prompts:
            chat = [{"role": "user", "content": prompt}] if isinstance(prompt, str) else [dict(turn) for turn in prompt]
            key = json.dumps(chat, sort_keys=True)
            if numbered or key in seen:
                number += 1
                # Where the person's own words begin: a shared system prompt may stay cached, as it would in use.
                place = next((at for at, turn in enumerate(chat) if turn["role"] == "user"), 0)
                chat[place] = {**chat[place], "content": f"({number}) {chat[place]['content']}"}
            seen.add(key)
            yield chat


def made_up(words: int, start: int) -> Iterator[list[dict[str, str]]]:
    """Chats of exactly `words` short everyday words in random order, no two alike; `start` seeds them."""
    draw = random.Random(start)  # noqa: S311 - filler text, no secret
    while True:
        yield [{"role": "user", "content": " ".join(draw.choices(_WORDS, k=max(1, words)))}]


def shared_beginning(prompts: Sequence[Prompt]) -> float:
    """The part of an average prompt (0–1, by characters) that all of them begin with: an honest cache may know it."""
    texts = [prompt if isinstance(prompt, str) else "\n".join(turn["content"] for turn in prompt) for prompt in prompts]
    if len(set(texts)) < 2:
        return 0.0
    lengths = sum(len(text) for text in texts) / len(texts)
    first, last = min(texts), max(texts)  # what these two share at the beginning, all share
    shared = next((at for at, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    return shared / lengths if lengths else 0.0


def read_prompts(path: Path) -> tuple[Prompt, ...]:
    """Prompts from a file: JSONL with "prompt", "messages" (all but a last answer), "instruction" and "input", or
    one plain-text prompt a line. Raises InputError naming the line.
    """
    try:
        if path.stat().st_size > MAX_FILE_MIB * 2**20:
            what = f"The prompt file is larger than {MAX_FILE_MIB} MiB."
            raise InputError(what, where=str(path), do="Give a sample of it.")
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError as error:
        raise InputError("The prompt file does not exist.", where=str(path)) from error
    except (OSError, UnicodeDecodeError) as error:
        do = "Give a UTF-8 text or JSONL file."
        raise InputError("The prompt file cannot be read.", where=str(path), why=str(error), do=do) from error
    as_json = path.suffix in (".jsonl", ".ndjson", ".json")
    found = tuple(
        _from_json(line, f"{path}, line {number}") if as_json else line.strip()
        for number, line in enumerate(lines, 1)
        if line.strip()
    )
    if not found:
        raise InputError("The prompt file holds no prompts.", where=str(path))
    return found


def _from_json(line: str, where: str) -> Prompt:
    how = 'Each line needs "prompt", "instruction" or "messages".'
    try:
        row: Any = json.loads(line)
    except ValueError as error:
        raise InputError("This line is not JSON.", where=where, why=str(error), do=how) from error
    if isinstance(row, str) and row.strip():
        return row
    if not isinstance(row, dict):
        raise InputError("This line holds no prompt.", where=where, do=how)
    if isinstance(row.get("messages"), list):
        return _chat(row["messages"], where)
    texts = [row.get(key) for key in ("prompt", "instruction", "input")]
    parts = [text for text in texts if isinstance(text, str) and text.strip()]
    if not parts:
        raise InputError("This line holds no prompt.", where=where, do=how)
    return "\n\n".join(parts)


def _chat(turns: list[Any], where: str) -> Prompt:
    chat = [turn for turn in turns if isinstance(turn, dict) and all(isinstance(turn.get(k), str) for k in _TURN)]
    if len(chat) != len(turns):
        raise InputError('Every message needs a "role" and a "content", both text.', where=where)
    if chat and chat[-1]["role"] == "assistant":
        chat = chat[:-1]  # the answer of a training row; what is measured is the question
    if not chat:
        raise InputError("This chat holds no question.", where=where)
    return tuple({"role": turn["role"], "content": turn["content"]} for turn in chat)
