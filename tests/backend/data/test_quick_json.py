"""The fast reader of JSON lines never says anything else than the careful one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.data.quick_json import quick, quick_lines
from backend.data.read_json import _parse, read_json

ODD = [
    b'{"a": 1, "a": 2}', b'{"a": 1, "a" : 2}', b'{"a": {"b": 1, "b": 2}}', b'{"a": [{"b": 1, "b":2}]}', b'{"a": NaN}',
    b'{"a": "\\u0000"}', b'{"a": "\\ud800"}', b'{"a": "\xff"}', b'{"a": 123456789012345678901234567890}',
    b'{"a": [123456789012345678901234567890]}', b'{"a": 1e400}', b'{"a": 1.10}', b'{"a":"x\x00"}', b'{"a":1} x', b"[1]",
    b'"a"', b"", b'{"a": "b"', b"{'a': 1}", b'{"a": -0}', b'{"\\u0061": 1, "a": 2}', b'{"a": ' + b"[" * 2000 + b"}",
    b'{"a": "one \\"b\\": two", "c": "\\": "}', b'{"a": "\xf0\x9f\x98\x80 \\ud83d\\ude00"}', b'{"": 1, "": 2}',
]  # fmt: skip


def said_twice(line: bytes) -> None:
    line = line.strip(b" \t\r\n")
    found = quick(line)
    if found is not None:
        careful = _parse(line.decode("utf-8", "surrogateescape"))
        assert isinstance(careful, dict) and json.dumps(found) == json.dumps(careful)


@pytest.mark.parametrize("line", ODD)
def test_odd_lines(line: bytes) -> None:
    said_twice(line)


@pytest.mark.parametrize(
    "line", [b'{"a": "b: c", "d": ""}', b'{"m": [{"role": "user", "content": "x\\u00e9"}], "n": 3}']
)
def test_ordinary_lines_are_read_fast(line: bytes) -> None:
    assert quick(line) == json.loads(line)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.text(max_size=3), VALUES, max_size=4), st.booleans(), st.data())
def test_whatever_is_written(record: dict[str, object], escaped: bool, data: st.DataObject) -> None:
    line = json.dumps(record, ensure_ascii=escaped).encode("utf-8", "surrogatepass")
    said_twice(line)
    at = data.draw(st.integers(0, len(line)))
    said_twice(line[:at] + data.draw(st.binary(max_size=3)) + line[at + data.draw(st.integers(0, 2)) :])


def many_said_twice(block: bytes) -> None:
    found = quick_lines(block)
    if found is not None:
        lines = block.decode("utf-8", "surrogateescape").rstrip("\r\n").split("\n")
        one_by_one = [_parse(line.strip(" \t\r")) for line in lines]
        assert json.dumps(found) == json.dumps(one_by_one, default=str)


BRIDGES = [
    b'{"a": [1\n2]}',
    b'{"a": [{}\n{}]}\n{}, {}',
    b'{"a": 1\n"b": 2}',
    b'{"a": 1}\n\n{"a": 2}',
    b'{"a": 1}\r{"a": 2}',
    b'{"a":\r1}\n{}',
    b'{"a": 1, "a": 2}\n{"b\\\\":3}',
    b'{"a": "\\":"}\n{"a" : 2}',
    b'{"a": 1.5}\n{"a": 2}',
    b"1\n2",
    b'{"a": "\\u0000"}\n{}',
    b'{"a\t": 1, "a\\t": 2}\n{}',
    b'{"a": {"b": 1, "b": 2}}\n{":": 1}',
    b'{"x": "}\n{"}',
]


@pytest.mark.parametrize("block", BRIDGES)
def test_no_line_reaches_into_the_next(block: bytes) -> None:
    many_said_twice(block)


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_ordinary_lines_are_read_together(end: bytes) -> None:
    lines = [b'{"a": "b: \\"c\\": ", "d": "\\n"}', b'{"m": [{"role": "user", "content": "x:"}], "n": 3}', b"{}"]
    assert quick_lines(end.join(lines) + end) == [json.loads(line) for line in lines]


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.dictionaries(st.text(max_size=3), VALUES, max_size=3), min_size=1, max_size=4),
    st.integers(0, 200), st.sampled_from(["\n", "}", "{", ",", ":", '"', "\\", " ", '"a":1,', "[", "]", "\r", "0"]),
)  # fmt: skip
def test_whatever_lines_are_written(records: list[dict[str, object]], at: int, stuffed: str) -> None:
    text = "\n".join(json.dumps(record) for record in records)
    many_said_twice(text.encode())
    many_said_twice((text[:at] + stuffed + text[at:]).encode())


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_numbers_whatever_ends_a_line(tmp_path: Path, end: str) -> None:
    lines = ['{"a": "1"}', "", "junk", '{"a": "2"}', "[3]", '{"a": "4"}']
    (tmp_path / "x.jsonl").write_bytes(end.join(lines).encode())
    records, form = read_json(tmp_path / "x.jsonl", "utf-8")
    assert form == "jsonl" and records.rows == [{"a": "1"}, {"a": "2"}, {"a": "4"}] and records.positions == [0, 2, 4]
    assert [reason.split(":")[0] for _, reason in records.unreadable] == ["line 3", "line 5"]
    mixed = b'{"a": "1"}\n{"a": "2"}\r{"a": "3"}\r\n\nnull\n'
    (tmp_path / "y.jsonl").write_bytes(mixed)
    records, _ = read_json(tmp_path / "y.jsonl", "utf-8")
    assert [row["a"] for row in records.rows] == ["1", "2", "3"]
    assert records.unreadable[0][1].startswith("line 5: is null")
