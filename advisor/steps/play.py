"""Step 8: base and tuned model answer the same text side by side; blind if you like, and with a vote."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import gradio as gr

from advisor import fields, side_by_side
from advisor.cards import section
from backend.domain import Run
from backend.errors import InputError, TunewiseError
from backend.playground.asked import HIGHEST_SEED, Asked, Settings
from backend.steps.play import Choice

if TYPE_CHECKING:
    from advisor.page import Page
    from backend.flow import Standing
    from backend.workbench import Workbench

LEAD = "Type anything: the base model and the tuned one answer it at the same time, with the same settings."
WHY = (
    "Scores say how often, your own eyes say what kind. Asked blind, you cannot be swayed by knowing which is which; "
    "after some twenty votes the share that the tuned model wins says something, and the interval says how much."
)
CHOICES: dict[Choice, str] = {
    "left": "Left is better", "right": "Right is better", "tie": "Both are good", "both bad": "Both are bad",
}  # fmt: skip
COPY = """async () => {
  const text = document.querySelector('#%s .said')?.textContent;
  if (!text) return '<p role="status">There is nothing to copy yet.</p>';
  try { await navigator.clipboard.writeText(text); }
  catch { /* only a page from this computer or over HTTPS may use the clipboard directly */
    const area = Object.assign(document.createElement('textarea'), {value: text});
    document.body.append(area); area.select(); document.execCommand('copy'); area.remove(); }
  return '<p role="status">Copied the %s answer.</p>';
}"""
SHOWN_EXAMPLE = 90


class Form(NamedTuple):
    """The fields of a question, as typed."""

    text: Any
    system: Any
    temperature: Any
    top_p: Any
    limit: Any
    seed: Any


def build(page: Page) -> None:
    """Lay the page out and wire it."""
    example, told, back, form = _question()
    blind = gr.Checkbox(label="Blind: hide which is which until I have voted", value=True)
    with gr.Row():
        ask = gr.Button("Ask both", variant="primary", min_width=120)
        halt = gr.Button("Stop both", variant="stop", min_width=120, interactive=False)
        again = gr.Button("Ask the same again, new seed", min_width=120, interactive=False)
    notice = page.notice()
    status = gr.HTML()
    opened = gr.State("")
    with gr.Column(visible=False) as both:
        left, right = _sides()
        with gr.Row():
            buttons = {choice: gr.Button(label, min_width=120, interactive=False) for choice, label in CHOICES.items()}
        voter = gr.Textbox(label="Who is voting (optional)", max_length=100)
    results = gr.HTML()
    undo = gr.Button("Take the last vote back", visible=False, size="sm")
    pairs, before = gr.HTML(), gr.HTML()
    past = gr.Radio(label="Open one again", choices=[], elem_id="history")
    with gr.Row():
        clear = gr.Button("Clear the history", min_width=160, size="sm")
        restore = gr.Button("Bring the cleared history back", min_width=160, size="sm")
    kept = page.notice()

    open_one = [status, both, left, right, opened, *buttons.values(), again]
    shown = [*open_one, halt, past]
    page.streams(ask.click, answer, [*form, blind], shown, name="ask", notice=notice)
    page.streams(again.click, retry, [opened, *form, blind], [*shown, *form], name="again", notice=notice)
    page.on(halt.click, stop, name="stop", notice=notice)
    page.on(example.input, take_example, [example], [form.text], name="example", notice=notice)
    page.on(back.click, trained_again, [], list(form[1:]), name="trained", notice=notice)
    for choice, button in buttons.items():
        page.on(button.click, vote(choice), [opened, voter], open_one, name=choice.replace(" ", "_"), notice=notice)
    page.on(undo.click, undo_vote, [opened], open_one, name="undo", notice=notice)
    page.on(past.input, reopen, [past], [*open_one, *form], name="open", notice=notice)
    page.on(clear.click, clear_history, [], open_one, name="clear", notice=kept)
    page.on(restore.click, bring_back, name="restore", notice=kept)
    page.fills(fill, [told, *form, example, *open_one])
    page.shows(show, [results, undo, pairs, before, past, clear, restore])


def _question() -> tuple[gr.Dropdown, gr.HTML, gr.Button, Form]:
    """What is asked, and how."""
    text = gr.Textbox(label="What both should answer", lines=4, max_length=20_000)
    example = gr.Dropdown(label="Or take an example", choices=[])
    with gr.Accordion("Settings (temperature, system prompt …)", open=False):
        told = gr.HTML()
        system = gr.Textbox(label="System prompt", lines=3, max_length=20_000, info="Empty: none.")
        with gr.Row():
            temperature = gr.Textbox(label="Temperature", min_width=110, info="0 to 2: how freely words are drawn.")
            top_p = gr.Textbox(label="Top-p", min_width=110, info="Up to 1: lower leaves unlikely words out.")
            limit = gr.Textbox(label="Longest answer, in tokens", min_width=110, info="1 to 2048.")
            seed = gr.Textbox(label="Seed", min_width=110, info="Another seed, another draw.")
        back = gr.Button("Back to the trained settings")
    return example, told, back, Form(text, system, temperature, top_p, limit, seed)


def _sides() -> tuple[gr.HTML, gr.HTML]:
    """Both answers, each with a button to copy it."""
    panes, copies = [], []
    with gr.Row():
        for side in ("left", "right"):
            with gr.Column(min_width=280):
                panes.append(gr.HTML(elem_id=f"{side}-answer"))
                copies.append((gr.Button(f"Copy the {side} answer", size="sm"), side))
    copied = gr.HTML()
    for button, side in copies:
        button.click(None, None, copied, js=COPY % (f"{side}-answer", side), api_visibility="private")
    return panes[0], panes[1]


def fill(workbench: Workbench) -> tuple[Any, ...]:
    """The trained settings, examples, and the last question with its answers."""
    playground = workbench.playground
    source, texts = playground.examples()
    which = "test rows" if source == "test" else "validation rows; the test rows are sealed until step 7"
    cut = [(one if len(one) <= SHOWN_EXAMPLE else one[: SHOWN_EXAMPLE - 1] + "…", one) for one in texts]
    offered = gr.Dropdown(label=f"Or take an example (from the {which})", choices=cut, value=None)
    last = playground.history()[-1:]
    trained = _trained(workbench)
    start = _typed(last[0].text if last else "", trained)
    return side_by_side.defaults(trained), *start, offered, *_opened(workbench, last[0] if last else None)


def answer(workbench: Workbench, *given: Any) -> Iterator[tuple[Any, ...]]:
    """Growing answers, then the vote."""
    *typed, blind = given
    form = Form(*typed)
    yield from _asked(workbench, form.text or "", _settings(workbench, form), blind)


def retry(workbench: Workbench, opened: str, *given: Any) -> Iterator[tuple[Any, ...]]:
    """The question that is open, once more with another seed; its text and settings go back into the form."""
    *_, blind = given
    if not opened:
        raise InputError("There is nothing to ask again.", do="Ask something first.")
    before = workbench.playground.find(opened)
    settings = before.settings.model_copy(update={"seed": secrets.randbelow(HIGHEST_SEED)})
    for shown in _asked(workbench, before.text, settings, blind):
        yield *shown, *_typed(before.text, settings)


def _asked(workbench: Workbench, text: str, settings: Settings, blind: bool) -> Iterator[tuple[Any, ...]]:
    trained, begun = _trained(workbench), False
    for asked in workbench.playground.stream(text, settings, blind):
        done = all(said.end for said in asked.sides)
        panes = side_by_side.panes(asked, named=not blind)
        if done:
            past = gr.Radio(choices=_history(workbench), value=asked.id)
            yield *_opened(workbench, asked), gr.Button(interactive=False), past
        elif begun:
            yield gr.skip(), gr.skip(), *panes, *[gr.skip() for _ in range(len(CHOICES) + 4)]
        else:
            begun = True
            off = gr.Button(interactive=False)
            yield (
                side_by_side.status(asked, trained), gr.Column(visible=True), *panes, "", *[off for _ in CHOICES], off,
                gr.Button(interactive=True), gr.Radio(value=None),
            )


def stop(workbench: Workbench) -> str:
    """End both answers."""
    return "Stopped. What came is kept." if workbench.playground.stop() else "Nothing is being answered."


def vote(choice: Choice) -> Callable[..., tuple[Any, ...]]:
    """The handler of one of the four buttons: writes the vote down and shows which was which."""

    def cast(workbench: Workbench, opened: str, voter: str) -> tuple[Any, ...]:
        if not opened:
            raise InputError("There is nothing to vote on.", do="Ask both first, and wait until both have answered.")
        given = workbench.playground.vote(opened, choice, voter or "")
        asked = workbench.playground.find(opened)
        left, right = (side_by_side.NAMES[said.model].lower() for said in asked.sides)
        told = f"Left was the {left}, right the {right}."
        if asked.blind and not given.blind:
            told += " You had seen the names before, so this vote does not count among the blind ones."
        return told, *_opened(workbench, asked)

    return cast


def undo_vote(workbench: Workbench, opened: str) -> tuple[Any, ...]:
    """Take the newest vote back and show its question, if it is still in the history."""
    taken = workbench.playground.undo_vote()
    known = {asked.id: asked for asked in workbench.playground.history()}
    told = "Taken back: " + " ".join(taken.prompt.split())[:80]
    return told, *_opened(workbench, known.get(taken.asked) or known.get(opened))


def reopen(workbench: Workbench, asked: str | None) -> tuple[Any, ...]:
    """Show a question of the history with its answers, and put it back into the form."""
    if not asked:
        raise InputError("Choose one of the questions.")
    found = workbench.playground.find(asked)
    return "", *_opened(workbench, found), *_typed(found.text, found.settings)


def clear_history(workbench: Workbench) -> tuple[Any, ...]:
    """Clear the history."""
    count = workbench.playground.clear_history()
    if not count:
        raise InputError("The history is empty.")
    told = f"Cleared {count} {'question' if count == 1 else 'questions'}. The votes stay. You can bring them back."
    return told, *_opened(workbench, None)


def bring_back(workbench: Workbench) -> str:
    """Undo the clearing."""
    return f"Brought back {workbench.playground.bring_back()}."


def take_example(workbench: Workbench, text: str | None) -> tuple[str, Any]:
    """Put an example into the field."""
    return "", text or ""


def trained_again(workbench: Workbench) -> tuple[Any, ...]:
    """The trained settings, as they were."""
    return "These are the trained settings.", *_typed("", _trained(workbench))[1:]


def show(workbench: Workbench, now: Standing) -> tuple[Any, ...]:
    """What the votes say, their export, and the history."""
    playground = workbench.playground
    votes, history = playground.votes(), playground.history()
    said = side_by_side.results(playground.tally(), playground.tally(blind=False))
    pairs = side_by_side.export(workbench.project.id, playground.preferences()) if votes else ""
    some, back = bool(history), playground.can_bring_back
    return (
        said, gr.Button(visible=bool(votes)), pairs, section("Asked before") if some or back else "",
        gr.Radio(choices=_history(workbench), visible=some), gr.Button(visible=some), gr.Button(visible=back),
    )


def _history(workbench: Workbench) -> list[tuple[str, str]]:
    playground = workbench.playground
    return side_by_side.choices(playground.history(), playground.votes(), playground.seen())


def _opened(workbench: Workbench, asked: Asked | None) -> tuple[Any, ...]:
    """Status, the box around both panes, the panes, which question is open, the four votes and "again"."""
    if asked is None:
        off = gr.Button(interactive=False)
        return "", gr.Column(visible=False), "", "", "", *[off for _ in CHOICES], off
    playground = workbench.playground
    left, right = side_by_side.panes(asked, playground.named(asked))
    votable = gr.Button(interactive=asked.whole and playground.voted(asked.id) is None)
    status = side_by_side.status(asked, _trained(workbench))
    shown = gr.Column(visible=True)
    return status, shown, left, right, asked.id, *[votable for _ in CHOICES], gr.Button(interactive=True)


def _trained(workbench: Workbench) -> Settings:
    """The trained settings; plain ones before there is a trained model, or when its folder cannot be read."""
    if workbench.fresh(Run) is None:
        return Settings()
    try:
        return workbench.playground.trained()
    except TunewiseError:
        return Settings()


def _typed(text: str, settings: Settings) -> Form:
    return Form(
        text, settings.system, f"{settings.temperature:g}", f"{settings.top_p:g}", str(settings.max_tokens),
        str(settings.seed),
    )


def _settings(workbench: Workbench, form: Form) -> Settings:
    trained = _trained(workbench)

    def given(value: Any, default: Any) -> Any:
        return default if value is None else value

    return Settings(
        system=form.system or "",
        temperature=given(fields.number(form.temperature, "Temperature"), trained.temperature),
        top_p=given(fields.number(form.top_p, "Top-p"), trained.top_p),
        max_tokens=given(fields.whole(form.limit, "Longest answer"), trained.max_tokens),
        seed=given(fields.whole(form.seed, "Seed"), trained.seed),
    )
