"""Reading: every format, and every way a file can be bad gives one clear InputError."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.data.load import read_table
from backend.errors import InputError

ROWS = [
    {"text": "how lovely", "label": "good"},
    {"text": "what a, mess", "label": "bad"},
    {"text": "fine", "label": "good"},
]


def put(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refused(path: Path | str) -> str:
    with pytest.raises(InputError) as caught:
        read_table(path)
    error = caught.value
    assert error.what and error.where and (error.do or error.why), str(error)
    return str(error)


JSONL = "".join(json.dumps(row) + "\n" for row in ROWS)
CSV = 'text,label\nhow lovely,good\n"what a, mess",bad\nfine,good\n'


@pytest.mark.parametrize(
    ("name", "content", "form"),
    [
        ("a.jsonl", JSONL, "jsonl"),
        ("a.jsonl", "\ufeff" + JSONL, "jsonl"),
        ("a.jsonl", JSONL.replace("\n", "\r\n\r\n"), "jsonl"),
        ("a.json", JSONL, "jsonl"),
        ("a.json", json.dumps(ROWS), "json"),
        ("a.json", json.dumps(ROWS, indent=2), "json"),
        ("a.jsonl", JSONL.encode("utf-16"), "jsonl"),
        ("a.json", json.dumps(ROWS).encode("utf-16-le"), "json"),
        ("a.csv", CSV, "csv"),
        ("a.csv", "\ufeff" + CSV.replace("\n", "\r\n"), "csv"),
        ("a.csv", CSV.encode("utf-16"), "csv"),
        (
            "a.csv",
            CSV.replace("text,", "text;").replace("lovely,", "lovely;").replace('",', '";').replace("fine,", "fine;"),
            "csv",
        ),
        ("a.tsv", "text\tlabel\nhow lovely\tgood\nwhat a, mess\tbad\nfine\tgood\n", "tsv"),
        ("a.csv", "text\tlabel\nhow lovely\tgood\nwhat a, mess\tbad\nfine\tgood\n", "tsv"),
        ("data", JSONL, "jsonl"),
    ],
)
def test_text_formats(tmp_path: Path, name: str, content: str | bytes, form: str) -> None:
    table = read_table(put(tmp_path, name, content))
    assert (table.columns, table.rows, table.format) == (("text", "label"), ROWS, form)
    assert table.positions == [0, 1, 2] and not table.unreadable and len(table.sha256) == 64


def test_parquet_xlsx_and_saved_folder(tmp_path: Path) -> None:
    import datasets
    import openpyxl
    import pandas as pd

    pd.DataFrame(ROWS).to_parquet(tmp_path / "a.parquet")
    book = openpyxl.Workbook()
    for line in [["text", "label"], *([row["text"], row["label"]] for row in ROWS)]:
        book.active.append(line)
    book.create_sheet("empty one")
    book.save(tmp_path / "a.xlsx")
    datasets.Dataset.from_list(ROWS).save_to_disk(tmp_path / "folder")
    for name, form in (("a.parquet", "parquet"), ("a.xlsx", "xlsx"), ("folder", "datasets")):
        table = read_table(tmp_path / name)
        assert (table.columns, table.rows, table.format) == (("text", "label"), ROWS, form)


def test_a_text_of_a_workbook_that_begins_as_a_formula_is_read_as_written(tmp_path: Path) -> None:
    """Programs that write workbooks take it for a formula, which nobody ever works out."""
    import openpyxl
    import pandas as pd

    texts = ["=SUM(A1:A3) adds up three cells.", "plain", "= hello & goodbye"]
    pd.DataFrame({"prompt": texts, "completion": texts[::-1]}).to_excel(tmp_path / "a.xlsx", index=False)
    rows = read_table(tmp_path / "a.xlsx").rows
    assert [row["prompt"] for row in rows] == texts and [row["completion"] for row in rows] == texts[::-1]
    book = openpyxl.Workbook()
    for line in (["text", "label"], ["one", "=B1"], ["two", "x"]):
        book.active.append(line)
    book.save(tmp_path / "b.xlsx")
    with zipfile.ZipFile(tmp_path / "b.xlsx") as whole, zipfile.ZipFile(tmp_path / "c.xlsx", "w") as out:
        for name in whole.namelist():  # as a spreadsheet program saves it: with what the formula came to
            out.writestr(name, re.sub(rb"<v ?/>|<v></v>", b"<v>7</v>", whole.read(name)))
    assert [row["label"] for row in read_table(tmp_path / "c.xlsx").rows] == [7, "x"]


def test_a_formula_that_comes_to_nothing_is_blank(tmp_path: Path) -> None:
    """As `=IF(B2="","",B2)`, filled down further than there are rows, which is saved with an empty text."""
    import openpyxl

    book = openpyxl.Workbook()
    for line in (["text", "label"], ["one", "=D2"], ["two", "x"], ["=D4", "=D4"]):
        book.active.append(line)
    book.save(tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as whole, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as out:
        for name in whole.namelist():
            out.writestr(name, re.sub(rb'(<c r="[AB]\d")(?=><f>)', rb'\1 t="str"', whole.read(name)))
    assert read_table(tmp_path / "b.xlsx").rows == [{"text": "one", "label": None}, {"text": "two", "label": "x"}]


def test_class_labels_of_a_saved_folder_become_names(tmp_path: Path) -> None:
    import datasets

    features = datasets.Features({"text": datasets.Value("string"), "label": datasets.ClassLabel(names=["neg", "pos"])})
    datasets.Dataset.from_dict({"text": ["a", "b"], "label": [1, 0]}, features=features).save_to_disk(tmp_path / "d")
    assert [row["label"] for row in read_table(tmp_path / "d").rows] == ["pos", "neg"]


def test_folder_of_several_parts_names_them(tmp_path: Path) -> None:
    import datasets

    part = datasets.Dataset.from_list(ROWS)
    datasets.DatasetDict({"train": part, "test": part}).save_to_disk(tmp_path / "d")
    assert "test, train" in refused(tmp_path / "d")
    assert len(read_table(tmp_path / "d" / "train").rows) == 3


def test_broken_json_lines_are_kept_apart_with_their_reasons(tmp_path: Path) -> None:
    lines = [
        '{"a": "x", "b": "y"}',
        '{"a": "x", "b"',
        "[1, 2]",
        '{"a": 1, "a": 2}',
        '{"a": "\\ud800"}',
        "[" * 100_000,
        '{"a": ' + "9" * 5000 + "}",
        '{"a": "z"} {"a": "q"}',
        '{"a": NaN, "b": "y"}',
    ]
    table = read_table(put(tmp_path, "a.jsonl", "\n".join(lines).encode() + b'\n{"a": "\xff"}\n'))
    assert table.positions == [0, 8] and table.rows[1]["a"] is None
    reasons = dict(table.unreadable)
    expected = {
        1: "not valid JSON",
        2: "a list",
        3: "twice",
        4: "half a character",
        5: "nested too deep",
        6: "not usable",
        7: "after its end",
        9: "0xFF",
    }
    assert reasons.keys() == expected.keys()
    for row, words in expected.items():
        assert words in reasons[row] and f"line {row + 1}" in reasons[row]


def test_ragged_and_badly_quoted_csv_rows_are_kept_apart(tmp_path: Path) -> None:
    content = 'text,label\na,x\nb\nc,y,z\n"d\nd",x\n"never closed,y\ne,x\nf,\0\n\ng,"ok"\n'
    table = read_table(put(tmp_path, "a.csv", content))
    assert [row["text"] for row in table.rows] == ["a", "d\nd", "e", "g"]
    assert table.positions == [0, 3, 5, 7]
    reasons = dict(table.unreadable)
    assert "1 values where there are 2" in reasons[1] and "3 values" in reasons[2]
    assert "never closed" in reasons[4] and "line 7" in reasons[4] and "NUL" in reasons[6]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", b"", "empty"),
        ("a.jsonl", b"\n\n", "nothing but blanks"),
        ("a.csv", b"text,label\n", "no records"),
        ("a.csv", b"text,label\nonly,one\n", "one single record"),
        ("a.jsonl", b'{"a": 1}\n', "one single record"),
        ("a.csv", JSONL, "not what its name says"),
        ("a.jsonl", CSV, "not what its name says"),
        ("a.csv", b"PAR1" + bytes(100), "not what its name says"),
        ("a.parquet", CSV, "not what its name says"),
        ("a.parquet", b"PAR1" + bytes(100), "damaged"),
        ("a.csv", b"\x89PNG\r\n\x1a\n" + bytes(50), "PNG picture"),
        ("a.jsonl", b"<!DOCTYPE html><html><body>Not found</body></html>", "web page"),
        ("a.csv", b"%PDF-1.7 ...", "PDF"),
        ("a.jsonl", b"\x1f\x8b\x08\x00abc", "archive"),
        ("a.csv", b"\x80\x04\x95abc", "pickle"),
        ("a.csv", bytes(range(256)) * 4, "binary"),
        ("a.xlsx", b"PK\x03\x04broken", "damaged"),
        ("a.csv", "text,text\na,b\nc,d\n", "same name"),
        ("a.csv", "I love it,good\nI hate it,bad\nso so,good\nfine,good\nmeh,good\n", "data, not column names"),
        ("a.json", '[{"a": 1}, {"a": 2}', "broken after"),
        ("a.json", '[{"a": 1} {"a": 2}]', "broken after"),
        ("a.json", '[{"a": 1}, {"a": 2}] more', "closing bracket"),
        ("a.json", '{\n "a": 1,\n "b": 2\n}', "several lines"),
    ],
)
def test_bad_files_say_what_where_and_what_to_do(tmp_path: Path, name: str, content: str | bytes, words: str) -> None:
    message = refused(put(tmp_path, name, content))
    assert words in message and name in message


def test_a_list_among_lines_is_one_bad_line(tmp_path: Path) -> None:
    table = read_table(put(tmp_path, "a.jsonl", '["what", "is it"]\n{"a": "x"}\n{"a": "y"}\n'))
    assert [row["a"] for row in table.rows] == ["x", "y"]
    assert "line 1: is a list" in table.unreadable[0][1]


def test_zip_and_plain_archive_named_as_table(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("data.csv", CSV)
    assert "archive (ZIP)" in refused(put(tmp_path, "a.csv", buffer.getvalue()))


def test_workbook_named_csv_and_workbook_with_two_filled_sheets(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["text", "label"])
    book.create_sheet("other").append(["x"])
    book.save(tmp_path / "a.xlsx")
    assert "2 sheets" in refused(tmp_path / "a.xlsx")
    assert "not what its name says" in refused((tmp_path / "a.xlsx").rename(tmp_path / "a.csv"))


def test_missing_file_names_the_nearest(tmp_path: Path) -> None:
    put(tmp_path, "reviews.csv", CSV)
    assert "reviews.csv?" in refused(tmp_path / "review.csv")


def test_pipe_and_odd_names(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    assert "not a file" in refused(tmp_path / "pipe.csv")
    assert "cannot be opened" in refused("a\0b.csv")
    assert refused("x" * 5000)
    assert "not a saved data set" in refused(tmp_path)


def test_too_large_is_told_before_reading(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", CSV)
    with pytest.raises(InputError, match="too large"):
        read_table(path, max_bytes=10)


@pytest.mark.parametrize(("name", "opening"), [("a.jsonl", '{"a": "'), ("a.csv", "a,b\n"), ("a.json", '[{"a": "')])
def test_one_enormous_line_takes_bounded_memory(tmp_path: Path, name: str, opening: str) -> None:
    path = tmp_path / name
    with path.open("w") as file:
        file.write(opening)
        for _ in range(200):
            file.write("x" * 1_000_000)
    code = (
        "import sys\nfrom backend.data.load import read_table\nfrom backend.errors import InputError\n"
        "try: read_table(sys.argv[1])\n"
        "except InputError: print(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])"
    )
    result = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert int(result.stdout) < 200_000  # KiB at the highest; Python itself with its libraries takes about 50,000


def test_long_array_on_one_line_is_read(tmp_path: Path) -> None:
    rows = [{"a": "x" * 1000, "b": str(number)} for number in range(3000)]
    assert read_table(put(tmp_path, "a.json", json.dumps(rows))).rows == rows


def test_hub_name_without_network_is_a_clear_error() -> None:
    code = (
        "from backend.data.load import read_table\nfrom backend.errors import InputError\n"
        "try: read_table('nobody/nothing')\nexcept InputError as e: print('REFUSED', e.what)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
        check=True,
    )
    assert "REFUSED The data set could not be fetched" in result.stdout


NAMES = st.sampled_from(["a.jsonl", "a.json", "a.csv", "a.tsv", "a.parquet", "a.xlsx", "a", "a.txt"])
PIECES = st.sampled_from(
    [
        b'{"a": "b"}',
        b"\n",
        b"\r\n",
        b",",
        b'"',
        b"[",
        b"]",
        b"{",
        b"}",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\0",
        b"\\ud800",
        b"a,b",
        b"PK\x03\x04",
        b"PAR1",
        b"<html>",
        b"\xc3\xa9",
        b"\t",
        b";",
        b":",
        b"1e999",
        b"nan",
        b'"a"',
        b"\\",
    ]
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(NAMES, st.one_of(st.binary(max_size=200), st.lists(PIECES, max_size=30).map(b"".join)))
def test_any_bytes_give_a_table_or_an_input_error(tmp_path: Path, name: str, content: bytes) -> None:
    path = put(tmp_path, name, content)
    try:
        table = read_table(path)
    except InputError as error:
        assert error.what and error.where
        return
    assert len(table.rows) == len(table.positions) and table.records >= 2
    assert sorted([*table.positions, *(row for row, _ in table.unreadable)]) == list(range(table.records))
    json.dumps(table.rows, default=str, ensure_ascii=False).encode()


def test_a_link_that_leads_nowhere_says_where_it_leads(tmp_path):
    (tmp_path / "data.jsonl").symlink_to(tmp_path / "gone.jsonl")
    assert "gone.jsonl" in refused(tmp_path / "data.jsonl")
