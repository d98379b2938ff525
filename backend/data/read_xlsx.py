"""Reading the one filled sheet of an Excel workbook."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, time, timedelta
from itertools import chain, repeat
from pathlib import Path
from typing import Any

from backend.data.bounds import too_swollen
from backend.data.lines import trouble_in
from backend.data.read_delimited import unique_names
from backend.data.table import Records
from backend.errors import InputError

MAX_UNPACKED = 512 * 1024**2
"""Bytes of XML inside. A ZIP of a few kilobytes can unpack to gigabytes."""
MAX_CELLS = 10_000_000
"""Cells and blank places between them: one cell far to the right or far down makes a sheet of billions."""
BLANK_ROW = 50
"""What a row without cells counts: it is work and holds nothing."""

VALUES = (str, int, float, bool, date, time, timedelta)
"""What a cell may hold. Formulas of many cells are objects of their own."""
Sheet = list[tuple[int, tuple[object, ...]]]
"""(row number, cells) of the rows that hold anything."""


def read_xlsx(file: Path) -> Records:
    """Values as shown: formulas as their last result, and as written where none was ever worked out.

    So a text that begins with `=` is kept: programs that write workbooks take it for a formula. Raises InputError when
    damaged or with several filled sheets.
    """
    with zipfile.ZipFile(file) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
    swollen = too_swollen(file, file.stat().st_size, unpacked)
    if unpacked > MAX_UNPACKED or swollen:
        raise swollen or InputError(
            f"The workbook unpacks to {unpacked / 1e9:.1f} GB.",
            where=str(file),
            why=f"The limit is {MAX_UNPACKED / 1e9:.1f} GB.",
            do="Save the sheet as CSV and give that.",
        )
    try:
        sheets = _sheets(file, results=False)
        if any(_is_formula(cell) for sheet in sheets.values() for _, cells in sheet for cell in cells):
            results = _sheets(file, results=True)
            sheets = {title: _with_results(sheet, results[title]) for title, sheet in sheets.items()}
    except InputError:
        raise
    except Exception as error:  # openpyxl raises whatever its XML trips over; for the person it is one thing
        raise InputError(
            "The Excel workbook is damaged or of a kind that cannot be read.",
            where=str(file),
            why=f"{type(error).__name__}: {error}"[:300],
            do="Open it in a spreadsheet program and save it once more as .xlsx or CSV.",
        ) from error
    filled = [title for title, cells in sheets.items() if cells]
    if len(filled) != 1:
        raise InputError(
            f"{len(filled)} sheets of the workbook are filled; exactly one is needed.",
            where=str(file),
            why=f"Which one holds the examples could only be guessed: {', '.join(filled[:10])}." if filled else "",
            do="Keep the sheet with the examples, or save it alone.",
        )
    return _table(sheets[filled[0]], f"{file}, sheet {filled[0]!r}")


def _sheets(file: Path, results: bool) -> dict[str, Sheet]:
    """The filled rows of each sheet by its name; of formulas their last results, or themselves."""
    import openpyxl

    book = openpyxl.load_workbook(file, read_only=True, data_only=results)
    sheets = {sheet.title: list(_filled(enumerate(_rows(sheet, file, results), start=1))) for sheet in book.worksheets}
    book.close()
    return sheets


def _is_formula(cell: object) -> bool:
    return cell[:1] == "=" if isinstance(cell, str) else cell is not None and not isinstance(cell, VALUES)


def _with_results(written: Sheet, results: Sheet) -> Sheet:
    """Each formula's last result instead of it, where it has one."""
    shown = dict(results)
    rows = (
        (number, tuple(map(_result, cells, chain(shown.get(number, ()), repeat(None))))) for number, cells in written
    )
    return list(_filled(rows))


def _result(written: object, shown: object) -> object:
    if shown is not None:
        return None if shown == "" else shown  # blank, as `=IF(A1="","",A1)` means it
    return written if isinstance(written, VALUES) else getattr(written, "text", None)


def _rows(sheet: Any, file: Path, results: bool) -> Iterator[tuple[object, ...]]:
    """The sheet's rows, each only as wide as its cells: what the sheet says of its own size is not believed.

    Of formulas the `results`: "" where one is blank, None where there is none.
    """
    sheet.reset_dimensions()
    cells = texts = 0
    size = file.stat().st_size
    rows = sheet.iter_rows(values_only=not results)
    for row in (tuple(map(_value, cells)) for cells in rows) if results else rows:
        cells += len(row) or BLANK_ROW
        texts += sum(len(cell) for cell in row if isinstance(cell, str))
        if cells > MAX_CELLS:
            raise InputError(
                f"The sheet {sheet.title!r} spreads over more than {MAX_CELLS:,} cells.",
                where=str(file),
                why="Most of them must be blank: one cell far down or far to the right is enough for that.",
                do="Copy the rows you need into a new sheet, or save them as CSV.",
            )
        if trouble := too_swollen(file, size, texts):
            raise trouble
        yield row


def _value(cell: Any) -> object:
    """openpyxl reads a blank result as None, but leaves it the type that tells it from a formula never worked out."""
    return "" if cell.value is None and cell.data_type == "str" else cell.value


def _filled(rows: Iterable[tuple[int, tuple[object, ...]]]) -> Iterator[tuple[int, tuple[object, ...]]]:
    """(row number in the sheet, from 1; cells without the empty ones at the end) of rows that hold anything."""
    for number, cells in rows:
        last = max((at for at, cell in enumerate(cells) if cell is not None), default=-1)
        if last >= 0:
            yield number, cells[: last + 1]


def _table(cells: list[tuple[int, tuple[object, ...]]], where: str) -> Records:
    header = ["" if cell is None else str(cell).strip() for cell in cells[0][1]]
    names = unique_names([name or f"column {at}" for at, name in enumerate(header, start=1)], where)
    rows: list[dict[str, object]] = []
    positions: list[int] = []
    unreadable: list[tuple[int, str]] = []
    for number, (line, values) in enumerate(cells[1:]):
        trouble = next((t for value in values if isinstance(value, str) and (t := trouble_in(value))), "")
        if len(values) > len(names):
            trouble = f"{len(values)} values where there are {len(names)} columns"
        if trouble:
            unreadable.append((number, f"row {line} of the sheet: {trouble}"))
            continue
        rows.append({**dict.fromkeys(names), **dict(zip(names, values, strict=False))})
        positions.append(number)
    return Records(names, rows, positions, tuple(unreadable))
