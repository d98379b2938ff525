"""Storing examples as Arrow, and the hash of what they say."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from backend.domain import EXAMPLE, Example, Message
from backend.errors import InputError
from backend.record import canonical

TEXT_COLUMNS = ("input", "answer", "system", "history", "group")


def content_sha256(examples: Iterable[Example]) -> str:
    """SHA-256 over the canonical JSON of every example, in order: equal content gives equal hash."""
    total = hashlib.sha256()
    for example in examples:
        total.update(canonical(EXAMPLE.dump_python(example)).encode())
        total.update(b"\n")
    return total.hexdigest()


def save_examples(examples: Sequence[Example], folder: Path) -> str:
    """Write a new folder in Arrow format and return the content hash.

    The folder appears complete or not at all. Raises FileExistsError when it exists: versions are never overwritten.
    """
    import datasets
    import pyarrow

    if folder.exists():
        raise FileExistsError(f"data version already stored: {folder}")
    texts = {
        "input": [example.input for example in examples],
        "answer": [example.answer for example in examples],
        "system": [example.system for example in examples],
        "history": [_turns(example) for example in examples],
        "group": [example.group for example in examples],
    }
    table = pyarrow.table(
        {
            "row": pyarrow.array([example.row for example in examples], pyarrow.int64()),
            **{name: pyarrow.array(texts[name], pyarrow.large_string()) for name in TEXT_COLUMNS},
        }
    )
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    datasets.disable_progress_bars()
    try:
        datasets.Dataset(table).save_to_disk(str(partial))
        os.replace(partial, folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return content_sha256(examples)


def load_examples(folder: Path) -> list[Example]:
    """The examples of a stored version, in order. Raises InputError when the folder is missing or damaged."""
    import datasets

    try:
        columns = datasets.load_from_disk(str(folder)).with_format("arrow")[:].to_pydict()
        return [
            EXAMPLE.validate_python((row, text, answer, system, _messages(turns), group))
            for row, text, answer, system, turns, group in zip(
                columns["row"], *(columns[name] for name in TEXT_COLUMNS), strict=True
            )
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:  # pyarrow's and pydantic's errors are ValueErrors
        raise InputError(
            "The stored data cannot be read.",
            where=str(folder),
            why=f"{type(error).__name__}: {str(error)[:300]}",
            do="Add the data file once more.",
        ) from error


def _messages(turns: str) -> tuple[Message, ...]:
    return tuple(Message(role=role, content=said) for role, said in json.loads(turns)) if turns else ()


def _turns(example: Example) -> str:
    turns = [[turn.role, turn.content] for turn in example.history]
    return json.dumps(turns, ensure_ascii=False) if turns else ""
