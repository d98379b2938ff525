"""Reading a test file of the person's own: the rows a model is judged by must all be sound."""

from __future__ import annotations

from pathlib import Path

from backend.data.load import read_table
from backend.data.mapping import apply_mapping, guess_mapping
from backend.domain import Example, Mapping
from backend.errors import InputError


def read_held_out(path: Path, mapping: Mapping) -> list[Example]:
    """The test rows. Their columns may have other names than the data's; then they are recognised anew.

    Raises InputError for a file that cannot be read, and for a single record that cannot be used.
    """
    table = read_table(path)
    named = {name for name in mapping.model_dump().values() if name}
    examples, unreadable = apply_mapping(table, mapping if named <= set(table.columns) else guess_mapping(table))
    if unreadable:
        row, reason = unreadable[0]
        raise InputError(
            f"{len(unreadable)} of {table.records} test records cannot be used.",
            where=f"{path}, record {row}",
            why=reason,
            do="Mend or drop them: a test must be sound.",
        )
    return examples
