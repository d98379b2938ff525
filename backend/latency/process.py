"""The caller's end of the measuring process: start it, give it orders, read what it saw, never outlive it."""

from __future__ import annotations

import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Any

import orjson

Message = dict[str, Any]
LOOK_S = 0.05
END_S = 3.0


class MeterDied(Exception):
    """The measuring process ended without being told to; the message says how."""


class Meter:
    """Use as `with Meter(key, timeout_s) as meter`. One order at a time; `read` until it is over."""

    def __init__(self, key: str | None, timeout_s: float) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        self._process = subprocess.Popen(
            [sys.executable, "-m", "backend.latency.meter"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, start_new_session=True,
        )  # fmt: skip
        self._half = b""
        self.order(do="open", key=key, timeout_s=timeout_s)

    def __enter__(self) -> Meter:
        return self

    def __exit__(self, *_: object) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue  # it died first; nothing was lost
        try:
            self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._errors.close()

    def order(self, **message: Any) -> None:
        """Raises MeterDied when nobody listens any more."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(orjson.dumps(message) + b"\n")
            self._process.stdin.flush()
        except (BrokenPipeError, OSError) as error:
            raise MeterDied(self._how_it_ended()) from error

    def read(self, halted: Callable[[], bool]) -> Iterator[Message | None]:
        """What the process says until the order is over; None at least every 50 ms. Raises MeterDied.

        Once `halted()` is true the order is cut short; what was seen until then still comes.
        """
        told_at: float | None = None
        while True:
            if told_at is None and halted():
                told_at = time.monotonic()
                self.order(do="halt")
            if told_at is not None and time.monotonic() - told_at > END_S:
                return
            for message in self._receive():
                if message["is"] == "over":
                    return
                yield message
            yield None

    def _receive(self) -> list[Message]:
        assert self._process.stdout is not None
        if not select.select([self._process.stdout], [], [], LOOK_S)[0]:
            return []
        received = self._process.stdout.read1(2**20)  # type: ignore[attr-defined]
        if not received:
            raise MeterDied(self._how_it_ended())
        *whole, self._half = (self._half + received).split(b"\n")
        return [orjson.loads(line) for line in whole]

    def _how_it_ended(self) -> str:
        code = self._process.wait()
        if code < 0:
            return f"ended by {signal.Signals(-code).name}"
        self._errors.seek(0)
        last = self._errors.read().decode(errors="replace").strip().splitlines()
        return f"ended with {code}" + (f": {last[-1]}" if last else "")
