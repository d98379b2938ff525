"""Which columns mean what, and turning records into examples.

What cannot be turned into one becomes `data.unreadable` or `data.broken_conversations` (rules of the same names).
"""

from __future__ import annotations

import difflib
import json
import math
from collections.abc import Iterable
from itertools import repeat

from backend.audit.hide import hide
from backend.data.chat import BrokenConversation, read_conversation
from backend.data.table import Table
from backend.domain import Example, Mapping
from backend.errors import InputError

BROKEN = "broken conversation: "
"""How the reason of an unreadable row begins when its chat messages are the trouble; the audit tells them apart."""

MESSAGES = ("messages", "conversations", "conversation", "chat", "dialog", "dialogue", "turns")
SYSTEMS = ("system", "system prompt", "system message")
INSTRUCTIONS = ("instruction", "instructions", "task")
PAIRS = (
    ("prompt", "completion"), ("prompt", "response"), ("question", "answer"), ("query", "response"),
    ("query", "answer"), ("text", "label"), ("source", "target"), ("src", "tgt"), ("article", "summary"),
    ("article", "highlights"), ("document", "summary"), ("dialogue", "summary"), ("text", "summary"),
    ("input", "output"), ("input", "answer"), ("text", "intent"), ("text", "category"), ("text", "sentiment"),
    ("sentence", "label"), ("message", "label"), ("review", "sentiment"), ("utterance", "intent"),
)  # fmt: skip
"""Pairs of column names in use for input and answer; earlier ones win."""
INPUTS = (
    "input", "prompt", "text", "question", "query", "source", "article", "document", "message", "sentence",
    "content", "body", "mail", "email", "review", "comment", "utterance", "user", "context", "transcript", "title",
)  # fmt: skip
ANSWERS = (
    "answer", "completion", "output", "response", "label", "target", "summary", "highlights", "category", "class",
    "sentiment", "intent", "reply", "assistant", "translation", "tag", "entities", "result", "expected",
)  # fmt: skip
LOOK_AT = 500
"""Rows looked at to guess by content, and whether answers are labels."""
BLOCK = 1_000
"""Rows mapped at a time: their texts are touched four times, while they are in the processor's cache."""


def guess_mapping(table: Table) -> Mapping:
    """The likeliest mapping, by well-known names and else by content; to be confirmed by a person.

    Raises InputError, naming the columns, when it would be a mere guess.
    """
    by_name = {_plain(name): name for name in reversed(table.columns)}
    system = _first(by_name, SYSTEMS)
    for name in MESSAGES:
        if name in by_name and _holds_messages(table, by_name[name]):
            return Mapping(messages=by_name[name], system=system)
    instruction = _first(by_name, INSTRUCTIONS)
    answer = _first(by_name, ("output", *ANSWERS))
    if instruction and answer:
        text = _first(by_name, [name for name in INPUTS if by_name.get(name) != answer])
        if text:
            return Mapping(instruction=instruction, input=text, answer=answer, system=system)
        return Mapping(input=instruction, answer=answer, system=system)
    for left, right in PAIRS:
        if left in by_name and right in by_name:
            return Mapping(input=by_name[left], answer=by_name[right], system=system)
    text = _first(by_name, INPUTS)
    if text and answer and text != answer:
        return Mapping(input=text, answer=answer, system=system)
    return _by_content(table, system)


def apply_mapping(table: Table, mapping: Mapping) -> tuple[list[Example], tuple[tuple[int, str], ...]]:
    """Examples in the file's order, and (record number, reason) of every record that could not be read or mapped.

    Broken conversations are among the latter; their reason begins with `BROKEN`. A value that is null or blank
    makes an example with an empty text, which the audit reports. Raises InputError for columns that do not exist.
    """
    _check_columns(table, mapping)
    examples: list[Example] = []
    unreadable = list(table.unreadable)
    positions, rows = table.positions, table.rows
    if not (mapping.messages or mapping.instruction or mapping.system or mapping.group):
        examples = _of_two_texts(table, mapping.input, mapping.answer)
        if examples:
            positions, rows = [], []
    for number, record in zip(positions, rows, strict=True):
        try:
            examples.append(_example(number, record, mapping))
        except BrokenConversation as error:
            unreadable.append((number, BROKEN + str(error)))
        except _Unmapped as error:
            unreadable.append((number, str(error)))
    # A reason may quote what stands in the file, and reasons are shown and kept.
    return examples, tuple(sorted((number, hide(reason)) for number, reason in unreadable))


def _of_two_texts(table: Table, asked: str, told: str) -> list[Example]:
    """The examples of records that each hold a text in both columns; none where they must be read one by one."""
    examples: list[Example] = []
    known: dict[object, object] | None = None
    for start in range(0, len(table.rows), BLOCK):
        rows = table.rows[start : start + BLOCK]
        try:
            texts, answers = ([record[name] for record in rows] for name in (asked, told))
        except KeyError:
            return []
        if not ({str}.issuperset(map(type, texts)) and {str}.issuperset(map(type, answers))):
            return []
        if start == 0 and 2 * len(set(answers[:LOOK_AT])) < len(answers[:LOOK_AT]):
            known = {}  # labels: one text of each is kept for all
        if known is not None:
            answers = list(map(known.setdefault, answers, answers))
        fields = zip(table.positions[start : start + BLOCK], texts, answers, repeat(""), repeat(()), repeat(""))
        examples.extend(map(tuple.__new__, repeat(Example), fields))  # as `Example(…)`, in C alone
    return examples


class _Unmapped(ValueError):
    """Why a record cannot become an example."""


def _example(number: int, record: dict[str, object], mapping: Mapping) -> Example:
    system = _text(record, mapping.system, needed=False)
    group = _text(record, mapping.group, needed=False)
    if mapping.messages:
        if mapping.messages not in record:
            raise _Unmapped(f"the column {mapping.messages!r} is missing")
        said, history, last, answer = read_conversation(record[mapping.messages])
        return Example(number, last, answer, said or system, history, group)
    text = _text(record, mapping.input, needed=not mapping.instruction)
    if mapping.instruction:
        ask = _text(record, mapping.instruction, needed=True)
        text = f"{ask}\n\n{text}" if ask.strip() and text.strip() else ask if ask.strip() else text
    answer = _text(record, mapping.answer, needed=True)
    return Example(number, text, answer, system, group=group)


def _text(record: dict[str, object], column: str, needed: bool) -> str:
    if not column:
        return ""
    if column not in record:
        if needed:
            raise _Unmapped(f"the value {column!r} is missing")
        return ""
    return _as_text(record[column], column)


def _as_text(value: object, column: str) -> str:
    if isinstance(value, str):
        return value
    if value is None or (isinstance(value, float) and math.isnan(value)):  # a missing number
        return ""
    if isinstance(value, bytes):
        raise _Unmapped(f"the value {column!r} is binary data, not text")
    if isinstance(value, dict | list | bool):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def _check_columns(table: Table, mapping: Mapping) -> None:
    given = {role: name for role, name in mapping.model_dump().items() if name}
    for role, name in given.items():
        if name not in table.columns:
            near = difflib.get_close_matches(name, table.columns, n=1)
            raise InputError(
                f"There is no column {name!r}.",
                where=f"mapping of {role}",
                why=f"The columns are: {_listed(table.columns)}.",
                do=f"Did you mean {near[0]!r}?" if near else "Choose one of them.",
            )
    if not mapping.messages and not ((mapping.input or mapping.instruction) and mapping.answer):
        raise InputError(
            "The mapping is not complete.",
            where="mapping",
            why="An input column and an answer column are needed, or one column of chat messages.",
            do=f"Choose among: {_listed(table.columns)}.",
        )


def _by_content(table: Table, system: str) -> Mapping:
    """Two columns of text: the longer or more varied one is the input; of two alike, the first."""
    rows = table.rows[:LOOK_AT]
    for name in table.columns:
        if _holds_messages(table, name):
            return Mapping(messages=name, system=system)
    values = {
        name: [value for row in rows if isinstance(value := row.get(name), str) and value.strip()]
        for name in table.columns
        if name != system
    }
    texts = {name: found for name, found in values.items() if len(found) >= 0.5 * len(rows) and not _is_id(found)}
    if len(texts) != 2:
        chats = next((name for name in table.columns if _plain(name) in MESSAGES), "")
        why = f"The columns are: {_listed(table.columns)}."
        if chats:
            why += f" In {chats!r} no chat was found: a list of messages, each with a role and its content."
        elif len(table.columns) == 1:
            why += " Is the delimiter one of comma, tab, semicolon or bar?"
        raise InputError(
            "Which column is the input and which the answer is not clear.",
            where="mapping",
            why=why,
            do="Name the input column and the answer column (on the command line: --input COLUMN --answer COLUMN).",
        )
    (first, left), (second, right) = texts.items()
    few_left, few_right = len(set(left)) / len(left), len(set(right)) / len(right)
    swap = few_left < 0.5 * few_right or (few_left <= 2 * few_right and _length(right) > 3 * _length(left))
    return Mapping(input=second, answer=first, system=system) if swap else Mapping(
        input=first, answer=second, system=system
    )


def _is_id(values: list[str]) -> bool:
    """Numbers, dates, and codes of one word that never repeat: nothing to learn from or to learn."""
    if any(" " in value.strip() or not value.isascii() for value in values):
        return False
    if not any(letter.isalpha() for value in values for letter in value):
        return True
    with_digit = sum(any(letter.isdigit() for letter in value) for value in values)
    return len(set(values)) == len(values) and with_digit > 0.9 * len(values)


def _holds_messages(table: Table, name: str) -> bool:
    seen = [value for row in table.rows[:50] if (value := row.get(name)) is not None]
    return bool(seen) and sum(_is_chat(value) for value in seen) >= 0.5 * len(seen)


def _is_chat(value: object) -> bool:
    if isinstance(value, str):
        return value.lstrip().startswith("[{") and ('"role"' in value or '"from"' in value)
    return isinstance(value, list) and any(isinstance(turn, dict) and ({"role", "from"} & set(turn)) for turn in value)


def _first(by_name: dict[str, str], names: Iterable[str]) -> str:
    return next((by_name[name] for name in names if name in by_name), "")


def _plain(name: str) -> str:
    return " ".join(name.casefold().replace("_", " ").replace("-", " ").split())


def _length(values: list[str]) -> float:
    return sum(map(len, values)) / len(values)


def _listed(columns: tuple[str, ...]) -> str:
    return ", ".join(repr(name if len(name) <= 60 else f"{name[:59]}…") for name in columns[:30]) + (
        " …" if len(columns) > 30 else ""
    )
