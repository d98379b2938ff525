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
CHOICES: dict[Choice, str] = {
    "left": "Left is better", "right": "Right is better", "tie": "Both are good", "both bad": "Both are bad",
}  # fmt: skip


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
    voter = gr.Textbox(label="Who is voting (optional)", max_length=100)
    with gr.Row():
        buttons = {choice: gr.Button(label, min_width=120, interactive=False) for choice, label in CHOICES.items()}
    shown = [left, right, sides, *buttons.values()]
    page.streams(ask.click, answer, [text, limit, blind], shown, name="ask", notice=notice)
    for choice, button in buttons.items():
        page.on(button.click, vote(choice), [sides, voter], shown, name=choice.replace(" ", "_"), notice=notice)
    results = gr.HTML()
    page.shows(show, [results])


def answer(workbench: Workbench, text: str, limit: str, blind: bool) -> Iterator[tuple[Any, ...]]:
    """Growing answers, then the vote. Blind, the sides are drawn by lot and nothing tells them apart."""
    swapped = blind and secrets.randbelow(2) == 1
    most = fields.whole(limit, "Longest answer") or 128
    for base, tuned in workbench.stream_both(text or "", most):
        pair = (tuned, base) if swapped else (base, tuned)
        done = base.complete and tuned.complete
        # Which one starts to write first would tell which it is.
        hidden = blind and not done
        left, right = (_shown(one, side, blind, hidden) for one, side in zip(pair, ("Left", "Right"), strict=True))
        yield left, right, (text, *pair, blind) if done else (), *_may_vote(done)


def vote(choice: Choice) -> Callable[..., tuple[Any, ...]]:
    """The handler of one of the four buttons: writes the vote down and shows which was which."""

    def cast(workbench: Workbench, sides: tuple[Any, ...], voter: str) -> tuple[Any, ...]:
        if not sides:
            raise InputError("There is nothing to vote on.", do="Ask both first, and wait until both have answered.")
        text, left, right, blind = sides
        winner = {"left": left.model, "right": right.model}.get(choice, choice)
        workbench.vote(
            Vote(prompt=text, left=left.text, right=right.text, winner=winner, voter=voter or "", blind=blind)
        )
        told = f"Left was the {NAMES[left.model].lower()}, right the {NAMES[right.model].lower()}."
        return told, _shown(left, "Left"), _shown(right, "Right"), (), *_may_vote(False)

    return cast


def _may_vote(yes: bool) -> list[gr.Button]:
    return [gr.Button(interactive=yes) for _ in CHOICES]


def _shown(one: Answer, side: str, blind: bool = False, hidden: bool = False) -> str:
    name = f"{side} answer" if blind else NAMES[one.model]
    # The time would tell which is which.
    first = "" if one.first_s is None else f"first word after {one.first_s:.2f} s, "
    speed = "" if blind else f"{first}about {one.pieces:,} tokens in {one.seconds:.2f} s ({one.engine})"
    told = "waiting …" if hidden or not (one.text or one.complete) else speed
    return wrap(f'<div aria-live="off">{plain(name, "" if hidden else one.text)}<p class="soft">{esc(told)}</p></div>')


def show(workbench: Workbench, now: Standing) -> str:
    """The votes so far."""
    wins, decided, share, low, high = workbench.win_rate()
    if not decided:
        return ""
    return wrap(figures([
        ("Tuned model won", f"{wins} of {decided}"), ("Share", f"{share:.0%}"),
        ("95 % interval", f"{low:.0%} to {high:.0%}"),
    ]))
