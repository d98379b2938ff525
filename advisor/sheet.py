"""Rows for people to fill in: written as CSV (safe in any spreadsheet program) or JSONL, and read back."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

from advisor.words import safe_cell, unsafe_cell

MOST_MIB = 64


def write_rows(path: Path, rows: Sequence[dict[str, str]]) -> None:
    """Write rows with the same keys to a .csv or .jsonl file. Raises InputError for another suffix or a full disk."""
    from backend.store import write_text

    if _is_csv(path):
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, fieldnames=list(rows[0]) if rows else [])
        writer.writeheader()
        writer.writerows({name: safe_cell(cell) for name, cell in row.items()} for row in rows)
        # The mark in front tells spreadsheet programs that it is UTF-8.
        write_text(path, "\ufeff" + text.getvalue())
    else:
        write_text(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def read_rows(path: Path, needed: Sequence[str]) -> list[dict[str, str]]:
    """Rows of a .csv or .jsonl file, all values as text. Raises InputError naming what is missing."""
    from backend.errors import InputError

    as_csv = _is_csv(path)
    try:
        if path.stat().st_size > MOST_MIB * 2**20:
            raise InputError(f"The file is larger than {MOST_MIB} MiB.", where=str(path))
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("The file can't be read.", where=str(path), why=str(error)) from error
    rows = _csv(text, path) if as_csv else _jsonl(text, path)
    for number, row in enumerate(rows, 1):
        missing = [name for name in needed if name not in row]
        if missing:
            raise InputError(
                f"There is no {' and no '.join(missing)}.", where=f"{path}, row {number}",
                do=f"Each row needs: {', '.join(needed)}.",
            )
    return rows


def _is_csv(path: Path) -> bool:
    from backend.errors import InputError

    if path.suffix.lower() not in (".csv", ".jsonl"):
        raise InputError("The file's name must end in .csv or .jsonl.", where=str(path))
    return path.suffix.lower() == ".csv"


def _csv(text: str, path: Path) -> list[dict[str, str]]:
    from backend.errors import InputError

    try:
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
    except csv.Error as error:
        raise InputError("The file is no CSV.", where=str(path), why=str(error)) from error
    return [{name: unsafe_cell(cell or "") for name, cell in row.items() if name is not None} for row in rows]


def _jsonl(text: str, path: Path) -> list[dict[str, str]]:
    from backend.errors import InputError

    found = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise InputError("This line is not JSON.", where=f"{path}, line {number}", why=str(error)) from error
        if not isinstance(row, dict):
            raise InputError("Each line must hold one JSON object.", where=f"{path}, line {number}")
        found.append({str(name): "" if value is None else str(value) for name, value in row.items()})
    return found
