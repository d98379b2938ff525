"""A table as read from a person's file: columns, records, and what could not be read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """Records in the file's order.

    `positions[i]` is the 0-based record number of `rows[i]` in the file; `unreadable` holds (record number, reason)
    of the records that are missing from `rows`. `sha256` is that of the file's bytes.
    """

    columns: tuple[str, ...]
    rows: list[dict[str, object]]
    positions: list[int]
    unreadable: tuple[tuple[int, str], ...]
    format: str
    sha256: str

    @property
    def records(self) -> int:
        """All records of the file, readable or not."""
        return len(self.rows) + len(self.unreadable)


@dataclass(frozen=True)
class Records:
    """What a reader of one format found; `load` adds the format's name and the hash."""

    columns: tuple[str, ...]
    rows: list[dict[str, object]]
    positions: list[int]
    unreadable: tuple[tuple[int, str], ...] = ()
