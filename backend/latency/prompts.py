"""What is asked during a latency test: distinct prompts, so that no cached beginning makes the answers look fast."""

from __future__ import annotations

import json
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
MAX_FILE_MIB = 64
_TURN = ("role", "content")


def endless(prompts: Sequence[Prompt] | None) -> Iterator[list[dict[str, str]]]:
    """Chats without end and without repetition: each given prompt once, then again with a number before it.

    None or an empty list: built-in customer-service prompts of about 45 tokens.
    """
    number = 0
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
            if key in seen:
                number += 1
                # At the very start of the chat, where a cached beginning would otherwise match.
                chat[0] = {**chat[0], "content": f"({number}) {chat[0]['content']}"}
            seen.add(key)
            yield chat


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
