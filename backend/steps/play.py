"""Step 8: base and tuned answer the same input with the same settings; people vote, blind if they like."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from backend.decisions import Vote
from backend.domain import Message, Plan, Run
from backend.errors import InputError
from backend.flow import require
from backend.project import Project
from backend.prompts.render import render
from backend.serving.chat import stream as stream_from_server
from backend.serving.server import Server, find_running
from backend.statistics import wilson


@dataclass(frozen=True)
class Answer:
    """One answer as far as it has come. Times in seconds from asking; `engine` says who computed it."""

    model: str  # base | tuned
    text: str
    pieces: int
    first_s: float | None
    seconds: float
    engine: str
    complete: bool


def ask_both(project: Project, home: Path, text: str, max_new_tokens: int, system: str | None) -> tuple[Answer, Answer]:
    """The complete answers of base and tuned."""
    *_, last = stream_both(project, home, text, max_new_tokens, system)
    return last


def stream_both(
    project: Project, home: Path, text: str, max_new_tokens: int, system: str | None
) -> Iterator[tuple[Answer, Answer]]:
    """Growing pairs of answers. The tuned model gets the prompt it was trained with, and so does the base.

    Raises InputError for an empty input or before a run is finished.
    """
    require(project, "play")
    if not text.strip():
        raise InputError("Type something for the two models to answer.")
    if not 1 <= max_new_tokens <= 2048:
        raise InputError("The longest answer must be between 1 and 2048 tokens.", where=str(max_new_tokens))
    plan = project.need(Plan, "Make the plan first (step 4).")
    run = project.need(Run, "Train first (step 6).")
    prompt = plan.prompt if system is None else plan.prompt.model_copy(update={"system": system})
    messages = render(prompt, text)
    server = find_running(project.folder / "serving")
    if server is not None:
        yield from _side_by_side(
            _server_answer(server, "base", messages, max_new_tokens),
            _server_answer(server, "tuned", messages, max_new_tokens),
        )
    else:
        yield from _here(project, home, plan, run, messages, max_new_tokens)


def vote(project: Project, given: Vote) -> None:
    """Write one vote down."""
    project.journal.add("vote", given)


def win_rate(project: Project) -> tuple[int, int, float, float, float]:
    """(wins of tuned, decided votes, share, low, high); ties and "both bad" decide nothing."""
    winners = [entry.body["winner"] for entry in project.journal.entries("vote")]
    decided = [winner for winner in winners if winner in ("base", "tuned")]
    if not decided:
        return 0, 0, 0.0, 0.0, 0.0
    share = wilson(decided.count("tuned"), len(decided))
    return decided.count("tuned"), len(decided), share.value, share.low, share.high


def _side_by_side(base: Iterator[Answer], tuned: Iterator[Answer]) -> Iterator[tuple[Answer, Answer]]:
    left, right = next(base), next(tuned)
    while not (left.complete and right.complete):
        left = left if left.complete else next(base)
        right = right if right.complete else next(tuned)
        yield left, right


def _growing(model: str, engine: str, pieces: Iterator[str]) -> Iterator[Answer]:
    started = time.monotonic()
    text, count, first = "", 0, None
    yield Answer(model, "", 0, None, 0.0, engine, complete=False)
    for piece in pieces:
        first = first if first is not None else time.monotonic() - started
        text, count = text + piece, count + 1
        yield Answer(model, text, count, first, time.monotonic() - started, engine, complete=False)
    yield Answer(model, text, count, first, time.monotonic() - started, engine, complete=True)


def _server_answer(server: Server, model: str, messages: list[Message], limit: int) -> Iterator[Answer]:
    chat = [message.model_dump() for message in messages]
    pieces = stream_from_server(server.endpoint, model, chat, max_tokens=limit)
    return _growing(model, "vLLM", (piece.text for piece in pieces if piece.text))


def _here(
    project: Project, home: Path, plan: Plan, run: Run, messages: list[Message], limit: int
) -> Iterator[tuple[Answer, Answer]]:
    from backend.models.generate import LocalModel
    from backend.models.resolve import resolve

    local = LocalModel(resolve(plan.model, home), adapter=project.folder / run.adapter)
    waiting = Answer("tuned", "", 0, None, 0.0, "transformers", complete=False)
    left = waiting
    with local.base():  # one set of weights answers for both, so they take turns
        for left in _growing("base", "transformers", local.stream(messages, limit)):
            yield left, waiting
    for right in _growing("tuned", "transformers", local.stream(messages, limit)):
        yield left, right
