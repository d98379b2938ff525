"""Reading JSON lines and JSON arrays record by record, within bounded memory."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

from backend.data.bounds import MAX_RECORDS, MAX_VALUES, too_much
from backend.data.lines import MAX_LINE, capped_lines, trouble_in
from backend.data.quick_json import quick, quick_lines
from backend.data.table import Records
from backend.errors import InputError

CHUNK = 1_000_000
"""Characters read at a time from an array."""
BLOCK = 1_000_000
"""Bytes of lines read at a time, and what the last of them lacks."""

_SPACE = re.compile(r"[ \t\r\n]*")


class _Bad(ValueError):
    """A record that is JSON but no usable record; the message is the reason."""


class _Many(list[dict[str, object]]):
    """Usable records one after another."""


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    record = dict(pairs)
    if len(record) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise _Bad(f"the key {twice[:60]!r} occurs twice in one object")
    return record


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=lambda _: None)
"""NaN and Infinity, which Python's writers put for a missing number, become None."""


def read_json(file: Path, encoding: str) -> tuple[Records, str]:
    """Records and the format found ("jsonl" or "json"). Raises InputError when the array as a whole is broken."""
    first, second = _first_texts(file, encoding)
    line_of_its_own = first != "[" and not first.endswith(",") and second.startswith("{")
    if first.startswith("[") and not line_of_its_own:
        return _gather(_array(file, encoding), "record", file), "json"
    records = _gather(_lines(file, encoding), "line", file)
    if not records.rows and first == "{":
        raise InputError(
            "The file holds JSON objects spread over several lines.",
            where=f"{file}, line 1",
            why="Where one record ends and the next begins must be plain to see.",
            do="Write one object a line (JSON lines), or one list of objects: [{...}, {...}].",
        )
    return records, "jsonl"


def _first_texts(file: Path, encoding: str) -> tuple[str, str]:
    """The first two lines that are not blank; the second is "" where the first is too long to be one of several."""
    found: list[str] = []
    for line, whole in capped_lines(file, encoding, 1000):
        if text := line.strip("\ufeff \t\r\n"):
            found.append(text)
        if len(found) == 2 or (found and not whole):
            break
    first, second = [*found, "", ""][:2]
    return first, second


def _gather(found: Iterator[tuple[int, object]], unit: str, file: Path) -> Records:
    """`found` yields (number of its place, record), (number, _Bad) or (number of the last, _Many) in order."""
    values = 0
    columns: dict[str, None] = {}
    rows: list[dict[str, object]] = []
    positions: list[int] = []
    unreadable: list[tuple[int, str]] = []
    number = -1
    for place, value in found:
        if isinstance(value, _Many):
            columns.update(dict.fromkeys(chain.from_iterable(value)))
            positions.extend(range(number + 1, number + 1 + len(value)))
            number += len(value)
            values += sum(map(len, value))
            if values > MAX_VALUES or number >= MAX_RECORDS:
                raise too_much(file)
            rows += value
            continue
        number += 1
        if not isinstance(value, dict):
            if number >= MAX_RECORDS:
                raise too_much(file)
            reason = str(value) if isinstance(value, _Bad) else _wrong_type(value)
            unreadable.append((number, f"{unit} {place}: {reason}"))
            continue
        if not value.keys() <= columns.keys():
            columns.update(dict.fromkeys(value))
        values += len(value)
        if values > MAX_VALUES or number >= MAX_RECORDS:
            raise too_much(file)
        rows.append(value)
        positions.append(number)
    return Records(tuple(columns), rows, positions, tuple(unreadable))


def _wrong_type(value: object) -> str:
    names = {list: "a list", str: "a text", int: "a number", float: "a number", bool: "true or false"}
    return f"is {names.get(type(value), 'null')}, not an object with named values"


def _lines(file: Path, encoding: str) -> Iterator[tuple[int, object]]:
    """(line number, record or _Bad), or (last line number, _Many). Fast while lines end in LF or CRLF and are of plain
    UTF-8, then as `_careful_lines`."""
    number = 0
    if encoding in ("utf-8", "utf-8-sig"):
        with file.open("rb") as handle:
            while block := handle.read(BLOCK):
                block += handle.readline(MAX_LINE + 1)
                many = quick_lines(block) if len(block) <= MAX_LINE else None
                if many is not None:
                    number += len(many)
                    yield number, _Many(many)
                    continue
                lines = block.split(b"\n")
                if not lines[-1]:
                    lines.pop()
                for line in lines:
                    text = line.strip(b" \t\r\n")
                    if len(line) >= MAX_LINE or b"\r" in text:
                        break
                    number += 1
                    if text:
                        value = quick(text)
                        if value is not None:
                            yield number, value
                        elif plain := line.decode("utf-8", "surrogateescape").strip("\ufeff \t\r\n"):
                            yield number, _parse(plain)
                else:
                    continue
                break
            else:
                return
    yield from _careful_lines(file, encoding, number)


def _careful_lines(file: Path, encoding: str, skip: int) -> Iterator[tuple[int, object]]:
    lines = islice(capped_lines(file, encoding), skip, None)
    for number, (line, whole) in enumerate(lines, start=skip + 1):
        text = line.strip("\ufeff \t\r\n")
        if not whole:
            yield number, _Bad(f"is longer than {MAX_LINE:,} characters")
        elif text:
            yield number, _parse(text)


def _parse(text: str) -> object:
    """The value, or the reason why there is none as _Bad."""
    try:
        return _decode(text)
    except _Bad as error:
        return error
    except RecursionError:
        return _Bad("is nested too deep")
    except json.JSONDecodeError as error:
        return _Bad(f"is not valid JSON: {error.msg} at character {error.pos + 1}")
    except ValueError as error:  # a number of thousands of digits
        return _Bad(f"is not usable JSON: {error}")


def _decode(text: str) -> object:
    if not text.isascii() and (trouble := trouble_in(text)):
        raise _Bad(trouble)
    value, end = _DECODER.raw_decode(text)
    if end < len(text):
        raise _Bad(f"has something after its end, at character {end + 1}")
    if "\\u" in text and (trouble := trouble_in(json.dumps(value, ensure_ascii=False))):
        raise _Bad(trouble)
    return value


def _array(file: Path, encoding: str) -> Iterator[tuple[int, object]]:
    """Elements of the array one after another, holding no more than one of them and a chunk of text."""
    escape = "surrogateescape" if encoding.startswith("utf-8") else "replace"
    with file.open(encoding=encoding, errors=escape) as handle:
        text = handle.read(CHUNK).lstrip("\ufeff \t\r\n")
        at, number = 1, 0
        while True:
            start, end = _element(text, at)
            if end < 0:  # not all of it is here yet
                more = handle.read(max(CHUNK, len(text) - at)) if len(text) - at <= MAX_LINE else ""
                if more:
                    text, at = text[at:] + more, 0
                    continue
                rest = text[start:].strip()
                if rest.startswith("]"):
                    if rest != "]":
                        raise _broken(file, number, "there is more after the closing bracket")
                    return
                raise _broken(file, number, _why_not(rest))
            if text[start] == "]":
                if text[start + 1 :].strip() or handle.read(CHUNK).strip():
                    raise _broken(file, number, "there is more after the closing bracket")
                return
            yield number, _parse(text[start:end])
            number += 1
            at = _SPACE.match(text, end).end()  # type: ignore[union-attr]  # matches always
            if text[at] == ",":
                at += 1


def _element(text: str, at: int) -> tuple[int, int]:
    """Where the next element starts and ends; end is -1 while that cannot be told from this piece of text."""
    start = _SPACE.match(text, at).end()  # type: ignore[union-attr]  # matches always
    if start >= len(text):
        return start, -1
    if text[start] == "]":
        return start, start + 1 if len(text) > start + 1 else -1
    end = _end_of_value(text, start)
    after = _SPACE.match(text, end).end() if end >= 0 else -1  # type: ignore[union-attr]  # matches always
    if end < 0 or after >= len(text) or text[after] not in ",]":
        return start, -1
    return start, end


_STRUCTURE = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|"|[{}\[\],]', re.DOTALL)


def _end_of_value(text: str, start: int) -> int:
    """Index after the value that starts here, by its brackets; -1 when it does not end in this text."""
    depth = 0
    for match in _STRUCTURE.finditer(text, start):
        mark = match.group()
        if mark == '"':  # a string that is not closed here
            return -1
        if mark in "{[":
            depth += 1
        elif mark in "}]" or mark == ",":
            if depth == 0:
                return match.start()
            depth -= mark != ","
            if depth == 0 and mark != ",":
                return match.end()
        elif depth == 0:
            return match.end()
    return -1


def _why_not(rest: str) -> str:
    if not rest:
        return "it ends without the closing bracket ]"
    value = _parse(rest[:MAX_LINE])
    return f"what follows {value}" if isinstance(value, _Bad) else "a comma or the closing bracket is missing"


def _broken(file: Path, number: int, why: str) -> InputError:
    return InputError(
        f"The JSON list is broken after {number} records.",
        where=f"{file}, record {number}",
        why=why[:1].upper() + why[1:] + ".",
        do="Write it once more with a JSON library, or as JSON lines: one object a line.",
    )
