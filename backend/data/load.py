"""Reading a person's file, folder or hub data set into a table, whatever it turns out to be."""

from __future__ import annotations

import difflib
import hashlib
import os
import re
import stat
from pathlib import Path

from backend.data.sniff import HEAD_BYTES, SUFFIXES, sniff
from backend.data.table import Records, Table
from backend.errors import InputError

__all__ = ["MAX_BYTES", "Table", "read_table"]

MAX_BYTES = 2 * 1024**3
"""Largest file read. Everything is held in memory once; beyond this a sample serves tuning better."""

MOST_NAMES = 2_000
"""Names in a folder that are compared with one that is not there."""
HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*(:[A-Za-z0-9_]+)?")


def read_table(path: str | Path, max_bytes: int = MAX_BYTES) -> Table:
    """Read JSONL, JSON, CSV, TSV, Parquet, XLSX, a `save_to_disk` folder, or a hub name `owner/name[:split]`.

    Raises InputError, saying what, where, why and what to do, whenever the result would not be a table of at
    least two records. Single records that cannot be read land in `unreadable`.
    """
    file = Path(path)
    try:
        state = os.stat(file)
    except FileNotFoundError:
        if HUB_NAME.fullmatch(str(path)) and not file.parent.exists() and file.suffix.lower() not in SUFFIXES:
            from backend.data.read_datasets import read_hub

            return _checked(*read_hub(str(path)), str(path))
        raise _not_found(file) from None
    except (OSError, ValueError) as error:  # name too long, a zero byte in the name, a folder that is closed to us
        raise InputError("The file cannot be opened.", where=str(path), why=str(error), do="Check the path.") from error
    if stat.S_ISDIR(state.st_mode):
        from backend.data.read_datasets import read_folder

        try:
            return _checked(read_folder(file), "datasets", _folder_sha256(file), str(file))
        except OSError as error:
            why = str(error.strerror or error)
            raise InputError("The folder cannot be read.", where=str(file), why=why, do="Check it.") from error
    if not stat.S_ISREG(state.st_mode):
        raise InputError("This is not a file.", where=str(file), why="It is a device or pipe.", do="Give a file.")
    if state.st_size == 0:
        raise InputError("The file is empty.", where=str(file), why="It has 0 bytes.", do="Export it once more.")
    if state.st_size > max_bytes:
        raise InputError(
            f"The file is too large: {state.st_size / 1e9:.1f} GB.",
            where=str(file),
            why=f"The limit is {max_bytes / 1e9:.1f} GB.",
            do="Give a random sample of the rows: a few thousand good ones serve fine-tuning better than millions.",
        )
    try:
        return _read_file(file)
    except PermissionError as error:
        why = str(error.strerror)
        raise InputError("The file may not be read.", where=str(file), why=why, do="Change its permissions.") from error
    except OSError as error:
        raise InputError("Reading failed.", where=str(file), why=str(error), do="Copy it and try again.") from error


def _read_file(file: Path) -> Table:
    with file.open("rb") as handle:
        head = handle.read(HEAD_BYTES)
    kind, encoding = sniff(file, head)
    if kind == "json":
        from backend.data.read_json import read_json

        records, form = read_json(file, encoding)
    elif kind == "delimited":
        from backend.data.read_delimited import read_delimited

        records, form = read_delimited(file, encoding)
    elif kind == "parquet":
        from backend.data.read_parquet import read_parquet

        records, form = read_parquet(file), "parquet"
    else:
        from backend.data.read_xlsx import read_xlsx

        records, form = read_xlsx(file), "xlsx"
    return _checked(records, form, _sha256(file), str(file))


def _checked(records: Records, form: str, sha256: str, where: str) -> Table:
    table = Table(records.columns, records.rows, records.positions, records.unreadable, form, sha256)
    if not table.rows:
        first = "; ".join(reason for _, reason in table.unreadable[:3])
        raise InputError(
            "No record of the file could be read." if table.unreadable else "The file holds no records.",
            where=where,
            why=first or "There is nothing after the column names.",
            do="Give a file with one example a line or row.",
        )
    if table.records == 1:
        raise InputError(
            "The file holds one single record.",
            where=where,
            why="One example to learn from and another to test with are the very least; 1,000 are a sensible start.",
            do="If there are more, check the line ends and the format; else collect more examples first.",
        )
    return table


def _sha256(file: Path) -> str:
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _folder_sha256(folder: Path) -> str:
    total = hashlib.sha256()
    for file in sorted(folder.iterdir()):
        if file.is_file():
            total.update(f"{file.name}\0{_sha256(file)}\n".encode(errors="surrogateescape"))
    return total.hexdigest()


def _not_found(file: Path) -> InputError:
    if file.is_symlink():
        return InputError(
            "The link leads to a file that is not there.",
            where=f"{file} → {os.readlink(file)}",
            do="Put the file back in its place, or give the path of another.",
        )
    near: list[str] = []
    try:
        near = difflib.get_close_matches(file.name[:200], sorted(os.listdir(file.parent))[:MOST_NAMES], n=1)
    except OSError:  # no such folder, or one we may not look into: then there is nothing to suggest
        near = []
    return InputError(
        "There is no such file.",
        where=str(file),
        do=f"Did you mean {file.parent / near[0]}?" if near else "Check the name and the folder.",
    )
