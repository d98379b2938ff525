"""Files written so that a kill at any instant leaves the old content or the new, never half of one."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backend.errors import InputError


def write_text(path: Path, text: str) -> None:
    """As `write_bytes`, in UTF-8."""
    write_bytes(path, text.encode())


def write_bytes(path: Path, content: bytes) -> None:
    """Write to a temporary file beside, flush to disk, then take its place. Raises InputError when the disk is full."""
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn a full, read-only or forbidden disk into an error a person can mend."""
    try:
        yield
    except OSError as error:
        reasons = {
            errno.ENOSPC: "The disk is full.",
            errno.EDQUOT: "Your disk quota is used up.",
            errno.EROFS: "The disk is read-only.",
            errno.EACCES: "You may not write there.",
            errno.EPERM: "You may not write there.",
        }
        if error.errno not in reasons:
            raise
        raise InputError(
            "Could not write a file; everything saved before is unchanged.",
            where=str(path),
            why=reasons[error.errno],
            do="Free some space or choose another folder with --home DIR, then do the same again.",
        ) from error


def inside(root: Path, name: str) -> Path:
    """The path of `name` under `root`. Raises InputError for anything that would lead out of it."""
    usable = bool(name) and "\0" not in name
    path = (root / name).resolve() if usable else root
    if not usable or not path.is_relative_to(root.resolve()):
        raise InputError("That name leads outside the project.", where=repr(name), do="Use a plain name.")
    return path
