"""A clean copy: changes proposed from what the audit found, in a fixed order, each on record and undoable."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Literal

from backend.audit.encoding import repaired
from backend.audit.labels import commonest_spellings, label_key
from backend.audit.markup import stripped
from backend.audit.personal import masked
from backend.domain import Example, Mapping
from backend.errors import InputError
from backend.record import Frozen
from rules.facts import DataFacts

TEXTS = ("system", "input", "answer")


class Change(Frozen):
    """One change to one row: the row dropped, or a text of it (`field`) edited from `before` to `after`."""

    row: int
    rule: str
    action: Literal["drop", "edit"]
    field: str = ""
    before: str | None = None
    after: str | None = None


def propose(examples: Sequence[Example], facts: DataFacts, leaked_in_train: Iterable[int] = ()) -> list[Change]:
    """What a clean copy would change, in this order: unreadable, secrets, empty, duplicate and leaked rows are dropped;
    in the rest encoding, markup, label spellings and personal data are mended.

    `leaked_in_train` are training rows to leave out because they also occur in the test rows. Findings that need a
    person's judgement (conflicts, label errors, off-topic rows) are never changed here. Earlier turns of a
    conversation are mended like the rest.
    """
    by_row = {example.row: example for example in examples}
    changes = [
        Change(row=row, rule=rule, action="drop", before=reason)
        for rule, rows in (("unreadable-rows", facts.unreadable), ("broken-conversations", facts.broken_conversations))
        for row, reason in rows
    ]
    gone = {change.row for change in changes}
    for rule, found in (
        ("secrets", facts.secrets),
        ("empty-inputs", facts.empty_inputs),
        ("empty-answers", facts.empty_answers),
        ("duplicate-rows", facts.duplicates),
        ("leaked-rows", tuple(leaked_in_train)),
    ):
        for row in found:
            if row in by_row and row not in gone:
                # a secret must not live on in the log of changes
                before = "" if rule == "secrets" else by_row[row].input
                changes.append(Change(row=row, rule=rule, action="drop", before=before))
                gone.add(row)
    current = {row: example for row, example in by_row.items() if row not in gone}
    spelling = commonest_spellings(examples) if facts.label_spelling_rows else {}
    edits: tuple[tuple[str, Sequence[int] | None, Callable[[str, str], str]], ...] = (
        ("broken-encoding", facts.broken_encoding, lambda _, text: repaired(text)),
        ("leftover-markup", facts.markup, lambda _, text: stripped(text)),
        ("inconsistent-labels", facts.label_spelling_rows, lambda field, text: _respelt(field, text, spelling)),
        ("personal-data", facts.personal, lambda _, text: masked(text)),
    )
    for rule, found_rows, mend in edits:
        for row in found_rows or ():
            if row in current:
                for change in _edits(current[row], rule, mend):
                    changes.append(change)
                    current[row] = _with(current[row], change)
    return changes


def apply(examples: Sequence[Example], changes: Iterable[Change]) -> list[Example]:
    """The examples with the changes made, in their order. The given examples stay as they are.

    Raises InputError when a text is no longer what the change was proposed for.
    """
    current = {example.row: example for example in examples}
    for change in changes:
        if change.action == "drop":
            current.pop(change.row, None)
        elif change.row in current:
            current[change.row] = _with(current[change.row], change)
    return [current[example.row] for example in examples if example.row in current]


def write_jsonl(examples: Sequence[Example], path: Path, mapping: Mapping | None = None) -> None:
    """One object a line, in order, under the column names of `mapping`, else input, answer and group.

    Where any row has a system prompt or earlier turns they are chat messages. Reading the file back gives the same
    examples, numbered anew.
    """
    given = mapping or Mapping()
    names = ("input", "answer") if given.instruction or not given.input else (given.input, given.answer)
    chat = any(example.system or example.history for example in examples)
    grouped = any(example.group for example in examples)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for example in examples:
            record = _as_chat(example) if chat else dict(zip(names, (example.input, example.answer), strict=True))
            if grouped:
                record[given.group or "group"] = example.group
            file.write(json.dumps(record, ensure_ascii=False) + "\n")


def write_changes(changes: Iterable[Change], path: Path) -> None:
    """The log: one change a line, in the order they are made."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for change in changes:
            file.write(change.model_dump_json() + "\n")


def _edits(example: Example, rule: str, mend: Callable[[str, str], str]) -> list[Change]:
    found = []
    for field, before in _texts(example):
        after = mend(field, before)
        if after != before and after.strip():
            found.append(Change(row=example.row, rule=rule, action="edit", field=field, before=before, after=after))
    return found


def _texts(example: Example) -> list[tuple[str, str]]:
    """(field, text) of everything said in an example; earlier turns are `history.0`, `history.1`, …"""
    turns = [(f"history.{at}", turn.content) for at, turn in enumerate(example.history)]
    return [("system", example.system), *turns, ("input", example.input), ("answer", example.answer)]


def _with(example: Example, change: Change) -> Example:
    if dict(_texts(example)).get(change.field) != change.before or change.after is None:
        raise InputError(
            "A proposed change no longer fits its row.",
            where=f"row {change.row}, {change.field}",
            why="The text has changed since the change was proposed.",
            do="Run the audit once more and look at what it proposes then.",
        )
    if change.field in TEXTS:
        return example.model_copy(update={change.field: change.after})
    at = int(change.field.removeprefix("history."))
    turns = list(example.history)
    turns[at] = turns[at].model_copy(update={"content": change.after})
    return example.model_copy(update={"history": tuple(turns)})


def _respelt(field: str, text: str, spelling: dict[str, str]) -> str:
    return spelling.get(label_key(text), text) if field == "answer" else text


def _as_chat(example: Example) -> dict[str, object]:
    messages = [{"role": "system", "content": example.system}] if example.system else []
    messages += [{"role": turn.role, "content": turn.content} for turn in example.history]
    messages += [{"role": "user", "content": example.input}, {"role": "assistant", "content": example.answer}]
    return {"messages": messages}
