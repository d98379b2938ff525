"""Monsters: small files that would become huge, and paths that are no files, within a bound on memory and time."""

from __future__ import annotations

import io
import json
import os
import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from bad_input import SOUND, as_jsonl, outcome, sound_rows

from backend.data.load import read_table
from backend.errors import InputError

SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{}</worksheet>'
BILLION_LAUGHS = "<!DOCTYPE x [<!ENTITY a0 'ha'>{}]>" + SHEET.format(
    '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&a9;</t></is></c></row></sheetData>'
)
MEMORY = 3 * 1024**3
"""Bytes of address space a monster may take, libraries included."""


def sheet(inside: str) -> bytes:
    """A workbook whose one sheet is this XML."""
    packed = io.BytesIO()
    sound = zipfile.ZipFile(io.BytesIO(SOUND[".xlsx"]))
    with sound, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as out:
        for name in sound.namelist():
            out.writestr(name, inside if name == "xl/worksheets/sheet1.xml" else sound.read(name))
    return packed.getvalue()


def far_cell() -> bytes:
    return sheet(SHEET.format(
        '<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="99999999999"><c r="XFD99999999999"><v>1</v></c></row></sheetData>'
    ))  # fmt: skip


def wide_rows() -> bytes:
    rows = "".join(f'<row r="{n}"><c r="XFD{n}"><v>1</v></c></row>' for n in range(1, 30_000))
    return sheet(SHEET.format(f"<sheetData>{rows}</sheetData>"))


def laughs() -> bytes:
    return sheet(BILLION_LAUGHS.format("".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))))


def blanks() -> bytes:
    return sheet(SHEET.format(" " * 60_000_000))


def parquet(nested: bool, nulls: bool = False) -> bytes:
    """A million characters said a hundred thousand times; or thirty million nulls."""
    import pyarrow as pa
    from pyarrow import parquet

    said = pa.DictionaryArray.from_arrays(pa.array([0] * 100_000, pa.int32()), pa.array(["x" * 1_000_000]))
    text: pa.Array = pa.ListArray.from_arrays(pa.array(range(100_001), pa.int32()), said) if nested else said
    text = pa.nulls(30_000_000, pa.string()) if nulls else text
    out = io.BytesIO()
    parquet.write_table(pa.table({"text": text, "label": text}), out, store_schema=False)
    return out.getvalue()


def lying_parquet() -> bytes:
    """A row group that says it takes one byte."""
    import pyarrow as pa
    from pyarrow import parquet

    out = io.BytesIO()
    parquet.write_table(pa.table({"text": ["a b c"] * 50, "label": ["x"] * 50}), out, compression="none")
    content = out.getvalue()
    with parquet.ParquetFile(io.BytesIO(content)) as source:
        size = source.metadata.row_group(0).total_byte_size
    zigzag, told = 2 * size, b""
    while zigzag:
        told += bytes([zigzag & 0x7F | (0x80 if zigzag > 0x7F else 0)])
        zigzag >>= 7
    tail = content.rindex(told)
    return content[:tail] + b"\x82" + b"\x80" * (len(told) - 2) + b"\x00" + content[tail + len(told) :]


def long_line() -> bytes:
    return b'{"text":"' + b"x" * 200_000_000 + b'","label":"a"}\n' + as_jsonl(sound_rows())


MONSTERS: dict[str, Callable[[], bytes]] = {
    "far.xlsx": far_cell, "wide.xlsx": wide_rows, "laughs.xlsx": laughs, "blanks.xlsx": blanks,
    "repeated.parquet": lambda: parquet(False), "nested.parquet": lambda: parquet(True),
    "nulls.parquet": lambda: parquet(False, nulls=True), "lying.parquet": lying_parquet, "line.jsonl": long_line,
    "line.csv": lambda: b"text,label\n" + b"x" * 200_000_000,
    "columns.csv": lambda: (",".join(f"c{n}" for n in range(10_000)) + "\n" + "a b," * 9_999 + "x\n" * 2).encode(),
    "columns.jsonl": lambda: b"".join(
        json.dumps({f"k{n}": "a b" for n in range(10_000)} | {"text": f"t {m}", "label": "x"}).encode() + b"\n"
        for m in range(5)
    ),
    "new_columns.jsonl": lambda: b"".join(b'{"k%d":1,"text":"t %d","label":"x"}\n' % (n, n) for n in range(20_000)),
    "twice.jsonl": lambda: (b"{" + b",".join(b'"k%d":1' % n for n in range(100_000)) + b',"k9":1}\n') * 2,
    "deep.json": lambda: b"[" * 1_000_000, "deep.jsonl": lambda: (b'{"a":' + b"[" * 100_000 + b"\n") * 3,
    "open.json": lambda: b'[{"a":"' + b'x\\"' * 1_000_000,
    "digits.jsonl": lambda: (b'{"a":' + b"9" * 10**6 + b"}\n") * 2,
    "quotes.csv": lambda: b"a,b\n" + b'"x\n' * 30_000, "mails.jsonl": lambda: b"".join(
        json.dumps({"text": " ".join(f"jo.smith{n}@gmail.com" for n in range(5_000)), "label": m}).encode() + b"\n"
        for m in ("a", "b")
    ),
    "new_lines.csv": lambda: b"\n" * 2_000_000, "objects.jsonl": lambda: b"{}\n" * 300_000,
}  # fmt: skip


JUDGE = """
import sys
from pathlib import Path
from bad_input import outcome
for path in sorted(Path(sys.argv[1]).iterdir()):
    print(path.name, outcome(path, path.stat().st_size), flush=True)
"""


def test_a_monster_gets_a_verdict_or_a_clear_error(tmp_path: Path) -> None:
    for name, make in MONSTERS.items():
        (tmp_path / name).write_bytes(make())
    tests, root = Path(__file__).parent, Path(__file__).parents[3]
    done = subprocess.run(  # in a process of its own, whose memory can be bounded
        [sys.executable, "-c", JUDGE, str(tmp_path)], capture_output=True, text=True, timeout=500,
        env={**os.environ, "PYTHONPATH": f"{tests}{os.pathsep}{root}", "OMP_NUM_THREADS": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
    )  # fmt: skip
    told = dict(line.split() for line in done.stdout.splitlines())
    assert set(told) == set(MONSTERS), done.stderr[-2000:]
    assert set(told.values()) <= {"pass", "warn", "block", "error"}
    assert all(told[name] == "error" for name in told if name.endswith(".xlsx"))


NAMES = (
    b"a b.jsonl", b"-rf.jsonl", b"\xff\xfe.jsonl", b"new\nline.jsonl", "übung😀.jsonl".encode(), b"\x1b[31mred.jsonl",
    b"[bold]x.jsonl", b"$(touch x).jsonl", b"%s%n%00.jsonl", b"x" * 240 + b".jsonl", b"..jsonl", b"'q\".jsonl",
    "\u202egnp.jsonl".encode(), b"<img src=x>.jsonl",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_any_name_will_do(tmp_path: Path, name: bytes) -> None:
    path = tmp_path / os.fsdecode(name)
    path.write_bytes(as_jsonl(sound_rows()))
    assert outcome(path, path.stat().st_size) in ("warn", "block")


def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jsonl")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "folder.csv").mkdir()
    places = ["pipe.jsonl", "loop", "folder.csv", "", "nothing.csv", "x" * 5000, "nul\0.csv", "loop/x", "pipe.jsonl/x"]
    devices = [Path("/dev/zero"), Path("/dev/null"), Path("/proc/self/mem")]
    for path in [*(tmp_path / place for place in places), *devices]:
        with pytest.raises(InputError):
            read_table(path)


def test_a_file_that_may_not_be_read_is_an_error_with_words(tmp_path: Path) -> None:
    path = tmp_path / "closed.jsonl"
    path.write_bytes(as_jsonl(sound_rows()))
    path.chmod(0)
    if os.access(path, os.R_OK):  # the superuser reads everything: what remains is the same error from elsewhere
        path = Path("/proc/self/attr/sockcreate") / "x.csv"
    with pytest.raises(InputError):
        read_table(path)
