"""Step 4: the smallest set-up that can do it, each setting with its reason, each forecast with its range."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gradio as gr

from advisor import fields, words
from advisor.cards import esc, figures, section, table, wrap
from backend.domain import Estimate, Plan, PromptTrials
from backend.models.calibrate import estimates_now

if TYPE_CHECKING:
    from advisor.page import Page
    from backend.flow import Standing
    from backend.workbench import Tell, Workbench

LEAD = "Every training setting is worked out from your rows, the model and this computer, each with its reason."
WHY = (
    "The largest model is not the safe choice: on a narrow task a small one often does as well, for a fraction of the "
    "time, the cost and the waiting. Here you see what training and serving will need before you spend it. Forecasts "
    "are given as a range and are replaced by measurements as soon as there are any."
)
WHOLE = {"epochs": "Passes over the data (epochs)", "batch_size": "Rows per step (batch size)",
         "rank": "Size of the adapter (LoRA rank)", "max_length": "Longest row, in tokens",
         "search_trials": "Short trial runs to look for better settings (search)",
         "search_minutes": "Or: minutes to look for better settings"}  # fmt: skip
RATE = "Step size (learning rate)"
METHODS = (
    ("As planned: a small adapter (LoRA)", ""),
    ("An adapter on a model held in 4 bits (QLoRA): less memory, needs a GPU", "qlora"),
    ("All weights (full fine-tuning): much more memory", "full"),
)


def build(page: Page) -> None:
    """Lay the page out and wire it."""
    prompt = gr.Dropdown([], label="Prompt to train with", info="The best one measured, unless you choose another.")
    rivals = gr.Textbox(
        label="Other models to compare (optional)", info="Separated by commas: which one knows this kind of text best?"
    )
    with gr.Accordion("Change a setting yourself (leave empty what should be worked out)", open=False):
        method = gr.Dropdown(list(METHODS), value="", label="How to train (method)")
        rate = gr.Textbox(label=RATE, placeholder="0.0002")
        numbers = [gr.Textbox(label=label) for label in WHOLE.values()]
    page.button("Make the plan", make, [prompt, rivals, method, rate, *numbers], name="make", primary=True, long=True)
    results = gr.HTML()
    page.fills(fill, [prompt])
    page.shows(show, [results])


def fill(workbench: Workbench) -> Any:
    """The measured prompts to choose from."""
    trials = workbench.fresh(PromptTrials)
    if trials is None:
        return gr.Dropdown(choices=[], value=None)
    return gr.Dropdown(choices=[arm.prompt.name for arm in trials.arms], value=trials.best)


def make(
    workbench: Workbench, tell: Tell, prompt: str | None, rivals: str, method: str, rate: str, *numbers: str
) -> str:
    """Derive the plan, with the person's own values in place of the derived ones."""
    own: dict[str, float | int | str | bool] = {"method": method} if method else {}
    for (name, label), text in zip(WHOLE.items(), numbers, strict=True):
        value = fields.whole(text, label)
        if value is not None:
            own[name] = value
    learning_rate = fields.number(rate, RATE)
    if learning_rate is not None:
        own["learning_rate"] = learning_rate
    plan = workbench.make_plan(own, prompt or None, fields.listed(rivals), tell)
    return f"Planned: {plan.model}, trained with the prompt “{plan.prompt.name}”."


def show(workbench: Workbench, now: Standing) -> str:
    """The plan: forecasts, candidates, and every setting with its reason."""
    plan = workbench.fresh(Plan)
    if plan is None:
        return ""
    model = plan.model_facts
    parts = [
        section(f"The plan: {plan.model}"),
        figures([
            ("Size (parameters)", _size(model.billions)), ("Licence", model.licence or "unknown"),
            ("Steps", f"{plan.facts.steps:,}"), ("Longest row", f"{model.planned_tokens:,} tokens"),
        ]),
        section("What it will take (estimates)"),
        table(
            ("What", "Low", "Typical", "High", "Formula"),
            [
                (words.ESTIMATES[e.name], *(_amount(one, e.unit) for one in (e.low, e.typical, e.high)), e.formula)
                for e in estimates_now(workbench.project, plan)
            ],
            numbers=(1, 2, 3),
        ),
    ]
    if len(plan.candidates) > 1:
        parts += [
            section("Candidates", "Fewer bits per byte: the model already knows this kind of text better."),
            table(
                ("Model", "Parameters", "Bits per byte", "Memory to train", "Fits", "Licence"),
                [
                    (c.name, _size(c.billions), "–" if c.bits_per_byte is None else f"{c.bits_per_byte:.3f}",
                     _of(c.estimates, "train_memory"), {True: "yes", False: "no", None: "?"}[c.fits], c.licence or "?")
                    for c in plan.candidates
                ],
                numbers=(1, 2, 3),
            ),
        ]
    asked = f"<p><b>System prompt:</b> {esc(plan.prompt.system)}</p>" if plan.prompt.system else ""
    parts += [
        section("Every setting, and why"),
        table(
            ("Setting", "Value", "Why", "Source"),
            [(s.name.replace("_", " "), s.value, s.reason, s.source) for s in plan.settings],
        ),
        "<details><summary>The prompt it is trained with</summary>", asked,
        f'<div class="tw-plain">{esc(plan.prompt.user)}</div></details>',
    ]
    return wrap("".join(parts))


def _amount(value: float, unit: str) -> str:
    if unit == "h":
        return words.duration(3600 * value)
    return f"{value:,.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}"


def _size(billions: float) -> str:
    return f"{billions:.3g} billion" if billions >= 1 else f"{1000 * billions:.3g} million"


def _of(estimates: tuple[Estimate, ...], name: str) -> str:
    return next((_amount(e.typical, e.unit) for e in estimates if e.name == name), "–")
