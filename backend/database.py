"""SQLite as we use it: what is confirmed is on the disk, and a kill at any instant undoes the rest."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backend.store import disk_errors


@contextmanager
def transaction(path: Path, writes: bool = True) -> Iterator[sqlite3.Connection]:
    """One short transaction, undone when something is raised. One that writes is alone in that from its beginning.

    Raises InputError when the disk is full.
    """
    with disk_errors(path):
        db = sqlite3.connect(path, timeout=10, isolation_level=None)
        try:
            # SQLite before 3.51.3 can corrupt a WAL database with two writers (sqlite.org/changes), so no WAL.
            db.execute("pragma journal_mode=delete")
            db.execute("pragma synchronous=extra")
            db.execute("begin immediate" if writes else "begin")
            with db:
                yield db
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
                raise OSError(errno.ENOSPC, str(error)) from error
            raise
        finally:
            db.close()
