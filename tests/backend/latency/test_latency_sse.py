"""The event-stream parser: the same events however the bytes are cut."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from backend.latency.sse import Event, Parser

LINES = st.lists(
    st.one_of(
        st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=12).map("data: ".__add__),
        st.sampled_from(["", "", "data", "data:", ": a comment", "event: error", "id: 7", "retry: 10", "data: é🙂語"]),
    ),
    max_size=20,
)
ENDS = st.sampled_from(["\n", "\r\n", "\r"])


def parse(pieces: list[bytes]) -> list[Event]:
    parser = Parser()
    return [event for piece in pieces for event in parser.feed(piece)]


@given(LINES, ENDS, st.lists(st.integers(0, 400), max_size=30))
def test_the_same_events_however_the_bytes_are_cut(lines, end, cuts):
    stream = end.join([*lines, "", ""]).encode()
    places = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    pieces = [stream[a:b] for a, b in pairwise(places)]
    assert parse(pieces) == parse([stream]) == parse([stream[i : i + 1] for i in range(len(stream))])


def test_reads_fields_as_the_standard_says():
    stream = "\ufeffevent: error\ndata: one\ndata:two\n: comment\n\ndata\n\nevent: lost\n\ndata: last\n\ndata: half"
    assert parse([stream.encode()]) == [Event("one\ntwo", "error"), Event(""), Event("last")]


def test_a_line_end_cut_in_the_middle_is_one_line_end():
    assert parse([b"data: a\r", b"\ndata: b\r", b"", b"\n\r", b"\n"]) == [Event("a\nb")]
