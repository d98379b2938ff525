"""An incremental parser of server-sent events: the same events come out however the bytes were cut.

Format: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Event:
    """One dispatched event; `name` is "message" unless the stream gave another."""

    data: str
    name: str = "message"


class Parser:
    """Feed it bytes as they arrive; it returns the events which those bytes completed.

    Lines are cut in bytes and decoded whole, so a character split over two reads comes out right.
    """

    def __init__(self) -> None:
        self._line = bytearray()
        self._after_cr = False
        self._data: list[str] = []
        self._name = ""
        self._first = True

    def feed(self, received: bytes) -> list[Event]:
        events: list[Event] = []
        if self._after_cr and received:  # a "\r\n" that was cut in the middle is one line end
            self._after_cr = False
            received = received.removeprefix(b"\n")
        self._after_cr = received.endswith(b"\r") or (self._after_cr and not received)
        lines = received.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        for line in lines[:-1]:
            self._line += line
            event = self._end_line(bytes(self._line))
            self._line.clear()
            if event is not None:
                events.append(event)
        self._line += lines[-1]
        return events

    def _end_line(self, raw: bytes) -> Event | None:
        line = raw.decode("utf-8", errors="replace")
        if self._first:
            self._first, line = False, line.removeprefix("\ufeff")
        if not line:
            return self._dispatch()
        field, _, value = line.partition(":")  # a comment has an empty field name and is dropped below
        value = value.removeprefix(" ")
        if field == "data":
            self._data.append(value)
        elif field == "event":
            self._name = value
        return None

    def _dispatch(self) -> Event | None:
        event = Event("\n".join(self._data), self._name or "message") if self._data else None
        self._data, self._name = [], ""
        return event
