"""What the app does when an action fails: a message for what a person can mend, a log file for what is our fault."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from advisor import cards
from backend.audit.hide import hide
from backend.errors import TunewiseError
from backend.workbench import Workbench

LOG_NAME = "app.log"


def log_file(home: Path) -> Path:
    """Where the app writes down what was its own fault."""
    return home / LOG_NAME


def log_to(home: Path) -> None:
    """Send what the app and its libraries complain about to the log file."""
    home.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(log_file(home), encoding="utf-8", errors="backslashreplace", delay=True)
    handler.setFormatter(_Hiding("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger("advisor").addHandler(handler)
    logging.getLogger("uvicorn.error").addHandler(handler)


class _Hiding(logging.Formatter):
    """A log line with its traceback, without personal data and secrets: an error may quote the data."""

    def format(self, record: logging.LogRecord) -> str:
        return hide(super().format(record))


def answer_safely(act: Callable[..., Any], home: Path, outputs: int, long: bool) -> Callable[..., list[Any]]:
    """An endpoint of Gradio around a handler: opens the project, passes the values on, and words what goes wrong."""

    # Gradio finds the progress by its default and puts it first; a progress after `*values` it would misplace.
    def endpoint(progress: Any = gr.Progress(), project: str = "", *values: Any) -> list[Any]:  # noqa: B008
        def tell(words: str, done: float) -> None:
            progress(min(1.0, done), desc=words)

        try:
            workbench = Workbench.open(project, home)
            said = act(workbench, tell, *values) if long else act(workbench, *values)
        except Exception as error:  # the one place where anything a handler raises becomes words
            return [worded(error, project, home), *[gr.skip() for _ in range(outputs)]]
        told, *rest = (said,) if isinstance(said, str) else said
        return [cards.say("ok", told) if told else "", *rest]

    return endpoint


def stream_safely(act: Callable[..., Any], home: Path, outputs: int) -> Callable[..., Iterator[list[Any]]]:
    """The same around a handler that yields."""

    def endpoint(project: str = "", *values: Any) -> Iterator[list[Any]]:
        try:
            for given in act(Workbench.open(project, home), *values):
                yield ["", *(given if outputs > 1 else [given])]
        except Exception as error:  # as above
            yield [worded(error, project, home), *[gr.skip() for _ in range(outputs)]]

    return endpoint


def worded(error: Exception, project: str, home: Path) -> str:
    """The message for a failure; writes the traceback of our own faults down."""
    if isinstance(error, TunewiseError):
        return cards.refusal(error, project)
    logging.getLogger("advisor").error("A handler failed in project %s", project, exc_info=error)
    return cards.our_fault(log_file(home))
