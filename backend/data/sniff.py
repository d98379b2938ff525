"""What a file really is, told from its first bytes, never from its name."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Literal

from backend.errors import InputError

Kind = Literal["json", "delimited", "parquet", "xlsx"]

HEAD_BYTES = 64 * 1024
SUFFIXES: dict[str, Kind] = {
    ".jsonl": "json",
    ".ndjson": "json",
    ".json": "json",
    ".csv": "delimited",
    ".tsv": "delimited",
    ".tab": "delimited",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
}
"""Name endings we know, and what a file so called must hold. Any other ending says nothing."""

PLAIN: dict[str, str] = {
    "json": "JSON text",
    "delimited": "a table in text form (CSV or TSV)",
    "parquet": "a Parquet file",
    "xlsx": "an Excel workbook",
}

ARCHIVES = ((b"\x1f\x8b", "gzip"), (b"BZh", "bzip2"), (b"\xfd7zXZ\x00", "xz"), (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
            (b"\x28\xb5\x2f\xfd", "zstd"), (b"Rar!\x1a\x07", "RAR"), (b"\x04\x22\x4d\x18", "LZ4"),
            (b"\x1f\x9d", "compress"), (b"\x5d\x00\x00", "LZMA"), (b"MSCF\x00", "cabinet"), (b"!<arch>\n", "ar"),
            (b"PK\x07\x08", "ZIP, one of several parts"))  # fmt: skip
FOREIGN = (
    (b"\x89PNG\r\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF-", "a PDF document"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document (.xls or .doc)"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\x00", "a program"),
    (b"ARROW1", "an Arrow file"),
    (b"\x80\x02", "a Python pickle"),
    (b"\x80\x03", "a Python pickle"),
    (b"\x80\x04", "a Python pickle"),
    (b"\x80\x05", "a Python pickle"),
    (b"{\\rtf", "an RTF document"),
)
BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"),
        (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))  # fmt: skip


def sniff(path: Path, head: bytes) -> tuple[Kind, str]:
    """The kind of content and its text encoding ("" when it is not text).

    Raises InputError for archives, pictures and other things that are no table, for binary junk, and for a file
    that holds something other than its name says.
    """
    kind, encoding = _content(path, head)
    named = SUFFIXES.get(path.suffix.lower())
    brace_in_csv = named == "delimited" and kind == "json" and not _opens_json_object(head, encoding)
    if named and named != kind and not brace_in_csv:
        right = next(suffix for suffix, of in SUFFIXES.items() if of == kind)
        raise InputError(
            f"The file is not what its name says: it is called {path.suffix} but holds {PLAIN[kind]}.",
            where=str(path),
            why="Tunewise looks at the content and never guesses silently.",
            do=f"Rename it to end in {right}, or check that this is the file you meant.",
        )
    return (named or kind), encoding


def _content(path: Path, head: bytes) -> tuple[Kind, str]:
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip(path), ""
    if head.startswith(b"PAR1"):
        return "parquet", ""
    for magic, name in ARCHIVES:
        if head.startswith(magic):
            raise _archive(path, name)
    if head[257:262] == b"ustar":
        raise _archive(path, "tar")
    for magic, name in FOREIGN:
        if head.startswith(magic):
            raise _not_a_table(path, name)
    encoding = text_encoding(path, head)
    text = head.decode(encoding, errors="replace").lstrip("\ufeff \t\r\n")
    if not text:
        raise InputError("The file is empty.", where=str(path), why="It holds nothing but blanks.")
    if re.match(r"(?i)<!doctype html|<html|<head|<body", text):
        raise _not_a_table(path, "a web page (HTML)", "Perhaps a download page was saved in place of the file.")
    if text.startswith("<?xml"):
        raise _not_a_table(path, "an XML document")
    if looks_like_json(text, path.suffix.lower() in (".jsonl", ".ndjson", ".json")):
        return "json", encoding
    return "delimited", encoding


def looks_like_json(text: str, named_json: bool) -> bool:
    """JSON when it opens with an object or a list; in a file called JSON a few bad lines at the top are forgiven."""
    if text.startswith("{") or re.match(r"\[\s*[\[{\]\"]", text):
        return True
    return named_json and any(line.lstrip().startswith("{") for line in text.splitlines()[:50])


def text_encoding(path: Path, head: bytes) -> str:
    """The encoding by byte-order mark, or UTF-16 by its pattern of zero bytes, else UTF-8.

    Raises InputError when the bytes are no text at all.
    """
    for mark, name in BOMS:
        if head.startswith(mark):
            return name
    even, odd = head[0::2], head[1::2]
    if len(head) >= 4 and odd.count(0) > 0.3 * len(odd) and even.count(0) < 0.05 * len(even):
        return "utf-16-le"
    if len(head) >= 4 and even.count(0) > 0.3 * len(even) and odd.count(0) < 0.05 * len(odd):
        return "utf-16-be"
    control = sum(head.count(byte) for byte in (*range(9), 11, *range(14, 32)))
    if control > 0.02 * len(head) and control > 2:
        raise _not_a_table(path, "binary data, not text")
    return "utf-8"


def _opens_json_object(head: bytes, encoding: str) -> bool:
    text = head.decode(encoding, errors="replace").lstrip("\ufeff \t\r\n")
    return re.match(r"\{\s*\"[^\"\n]*\"\s*:|\[\s*\{\s*\"", text) is not None


def _zip(path: Path) -> Kind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
        raise InputError(
            "The file is damaged: it begins like an Excel workbook or ZIP archive but cannot be opened.",
            where=str(path),
            why=str(error),
            do="Copy or export it once more.",
        ) from error
    if "xl/workbook.xml" in names:
        return "xlsx"
    raise _archive(path, "ZIP")


def _archive(path: Path, name: str) -> InputError:
    return InputError(
        f"The file is an archive ({name}), not a table.",
        where=str(path),
        why="Tunewise does not unpack archives: what is inside could be anything.",
        do="Unpack it and give the data file that was inside.",
    )


def _not_a_table(path: Path, what: str, why: str = "") -> InputError:
    return InputError(
        f"The file is {what}; a table of examples is needed.",
        where=str(path),
        why=why,
        do="Give a JSONL, JSON, CSV, TSV, Parquet or XLSX file, or a folder written by datasets.save_to_disk.",
    )
