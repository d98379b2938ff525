"""Where a command writes: words to standard output, or only JSON there; progress and errors to standard error."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

Tell = Callable[[str, float], None]
WIDE = 200
"""Columns of a table that is written to a pipe or a file."""
QUIET_S = 2.0
"""Without a terminal a line of progress is written at most this often."""


class Output:
    """`json` is the option's value: None for words, `-` for JSON instead of words, a path for both."""

    def __init__(self, json: str | None = None) -> None:
        self.json = json

    @property
    def _console(self) -> Console:
        from rich.console import Console

        # What others wrote is shown as it is: no [markup], no guessed highlighting. A pipe has no edge to wrap at.
        width = None if sys.stdout.isatty() else WIDE
        return Console(markup=False, highlight=False, emoji=False, width=width, soft_wrap=width is not None)

    def say(self, text: str = "", style: str = "") -> None:
        """One paragraph of words; nothing when standard output is for JSON."""
        if self.json != "-":
            from advisor.words import printable

            self._console.print(printable(text), style=style or None)

    def show(self, what: RenderableType) -> None:
        """A table or panel; nothing when standard output is for JSON."""
        if self.json != "-":
            self._console.print(what)

    def result(self, value: object) -> None:
        """The result as JSON, when it was asked for. Infinite and missing numbers become null."""
        if self.json is None:
            return
        from pydantic_core import to_json

        text = to_json(value, indent=1, inf_nan_mode="null").decode()
        if self.json == "-":
            sys.stdout.write(text + "\n")
            sys.stdout.flush()
        else:
            from backend.store import write_text

            write_text(Path(self.json).expanduser(), text + "\n")

    @contextmanager
    def progress(self) -> Iterator[Tell]:
        """A `tell(words, fraction done)` that draws a bar with the time left on standard error."""
        if not sys.stderr.isatty():
            yield _Lines()
            return
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

        columns = (
            TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(),
            TimeRemainingColumn(elapsed_when_finished=True),
        )
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("Starting", total=1.0)
            reached = 0.0

            def tell(words: str, done: float) -> None:
                nonlocal reached
                if done < reached:  # the next piece of work begins: its time left is not that of the one before
                    bar.reset(task)
                reached = done
                bar.update(task, description=words, completed=done)

            yield tell


class _Lines:
    """Progress for a log: a line every few seconds, with the time left once it can be told."""

    def __init__(self) -> None:
        self.began = self.said_at = time.monotonic()
        self.reached = self.started_at = 0.0

    def __call__(self, words: str, done: float) -> None:
        from advisor.words import duration

        now = time.monotonic()
        if done < self.reached:  # the next piece of work begins: its time left is not that of the one before
            self.began, self.started_at = now, done
        self.reached = done
        if now - self.said_at < QUIET_S:
            return
        self.said_at = now
        spent, through = now - self.began, done - self.started_at
        left = f", about {duration(spent * (1 - done) / through)} left" if through > 0.02 and done < 1 else ""
        print(f"… {words} ({done:.0%}{left})", file=sys.stderr, flush=True)
