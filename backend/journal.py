"""What people decided (reviews, signatures, waivers, votes), append-only, each entry chained to the one before.

The chain shows later edits, swaps and deletions in the middle; it does not stop someone who may write the
file from making a whole new chain, so the report prints the head.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from backend.errors import InputError
from backend.record import Frozen, canonical, now

START = "0" * 64


class Entry(Frozen):
    """One line of the journal. `hash` is SHA-256 over the previous hash and the canonical rest."""

    number: int
    at: str
    kind: str
    body: dict[str, Any]
    previous: str
    hash: str


class Journal:
    """The journal of one project, a JSON line an entry."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, kind: str, body: Frozen) -> Entry:
        """Append one entry durably. Two writers at once are put in order by a file lock."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            self._drop_torn_tail(file.fileno())
            entries = list(self.entries())
            previous = entries[-1].hash if entries else START
            content = body.model_dump(mode="json")
            rest: dict[str, Any] = {"number": len(entries), "at": now(), "kind": kind, "body": content}
            entry = Entry(**rest, previous=previous, hash=_digest(previous, rest))
            file.seek(0, os.SEEK_END)
            file.write((entry.model_dump_json() + "\n").encode())
            file.flush()
            os.fsync(file.fileno())
        return entry

    def entries(self, kind: str | None = None) -> Iterator[Entry]:
        """All entries in order, or those of one kind. Raises InputError where the chain is broken."""
        previous = START
        if not self.path.exists():
            return
        for number, line in enumerate(self.path.read_bytes().split(b"\n")[:-1]):
            try:
                entry = Entry.model_validate_json(line)
                rest = json.loads(entry.model_dump_json(include={"number", "at", "kind", "body"}))
                intact = entry.previous == previous and entry.number == number and entry.hash == _digest(previous, rest)
            except ValueError:
                intact = False
            if not intact:
                raise InputError(
                    "The journal of reviews and signatures was changed after it was written.",
                    where=f"{self.path}, line {number + 1}",
                    why="Its hash does not continue the line before it.",
                    do="Restore the file from a backup, or start the review and sign-off again in a new project.",
                )
            previous = entry.hash
            if kind is None or entry.kind == kind:
                yield entry

    def head(self) -> str:
        """The hash of the newest entry: print it where it can't be changed, and later edits show."""
        last = START
        for entry in self.entries():
            last = entry.hash
        return last

    def _drop_torn_tail(self, descriptor: int) -> None:
        # A kill in the middle of a write leaves half a line that was never confirmed to anyone.
        size = os.fstat(descriptor).st_size
        if size and not self.path.read_bytes().endswith(b"\n"):
            os.ftruncate(descriptor, self.path.read_bytes().rfind(b"\n") + 1)


def _digest(previous: str, rest: dict[str, Any]) -> str:
    return hashlib.sha256((previous + canonical(rest)).encode()).hexdigest()
