"""Step 3: the prompt lab: edit prompts, measure them with the base model, see them beside a trivial baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import gradio as gr

from advisor import fields, plots, words
from advisor.cards import esc, section, table, wrap
from backend.domain import Example, Goal, Prompt, PromptTrials, Split
from backend.errors import InputError
from backend.models.resolve import candidates

if TYPE_CHECKING:
    from advisor.page import Page
    from backend.flow import Standing
    from backend.workbench import Tell, Workbench

LEAD = "Before anything is trained: how far does asking well get you with the model as it is?"
WHY = (
    "Tuning does not repair a vague prompt, and a good prompt costs minutes instead of days. So several prompts are "
    "measured first, on rows kept apart for choosing (validation rows), beside a baseline that needs no model at all. "
    "If a prompt already reaches your target, you are done: don't tune. If even the best prompt is no better than the "
    "baseline, this base model is the wrong one."
)
SLOTS, OPEN_SLOTS = 6, 2
DEFAULT_MODEL = "smollm2-135m"
SHOWN_OUTPUTS = 8


class Slot(NamedTuple):
    """One prompt of the lab: once as widgets, once as what was typed into them."""

    use: Any
    name: Any
    system: Any
    user: Any
    labels_only: Any
    with_examples: Any


def build(page: Page) -> None:
    """Lay the page out and wire it."""
    known = ", ".join(f"{entry.name} ({entry.shape.billions:g}B)" for entry in candidates())
    with gr.Row():
        model = gr.Textbox(
            label="Base model", value=DEFAULT_MODEL,
            info="A name from the list below, a hub name like owner/name, or a folder.",
        )
        rows = gr.Textbox(label="Validation rows to measure on, at most", value="150", info="More: surer, but slower.")
    gr.HTML(wrap(f"<details><summary>Models known by name</summary><p>{esc(known)}</p></details>"))
    gr.HTML(section("Prompts to compare", "Drafted from your goal; change them as you like. {input} stands for the "
                    "text of a row. Compare at least three."))
    slots = [_slot(number) for number in range(1, SLOTS + 1)]
    widgets = [widget for slot in slots for widget in slot]
    page.fills(fill, [model, *widgets])
    page.button("Measure these prompts", measure, [model, rows, *widgets], name="measure", primary=True, long=True)
    results = gr.HTML()
    page.shows(show, [results])


def _slot(number: int) -> Slot:
    with gr.Accordion(f"Prompt {number}", open=number <= OPEN_SLOTS):
        use = gr.Checkbox(label=f"Measure prompt {number}", value=False)
        name = gr.Textbox(label=f"Name of prompt {number}", max_length=60)
        system = gr.Textbox(label="System prompt (optional)", lines=1, max_length=10_000)
        user = gr.Textbox(label="Prompt", lines=4, max_length=20_000, value="{input}")
        with gr.Row():
            labels_only = gr.Checkbox(label="Answers only among the labels (constrained)")
            with_examples = gr.Checkbox(label="With a few solved examples in front (few-shot)")
    return Slot(use, name, system, user, labels_only, with_examples)


def fill(workbench: Workbench) -> list[Any]:
    """What was measured last, or the drafts from the goal."""
    trials = workbench.project.get(PromptTrials)
    drafts: tuple[Prompt, ...] = ()
    if trials is not None:
        drafts = tuple(arm.prompt for arm in trials.arms)
    elif workbench.fresh(Split) is not None and workbench.project.get(Goal) is not None:
        drafts = workbench.suggested_prompts()
    values: list[Any] = [trials.model if trials else DEFAULT_MODEL]
    for place in range(SLOTS):
        if place < len(drafts):
            one = drafts[place]
            values += Slot(True, one.name, one.system, one.user, one.decoding == "labels", bool(one.shots))
        else:
            values += Slot(False, "", "", "{input}", False, False)
    return values


def measure(workbench: Workbench, tell: Tell, model: str, rows: str, *values: Any) -> str:
    """Measure the chosen prompts."""
    typed = [Slot(*values[at : at + len(Slot._fields)]) for at in range(0, len(values), len(Slot._fields))]
    chosen = [_prompt(workbench, slot) for slot in typed if slot.use]
    if not chosen:
        raise InputError("Tick at least one prompt to measure.")
    count = fields.whole(rows, "Validation rows") or 150
    trials = workbench.try_prompts((model or "").strip(), chosen, count, tell)
    return f"Measured. The best so far: {trials.best}."


def _prompt(workbench: Workbench, slot: Slot) -> Prompt:
    shots: tuple[Example, ...] = ()
    if slot.with_examples:
        shots = next((draft.shots for draft in workbench.suggested_prompts() if draft.shots), ())
    user, system = slot.user or "", slot.system or ""
    bare = user.strip() == "{input}" and not system.strip()
    kind: Literal["bare", "prompt", "few-shot"] = "few-shot" if shots else "bare" if bare else "prompt"
    return Prompt(
        name=(slot.name or "").strip(), system=system, user=user, shots=shots, kind=kind,
        decoding="labels" if slot.labels_only else "free",
    )


def show(workbench: Workbench, now: Standing) -> str:
    """The measured prompts as bars beside the baseline and the target, and what the best one answered."""
    trials, goal = workbench.fresh(PromptTrials), workbench.project.get(Goal)
    if trials is None:
        return ""
    facts = trials.facts
    metric = next(iter(trials.arms[0].metrics))
    drawn = [
        plots.Bar(arm.name, arm.value, arm.low, arm.high, arm.rows, plain=arm is facts.baseline)
        for arm in (facts.baseline, *facts.arms)
    ]
    beats = {True: "better than", False: "worse than", None: "not clearly better than"}[facts.beats_baseline]
    told = f"With {trials.model}, “{trials.best}” did best. It is {beats} the baseline “{facts.baseline.name}”."
    best = next(arm for arm in trials.arms if arm.prompt.name == trials.best)
    sample = workbench.examples([row.row for row in best.rows[:SHOWN_OUTPUTS]])
    outputs = {row.row: row.output for row in best.rows}
    numbers = [
        (
            arm.prompt.name, *(words.score(name, found) for name, found in list(arm.metrics.items())[:1]),
            f"{arm.output_tokens:,}", words.duration(arm.seconds),
        )
        for arm in trials.arms
    ]  # fmt: skip
    earlier = [
        (one.model, one.best, f"{one.facts.best.value:.1%}", words.count_of(one.facts.best.rows, "row"))
        for one in (*workbench.project.history(PromptTrials), trials)
    ]
    parts = [
        section("What prompting alone can do"), f"<p>{esc(told)}</p>",
        plots.bars(drawn, metric, goal.target if goal else None),
        "<details><summary>The numbers</summary>",
        table(("Prompt", "Score", "Tokens written", "Time"), numbers, numbers=(2, 3)), "</details>",
        f"<details><summary>What “{esc(trials.best)}” answered</summary>",
        table(("Row", "Input", "Wanted", "Answered"), [(e.row, e.input, e.answer, outputs[e.row]) for e in sample]),
        "</details>",
    ]
    if len(earlier) > 1:
        parts += ["<details><summary>Earlier measurements</summary>",
                  table(("Model", "Best prompt", "Score", "On"), earlier, numbers=(2, 3)), "</details>"]
    return wrap("".join(parts))
