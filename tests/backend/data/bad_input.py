"""Files gone wrong in every way we could think of, and what must hold for each of them."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import random
import tarfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import strategies as st

from advisor.audit_page import page, some_of
from advisor.words import error_words
from backend.audit.fix import offered
from backend.audit.run import examine
from backend.errors import InputError

SUFFIXES = (".jsonl", ".json", ".csv", ".tsv", ".parquet", ".xlsx", ".txt", "", ".JSONL", ".gz", ".ndjson", ".xls")
CASES = int(os.environ.get("TUNEWISE_FUZZ_CASES", "2200"))
"""Cases over all properties together; a long run sets 50000."""
SECONDS_PER_100_KB = 2.0

worst: dict[str, float] = {"cpu_seconds_per_100_kb": 0.0, "verdicts": 0, "errors": 0}
"""Of all cases so far in this process."""


def outcome(path: Path, size: int) -> str:
    """`pass`, `warn`, `block`, or `error` with words a person can use. Anything else escapes as what it is.

    Also written out: as JSON, as HTML and as words, since a verdict that cannot be shown is none.
    """
    began = time.process_time()
    try:
        audited = examine(path)
        result = str(audited.report.verdict)
        audited.report.model_dump_json().encode()
        page(audited.report, *some_of(offered(audited))).encode()
        worst["verdicts"] += 1
    except InputError as error:
        said = error_words(error)
        assert said.what.strip() and len(said.what) < 2000
        "\n".join((said.what, *said.details)).encode()
        result = "error"
        worst["errors"] += 1
    spent = (time.process_time() - began) / max(1.0, size / 100_000)
    worst["cpu_seconds_per_100_kb"] = max(worst["cpu_seconds_per_100_kb"], spent)
    assert spent < SECONDS_PER_100_KB, f"{spent:.1f} CPU-seconds per 100 KB for {size} bytes"
    return result


# --- sound files, to be spoilt -----------------------------------------------------------------------------------


def sound_rows(count: int = 24) -> list[dict[str, str]]:
    rng = random.Random(count)
    things = "river stone paper cloud metal grass honey paint sugar wheel".split()
    return [
        {"text": f"no {n}: the {' and the '.join(rng.sample(things, 4))} é", "label": rng.choice(("good", "bad"))}
        for n in range(count)
    ]


def as_jsonl(rows: list[dict[str, str]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def as_json(rows: list[dict[str, str]]) -> bytes:
    return json.dumps(rows, indent=1).encode()


def as_chat(rows: list[dict[str, str]]) -> bytes:
    return b"".join(
        json.dumps({"messages": [
            {"role": "system", "content": "Judge."}, {"role": "user", "content": row["text"]},
            {"role": "assistant", "content": row["label"]},
        ]}).encode() + b"\n"
        for row in rows
    )  # fmt: skip


def as_csv(rows: list[dict[str, str]], delimiter: str = ",") -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def as_tsv(rows: list[dict[str, str]]) -> bytes:
    return as_csv(rows, "\t")


def as_parquet(rows: list[dict[str, str]]) -> bytes:
    import pyarrow
    from pyarrow import parquet

    out = io.BytesIO()
    parquet.write_table(pyarrow.Table.from_pylist(rows), out)
    return out.getvalue()


def as_xlsx(rows: list[dict[str, str]]) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append(list(row.values()))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


WRITERS: dict[str, Callable[[list[dict[str, str]]], bytes]] = {
    ".jsonl": as_jsonl, ".json": as_json, ".csv": as_csv, ".tsv": as_tsv, ".parquet": as_parquet, ".xlsx": as_xlsx,
}  # fmt: skip
SOUND = {suffix: write(sound_rows()) for suffix, write in WRITERS.items()}
CHAT = as_chat(sound_rows())
TOKENS = (
    b'"', b"'", b",", b"\n", b"\r", b"\r\n", b"\x00", b"\xff", b"\xef\xbb\xbf", b"\\", b"{", b"}", b"[", b"]", b":",
    b";", b"\t", b"|", b"null", b"NaN", b"-Infinity", b"1e999", b"9" * 5000, b"\\ud800", b"\\u0000", b"\xed\xa0\x80",
    b"<", b"<!--", b"<p>", b"&#", b"```", b"@", b"{}" * 50, b"[" * 2000, b"{\"a\":" * 500,
    b"\xe2\x80\xae", b"=cmd|' /C calc'!A0", b"\x1b[31m",
)  # fmt: skip


@st.composite
def spoilt(draw: st.DrawFn) -> tuple[str, bytes]:
    """(suffix, a sound file cut, flipped, spliced or stuffed)."""
    suffix = draw(st.sampled_from(list(SOUND)))
    content = bytearray(CHAT if suffix == ".jsonl" and draw(st.booleans()) else SOUND[suffix])
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(0, len(content) - 1)))
        kind = draw(st.sampled_from(("cut", "head", "flip", "stuff", "splice", "double", "zero")))
        if kind == "cut":
            del content[at:]
        elif kind == "head":
            del content[: min(at, 64)]
        elif kind == "flip" and content:
            content[at] ^= 1 << draw(st.integers(0, 7))
        elif kind == "stuff":
            content[at:at] = draw(st.sampled_from(TOKENS))
        elif kind == "splice":
            other = SOUND[draw(st.sampled_from(list(SOUND)))]
            start = draw(st.integers(0, len(other) - 1))
            content[at:at] = other[start : start + draw(st.integers(1, 400))]
        elif kind == "double":
            content[at:at] = content[at : at + 300] * 3
        else:
            content[at : at + 8] = bytes(len(content[at : at + 8]))
    return suffix, bytes(content)


def any_json() -> st.SearchStrategy[object]:
    leaves = (
        st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats()
        | st.text(st.characters(exclude_categories=()), max_size=12)
    )
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
        max_leaves=5,
    )


@st.composite
def odd_records(draw: st.DrawFn) -> bytes:
    """JSON lines whose records are anything: mixed types, keys that come twice, chats that are none, a deep nest."""
    known = st.sampled_from(("text", "label", "messages", "input", "output", "x"))
    names = draw(st.lists(known, min_size=1, max_size=4))
    lines = []
    for _ in range(draw(st.integers(0, 4))):
        pairs = [(draw(st.sampled_from(names)), draw(any_json())) for _ in names]
        lines.append("{" + ",".join(f"{json.dumps(name)}:{json.dumps(value)}" for name, value in pairs) + "}")
    turns = st.fixed_dictionaries({}, optional={"role": any_json(), "content": any_json(), "from": any_json()})
    for _ in range(draw(st.integers(0, 3))):
        lines.append(json.dumps({"messages": draw(st.lists(turns, max_size=4) | any_json())}))
    depth = draw(st.sampled_from((0, 0, 0, 0, 50, 900, 30_000)))
    if depth:
        lines.append('{"text":' + "[" * depth + "]" * depth + ',"label":"a"}')
    return ("\n".join(lines)).encode()


PIECES = (
    "<", "<!--", "<p>", "<a ", "&#", "http://a?utm_a=", "a@", "a.b@c.", "1", "1 ", "+1 ", "0-", "(", "```", "`", "{\"",
    "[", "\\", "\"", "AKIA", "eyJ", "eyJaaaaaaaaaa.", "sk-", "-----BEGIN PRIVATE KEY-----", "GB82 ", "my address is ",
    "call me at ", "Ã", "Ã©", "\u0301", "ﷺ", "I'm sorry ", "as an ai ", "lorem ipsum ", "\n", " ", "\t", "😀", "a" * 50,
    "the ", "1.", "a [at] ", "1:", "::", "192.168.", "12-34-", "password: ", "Bearer ", "DE89 3704 ", "1234 AB ",
    "12345 Abc-", "Berlin, CA 9021", "Rue de la Foo 12345 ", "Str. 5, 12345 ", "user:pw@host ", "user: a",
    "assistant:", "### ", "1. do it ", "> ", "Home > ", "I can't help. ", "- x", "no. ", "$x$ ", "{{a}} ", "[b]x[/b] ",
)


@st.composite
def hard_texts(draw: st.DrawFn) -> bytes:
    """Sound JSON lines of texts made to make patterns back-track: the same piece thousands of times, or any text."""
    rows = []
    for n in range(draw(st.integers(2, 4))):
        piece = draw(st.sampled_from(PIECES)) + draw(st.sampled_from(("", "", " ", "x", "9", "\n")))
        first = draw(st.sampled_from(("", "", "```\n", "<br>", "<!--")))
        text = first + piece * draw(st.sampled_from((3, 100, 1500))) + draw(st.text(max_size=8))
        answer = draw(st.sampled_from((piece * 100, piece * 1500, "good", "bad", "{" * 100, "[1,")))
        rows.append({"text": f"{n} {text}", "label": answer})
    if draw(st.booleans()):  # among answers in whole sentences other checks look at them
        rows += [{"text": f"What is {n} and {n}?", "label": f"Taken together it is {2 * n} in all."} for n in range(30)]
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def archives(content: bytes) -> dict[str, bytes]:
    """The same content packed in every usual way, whatever it is called."""
    import bz2
    import lzma

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("data.jsonl", content)
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        member = tarfile.TarInfo("data.jsonl")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return {
        "zip": packed.getvalue(), "gzip": gzip.compress(content), "bzip2": bz2.compress(content),
        "xz": lzma.compress(content), "lzma": lzma.compress(content, format=lzma.FORMAT_ALONE), "tar": tar.getvalue(),
        "tar.gz": gzip.compress(tar.getvalue()), "7z": b"7z\xbc\xaf\x27\x1c\x00\x04" + os.urandom(500),
        "rar": b"Rar!\x1a\x07\x01\x00" + os.urandom(300), "zstd": b"\x28\xb5\x2f\xfd" + os.urandom(300),
        "lz4": b"\x04\x22\x4d\x18" + os.urandom(300), "compress": b"\x1f\x9d\x90" + os.urandom(300),
        "cab": b"MSCF\x00\x00\x00\x00" + os.urandom(300), "ar": b"!<arch>\n" + b"a" * 60 + content,
    }  # fmt: skip
