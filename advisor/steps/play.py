"""Step 8: base and tuned model answer the same text side by side; blind if you like, and with a vote."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Literal

import gradio as gr

from advisor import fields
from advisor.cards import esc, figures, plain, wrap
from backend.decisions import Vote
from backend.errors import InputError

if TYPE_CHECKING:
    from advisor.page import Page
    from backend.flow import Standing
    from backend.steps.play import Answer
    from backend.workbench import Workbench

LEAD = "Type anything: the base model and the tuned one answer it with the same settings, side by side."
WHY = (
    "Scores say how often, your own eyes say what kind. Asked blind, you cannot be swayed by knowing which is which; "
    "after some twenty votes the share that the tuned model wins says something, and the interval says how much."
)
NAMES = {"base": "Base model", "tuned": "Tuned model"}
Choice = Literal["left", "right", "tie", "both bad"]


def build(page: Page) -> None:
    """Lay the page out and wire it."""
    text = gr.Textbox(label="What both should answer", lines=4, max_length=20_000)
    with gr.Row():
        blind = gr.Checkbox(label="Blind: hide which is which until I have voted", value=True)
        limit = gr.Textbox(label="Longest answer, in tokens", value="128")
    ask = gr.Button("Ask both", variant="primary")
    with gr.Row():
        left = gr.HTML(elem_id="left-answer")
        right = gr.HTML(elem_id="right-answer")
    sides = gr.State(())
    notice = page.notice()
    page.streams(ask.click, answer, [text, limit, blind], [left, right, sides], name="ask", notice=notice)
    voter = gr.Textbox(label="Who is voting (optional)", max_length=100)
    with gr.Row():
        left_wins = gr.Button("Left is better", min_width=120)
        right_wins = gr.Button("Right is better", min_width=120)
        tie = gr.Button("Both are good", min_width=120)
        bad = gr.Button("Both are bad", min_width=120)
    given, shown = [sides, voter], [left, right, sides]
    page.on(left_wins.click, vote("left"), given, shown, name="left", notice=notice)
    page.on(right_wins.click, vote("right"), given, shown, name="right", notice=notice)
    page.on(tie.click, vote("tie"), given, shown, name="tie", notice=notice)
    page.on(bad.click, vote("both bad"), given, shown, name="bad", notice=notice)
    results = gr.HTML()
    page.shows(show, [results])


def answer(workbench: Workbench, text: str, limit: str, blind: bool) -> Iterator[tuple[str, str, tuple[Any, ...]]]:
    """Growing answers. Blind, the sides are drawn by lot and nothing tells them apart."""
    swapped = blind and secrets.randbelow(2) == 1
    most = fields.whole(limit, "Longest answer") or 128
    for base, tuned in workbench.stream_both(text or "", most):
        pair = (tuned, base) if swapped else (base, tuned)
        left, right = (_shown(one, side, blind) for one, side in zip(pair, ("Left", "Right"), strict=True))
        # Votes are taken on complete answers only.
        done = base.complete and tuned.complete
        yield left, right, (text, *pair, blind) if done else ()


def vote(choice: Choice) -> Callable[..., tuple[str, str, str, tuple[Any, ...]]]:
    """The handler of one of the four buttons: writes the vote down and shows which was which."""

    def cast(workbench: Workbench, sides: tuple[Any, ...], voter: str) -> tuple[str, str, str, tuple[Any, ...]]:
        if not sides:
            raise InputError("There is nothing to vote on.", do="Ask both first, and wait until both have answered.")
        text, left, right, blind = sides
        winner = {"left": left.model, "right": right.model}.get(choice, choice)
        workbench.vote(
            Vote(prompt=text, left=left.text, right=right.text, winner=winner, voter=voter or "", blind=blind)
        )
        told = f"Left was the {NAMES[left.model].lower()}, right the {NAMES[right.model].lower()}."
        return told, _shown(left, "Left", False), _shown(right, "Right", False), ()

    return cast


def _shown(one: Answer, side: str, blind: bool) -> str:
    name = f"{side} answer" if blind else NAMES[one.model]
    # The time would tell which is which.
    first = "" if one.first_s is None else f"first word after {one.first_s:.2f} s, "
    speed = "" if blind else f"{first}about {one.pieces:,} tokens in {one.seconds:.2f} s ({one.engine})"
    told = speed if one.text or one.complete else "waiting …"
    return wrap(f'<div aria-live="off">{plain(name, one.text)}<p class="soft">{esc(told)}</p></div>')


def show(workbench: Workbench, now: Standing) -> str:
    """The votes so far."""
    wins, decided, share, low, high = workbench.win_rate()
    if not decided:
        return ""
    return wrap(figures([
        ("Tuned model won", f"{wins} of {decided}"), ("Share", f"{share:.0%}"),
        ("95 % interval", f"{low:.0%} to {high:.0%}"),
    ]))
