"""The learning curves on the page of step 2: the quick learner's, and the model's own, measured while one goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gradio as gr

from advisor import fields, run_words, words
from advisor.cards import esc, wrap
from advisor.curve_drawn import drawn
from backend.domain import Audit, LearningCurve
from backend.events import Failed, Learning, Waiting
from backend.steps import curve

if TYPE_CHECKING:
    from advisor.page import Page
    from backend.flow import Standing
    from backend.workbench import Workbench

EVERY_S = 2
TOLD = (
    "A simple learner says in seconds whether more rows would help it. To know it of the model itself, that model is "
    "trained on an eighth, a quarter, half and all of the rows. This takes a while, goes on by itself, and replaces "
    "the simple learner's word."
)


def build(page: Page) -> None:
    """Lay it out and wire it."""
    shown = gr.HTML()
    with gr.Accordion("Measure it with the model itself (takes a while)", open=False):
        gr.HTML(wrap(f"<p>{esc(TOLD)}</p>"))
        model = gr.Textbox(label="Model, where none is chosen yet", placeholder="smollm2-135m")
        minutes = gr.Textbox(label="Minutes it may take at most (0: no limit)", value="60")
        starting = gr.Button("Measure, or go on measuring")
        stopping = gr.Button("Stop measuring", variant="stop")
    live = gr.HTML()
    # Outside, where they outlast a closed accordion.
    notice = page.notice()
    timer, ended = gr.Timer(EVERY_S, active=False), gr.State("")
    page.on(starting.click, start, [model, minutes], [timer], name="curve", notice=notice)
    page.on(stopping.click, stop, name="curve_stop", notice=notice)
    page.shows(show, [shown])
    page.shows(watch, [live, timer, ended])
    page.every(timer, watch, [live, timer, ended])
    page.refreshes_when(ended)


def start(workbench: Workbench, model: str, minutes: str) -> tuple[str, Any]:
    """Start measuring."""
    cost = curve.start_curve(
        workbench.project, workbench.home, model.strip() or None, fields.number(minutes, "Minutes") or 0.0
    )
    return f"Started. {words.estimate_in_words(cost)}", gr.Timer(active=True)


def stop(workbench: Workbench) -> str:
    """Ask it to stop."""
    curve.stop_curve(workbench.project)
    return "Asked to stop. What is measured stays, and it can go on later."


def watch(workbench: Workbench, now: Standing | None = None) -> tuple[Any, ...]:
    """How far the measuring is; empty when nothing goes on."""
    state = curve.curve_state(workbench.project)
    if state is None:
        return "", gr.Timer(active=False), ""
    running = state.state == "running"
    last = next((event for event in reversed(state.events) if isinstance(event, Learning)), None)
    parts = []
    if running and last is not None:
        done, left = last.step / last.of, words.duration(last.eta_s)
        parts.append(f'<p role="status">Measuring: {esc(last.words)}; about {left} left.</p>')
        parts.append(f'<progress max="1" value="{done:.3f}" aria-label="Progress of the curve">{done:.0%}</progress>')
    elif running:
        wait = state.events[-1] if state.events else None
        said = run_words.waiting(wait) if isinstance(wait, Waiting) else "Measuring: loading the model and the rows."
        parts.append(f'<p role="status">{esc(said)}</p>')
    if state.state == "failed":
        failed = state.events[-1]
        assert isinstance(failed, Failed)
        said = f"<p>{esc(failed.what)}</p><p>{esc(failed.do)}</p>"
        parts.append(f'<div class="tw-say is-block" role="alert">{said}</div>')
    return wrap("".join(parts)), gr.Timer(active=running), "" if running else f"{state.state} {len(state.events)}"


def show(workbench: Workbench, now: Standing) -> str:
    """The model's own curve where it is measured, else the quick learner's."""
    measured, audit = workbench.fresh(LearningCurve), workbench.fresh(Audit)
    found = measured.facts if measured else audit.curve if audit else None
    return wrap(drawn(found)) if found and found.points else ""
