"""Step 6: start, stop and resume a training run, and watch it live; it goes on without the browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import gradio as gr

from advisor import fields, plots, run_words, runs_beside, runs_page, search_view, token_view, words
from advisor.cards import esc, figures, refusal, section, table, wrap
from backend.domain import Run
from backend.errors import TunewiseError
from backend.events import Done, Failed, Phase, Progress, Resumed, Saved, Validated
from backend.steps.runs import all_runs, compare
from backend.steps.train import has_result, token_preview
from backend.training.story import story

if TYPE_CHECKING:
    from advisor.page import Page
    from backend.flow import Standing
    from backend.steps.train import RunState
    from backend.workbench import Tell, Workbench

LEAD = "The model now learns from your training rows. You can close this page: the training goes on by itself."
WHY = (
    "Training adds a small set of extra weights (a LoRA adapter) to the base model. It is tried out again and again on "
    "the validation rows, stops when it gets no better there (early stopping), and keeps the best state, not the last. "
    "Two falling curves are good; a falling training curve over a rising validation curve means learning by heart."
)
ONE_RUN = (
    "With a second run you can compare the two here: their curves over each other, what differs in data and settings, "
    "and their answers. Change the plan (step 4), have it signed and train again."
)
TRACKERS = [("As planned", ""), ("None", "none"), ("trackio", "trackio"), ("Weights & Biases", "wandb"),
            ("MLflow", "mlflow")]  # fmt: skip
EVERY_S = 2
STATES = {
    "queued": "In the line", "running": "Training", "done": "Finished", "stopped": "Stopped by you", "failed": "Failed",
}  # fmt: skip


def build(page: Page) -> None:
    """Lay the page out and wire it."""
    trials = gr.Textbox(
        label="Short trial runs first, to find better settings (search; empty: as planned)", placeholder="0"
    )
    minutes = gr.Textbox(label="Or: minutes to spend on such trials (empty: as planned)", placeholder="30")
    tracker = gr.Dropdown(
        label="Tell a tracker of it too", choices=TRACKERS, value="",
        info="It stays on this computer, unless the plan says tracker_online. Every run is recorded anyway.",
    )
    timer = gr.Timer(EVERY_S, active=False)
    ended = gr.State("")
    with gr.Row():
        starting = gr.Button("Start training", variant="primary", min_width=160)
        stopping = gr.Button("Stop after this step, and keep it", variant="stop", min_width=160, interactive=False)
        ending = gr.Button("Stop at once, back to the last checkpoint", min_width=160, interactive=False)
        resuming = gr.Button("Go on from the last checkpoint", min_width=160, interactive=False)
    notice = page.notice()
    seeing = gr.Button("Show what it will learn, token by token", min_width=160)
    tokens = gr.HTML()
    page.on(seeing.click, see_tokens, [], [tokens], name="tokens", long=True, notice=notice)
    page.on(starting.click, start, [trials, minutes, tracker], [timer], name="start", notice=notice)
    page.on(stopping.click, stop, name="stop", notice=notice)
    page.on(ending.click, stop_now, name="stop_now", notice=notice)
    page.on(resuming.click, resume, [], [timer], name="resume", notice=notice)
    live = gr.HTML()
    title = gr.HTML()
    chosen = gr.CheckboxGroup(label="Which runs to compare", info="None chosen: the newest two.", visible=False)
    comparing = gr.Button("Compare runs", min_width=160, visible=False)
    beside, told = gr.HTML(), page.notice()
    page.on(comparing.click, compare_runs, [chosen], [beside], name="compare", notice=told)
    page.shows(offer_runs, [title, chosen, comparing])
    seen = [live, starting, stopping, ending, resuming, timer, ended]
    page.shows(watch, seen)
    page.every(timer, watch, seen)
    page.refreshes_when(ended)


def see_tokens(workbench: Workbench, tell: Tell) -> tuple[str, str]:
    """Some training rows token by token, as the trainer will use them; nothing is started."""
    tell("Reading the training rows as tokens", 0.2)
    seen = token_preview(workbench.project, workbench.home)
    return token_view.totals(seen), wrap(token_view.page(seen))


def start(workbench: Workbench, trials: str, minutes: str, tracker: str) -> tuple[str, Any]:
    """Start a run."""
    budget = fields.whole(trials, "Short trial runs"), fields.number(minutes, "Minutes")
    run = workbench.train(*budget, tracker or None)
    return _started(workbench, f"Started: run {run}."), gr.Timer(active=True)


def stop(workbench: Workbench) -> str:
    """Ask the run to stop, or take it out of the line."""
    before = workbench.run_state()
    workbench.stop()
    return run_words.stopping(before, save=True)


def stop_now(workbench: Workbench) -> str:
    """End the run at once, or take it out of the line."""
    before = workbench.run_state()
    workbench.stop(save=False)
    return run_words.stopping(before, save=False)


def resume(workbench: Workbench) -> tuple[str, Any]:
    """Go on with the newest run."""
    run = workbench.resume()
    return _started(workbench, f"Going on: run {run}."), gr.Timer(active=True)


def offer_runs(workbench: Workbench, now: Standing | None = None) -> tuple[str, Any, Any]:
    """What can be compared."""
    known = all_runs(workbench.project)
    if len(known) < 2:
        title = section("Compare runs", ONE_RUN) if known else ""
        return title, gr.CheckboxGroup(visible=False), gr.Button(visible=False)
    offered = [(runs_beside.in_one_line(run), str(run.number)) for run in reversed(known)]
    return section("Compare runs"), gr.CheckboxGroup(choices=offered, visible=True), gr.Button(visible=True)


def compare_runs(workbench: Workbench, chosen: list[str]) -> tuple[str, str]:
    """Runs beside each other."""
    found = compare(workbench.project, chosen)
    return "", runs_page.compared(found)


def watch(workbench: Workbench, now: Standing | None = None) -> tuple[Any, ...]:
    """The newest run as it is now; takes its result in when it has ended, and stops watching."""
    state = workbench.run_state()
    if state is None:
        return "", *_buttons(going=False, resumable=False), gr.Timer(active=False), ""
    trouble = ""
    if state.state in ("done", "stopped") and has_result(state.folder):
        try:
            workbench.finish_run()
        except TunewiseError as error:
            trouble = refusal(error, workbench.project.id)
    run = workbench.fresh(Run)
    ended = "" if state.going else f"{state.run_id} {state.state}"
    buttons = _buttons(state.going, resumable=state.state in ("stopped", "failed"))
    return _live(state, run) + trouble, *buttons, gr.Timer(active=state.going), ended


def _buttons(going: bool, resumable: bool) -> list[Any]:
    """Start, stop, stop at once, go on: only what can be done now can be pressed."""
    return [gr.Button(interactive=can) for can in (not going, going, going, resumable)]


def _started(workbench: Workbench, words: str) -> str:
    state = workbench.run_state()
    return run_words.under_way(state) if state is not None and state.state == "queued" else words


def _live(state: RunState, run: Run | None) -> str:
    # A resumed run says some steps twice; the later word counts.
    steps: dict[int, Progress] = {e.step: e for e in state.events if isinstance(e, Progress)}
    validated: dict[int, Validated] = {e.step: e for e in state.events if isinstance(e, Validated)}
    phase = next((event for event in reversed(state.events) if isinstance(event, Phase)), None)
    last = steps[max(steps)] if steps else None
    parts = [section(f"{STATES[state.state]}: run {state.run_id}")]
    if state.state == "queued":
        parts.append(f'<p role="status">{esc(run_words.under_way(state))}</p>')
    elif state.state == "running" and phase is not None:
        parts.append(f'<p role="status">{esc(phase.name)} {esc(phase.detail)}</p>')
    if isinstance(state.events[-1] if state.events else None, Failed):
        failed = state.events[-1]
        assert isinstance(failed, Failed)
        parts.append(f'<div class="tw-say is-block" role="alert"><p>{esc(failed.what)}</p><p>{esc(failed.do)}</p>'
                     f"<p>Log: <code>{esc(failed.log)}</code></p></div>")
    if last is not None:
        done = last.step / last.of if last.of else 1.0
        parts.append(f'<progress max="1" value="{done:.3f}" aria-label="Training progress">{done:.0%}</progress>')
        left = words.duration(last.eta_s) if state.state == "running" else "–"
        parts.append(figures([
            ("Step", f"{last.step:,} of {last.of:,}"), ("Time left", left),
            ("Error on training rows", f"{last.loss:.3f}"),
            ("Tokens per second", f"{last.tokens_per_s:,.0f}"), ("Memory", f"{last.memory_gib:.1f} GiB"),
        ]))
    curves = [
        plots.Line("training rows", _curve(steps)),
        plots.Line("validation rows", _curve(validated), look=1, dots=True),
    ]
    parts.append(plots.lines(curves, "step", "error (loss)"))
    if validated:
        parts.append(table(
            ("Step", "Error on validation rows", "Score on a sample", "Best so far"),
            [
                (f"{step:,}", f"{event.loss:.3f}",
                 f"{words.metric_name(event.metric)} {runs_beside.sampled(event)}".strip(), "yes" if event.best else "")
                for step, event in sorted(validated.items())
            ],
            "Tries on the validation rows", numbers=(0, 1),
        ))  # fmt: skip
    parts.append(runs_page.answers(story(state.folder)))
    parts.append(search_view.page(state.events))
    saved = [event.step for event in state.events if isinstance(event, Saved)]
    resumed = [event.step for event in state.events if isinstance(event, Resumed)]
    notes = [f"Complete checkpoints at steps {', '.join(map(str, saved[-5:]))}."] if saved else []
    notes += [f"Went on from step {step}." for step in resumed]
    notes += run_words.told(state.events)
    if state.state == "stopped" and not has_result(state.folder):
        notes += [run_words.kept(next((e for e in reversed(state.events) if isinstance(e, Done)), None)).capitalize()]
    parts.append(f'<p class="soft">{esc(" ".join(notes))}</p>' if notes else "")
    if run is not None and run.run_id == state.run_id:
        parts.append(f"<p>Took {esc(words.duration(run.seconds))} on {esc(run.hardware)}. The best state is kept.</p>")
        parts += [f"<p>{esc(line)}</p>" for line in run_words.checks(run.facts)]
    return wrap("".join(parts))


def _curve(events: Mapping[int, Progress | Validated]) -> tuple[tuple[float, float], ...]:
    return tuple((float(step), event.loss) for step, event in sorted(events.items()))
