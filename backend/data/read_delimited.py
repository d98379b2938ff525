"""Reading CSV, TSV and their kin: the delimiter is sniffed, ragged and broken rows are kept apart."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from backend.data.bounds import MAX_RECORDS, MAX_VALUES, too_much
from backend.data.lines import MAX_LINE, capped_lines, trouble_in
from backend.data.table import Records
from backend.errors import InputError

DELIMITERS = (",", "\t", ";", "|")
SNIFF_LINES = 200
MAX_REREAD = 2_000_000
"""Lines read again after quotes that never close, before the file is given up."""

USUAL_NAMES = frozenset(
    ("text", "label", "input", "output", "prompt", "completion", "instruction", "question", "answer", "source")
)


def read_delimited(file: Path, encoding: str) -> tuple[Records, str]:
    """Records and the format ("csv" or "tsv"; by the delimiter that was found).

    Raises InputError for lines beyond the length limit, column names that occur twice, and a missing header.
    """
    head = [line for line, _ in islice(capped_lines(file, encoding, 100_000), SNIFF_LINES)]
    delimiter = sniff_delimiter(head, "\t" if file.suffix.lower() in (".tsv", ".tab") else ",")
    reader = _records(_lines(file, encoding), delimiter, file)
    names: tuple[str, ...] = ()
    rows: list[dict[str, object]] = []
    positions: list[int] = []
    unreadable: list[tuple[int, str]] = []
    number = 0
    for line, values in reader:
        if not names:
            names = _header(values, line, file)
            continue
        reason = values if isinstance(values, str) else _trouble(values, len(names))
        if reason or isinstance(values, str):
            unreadable.append((number, f"line {line}: {reason}"))
        else:
            rows.append(dict(zip(names, values, strict=True)))
            positions.append(number)
        number += 1
        if number > MAX_RECORDS or len(rows) * len(names) > MAX_VALUES:
            raise too_much(file)
    _refuse_missing_header(names, rows, file)
    return Records(names, rows, positions, tuple(unreadable)), "tsv" if delimiter == "\t" else "csv"


def sniff_delimiter(lines: list[str], expected: str) -> str:
    """The delimiter that cuts most records into as many values as the first line; `expected` where it does so well."""
    best, best_score = expected, 0.0
    for delimiter in (expected, *(d for d in DELIMITERS if d != expected)):
        counts = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row] if _fits(lines, delimiter) else []
        if not counts or counts[0] < 2:
            continue
        score = sum(count == counts[0] for count in counts) / len(counts)
        if delimiter == expected and score >= 0.5:
            return expected
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _fits(lines: list[str], delimiter: str) -> bool:
    csv.field_size_limit(MAX_LINE)
    return any(delimiter in line for line in lines[:1])


def _lines(file: Path, encoding: str) -> Iterator[str]:
    for number, (line, whole) in enumerate(capped_lines(file, encoding), start=1):
        if not whole:
            raise InputError(
                f"A line is longer than {MAX_LINE:,} characters.",
                where=f"{file}, line {number}",
                why="No training example is that long: the line ends are missing, or this is no table.",
                do="Check the export; each row must end with a line break.",
            )
        yield line.lstrip("\ufeff") if number == 1 else line


def _records(lines: Iterator[str], delimiter: str, file: Path) -> Iterator[tuple[int, list[str] | str]]:
    """(line number, values), or (line number, reason) for a row that cannot be parsed.

    After a broken row that runs over several lines, such as a quote never closed, reading goes on with its second
    line: one stray quote must not swallow the rest of the file.
    """
    csv.field_size_limit(MAX_LINE)
    pending: list[str] = []  # lines to read again
    used: list[str] = []  # lines of the record being read
    reread = 0

    def feed() -> Iterator[str]:
        while True:
            line = pending.pop() if pending else next(lines, None)
            if line is None:
                return
            used.append(line)
            yield line

    number = 1
    while True:
        reader = csv.reader(feed(), delimiter=delimiter, strict=True)
        try:
            for values in reader:
                if values:
                    yield number, values
                number += len(used)
                used.clear()
            return
        except csv.Error as error:
            reason = "a quote is opened and never closed" if len(used) > 1 else f"cannot be cut into values ({error})"
            reread += len(used) - 1
            if reread > MAX_REREAD:
                raise InputError(
                    "The quotes in the file are hopelessly mixed up.",
                    where=f"{file}, line {number}",
                    why="Again and again a quote is opened that is not closed.",
                    do="Export it once more with quotes inside values doubled, or as JSON lines.",
                ) from error
            yield number, reason
            pending.extend(reversed(used[1:]))
            used.clear()
            number += 1


def _header(values: list[str] | str, line: int, file: Path) -> tuple[str, ...]:
    where = f"{file}, line {line}"
    if isinstance(values, str):
        raise InputError("The column names cannot be read.", where=where, why=values, do="Mend the first line.")
    if trouble := next((t for value in values if (t := trouble_in(value))), ""):
        raise InputError("The column names cannot be read.", where=where, why=f"The line {trouble}.", do="Mend it.")
    given = [value.strip() for value in values]
    return unique_names([name or f"column {place}" for place, name in enumerate(given, start=1)], where)


def unique_names(names: list[str], where: str) -> tuple[str, ...]:
    """The names, or InputError when one occurs twice."""
    twice = sorted(name for name, times in Counter(names).items() if times > 1)
    if twice:
        raise InputError(
            f"Several columns have the same name: {', '.join(repr(name[:60]) for name in twice[:5])}.",
            where=where,
            why="Which of them is meant could not be told apart.",
            do="Give every column a name of its own.",
        )
    return tuple(names)


def _trouble(values: list[str], expected: int) -> str:
    if len(values) != expected:
        return f"{len(values)} values where there are {expected} columns"
    for value in values:
        if (not value.isascii() or "\0" in value) and (trouble := trouble_in(value)):
            return trouble
    return ""


def _refuse_missing_header(names: tuple[str, ...], rows: list[dict[str, object]], file: Path) -> None:
    """A 'column name' that is also a value of its column again and again shows that the header is missing."""
    if any(name.casefold() in USUAL_NAMES for name in names):
        return
    for name in names:
        if sum(row[name] == name for row in rows[:500]) >= 2:
            raise InputError(
                "The first line seems to be data, not column names.",
                where=f"{file}, line 1",
                why=f"{name!r} stands there and is also a value of that column further down.",
                do="Add a first line with the names of the columns, such as: input,answer.",
            )
