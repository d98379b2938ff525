"""Step 1: what the model should do, how good is good enough, and who can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import gradio as gr
from pydantic import ValidationError

from advisor import cards, fields
from backend.domain import Goal, GoodExample
from backend.errors import InputError
from backend.evaluation.metrics import all_metrics, suitable_metrics

if TYPE_CHECKING:
    from advisor.page import Page
    from backend.workbench import Workbench

LEAD = "Say in your own words what goes in, what should come out, and how you will know that it is good."
WHY = (
    "Most fine-tuning projects that fail never said what success is. Whatever is written here is what everything later "
    "is held against: the prompts, the trained model, its speed. You can change it at any time; what was made from the "
    "old goal is then shown as out of date."
)
TASKS = [
    ("Sort texts into categories (classification)", "classify"),
    ("Find names, dates or other pieces in a text (entity extraction)", "extract"),
    ("Shorten a text (summarisation)", "summarise"),
    ("Translate a text (translation)", "translate"),
    ("Answer or write something (question answering, generation)", "answer"),
    ("Fill in a form or JSON (structured output)", "structured"),
]
TYPING_THEM = (
    "Three or more good ones and a bad one. Typing them yourself is the quickest way to notice that the task is not "
    "clear yet."
)
GOOD_EXAMPLES, SHOWN_AT_ONCE = 6, 3
NUMBERS = {
    "target": "Good enough (target)",
    "smallest_gain": "Smallest gain worth the effort",
    "engineering_hours": "Hours of work set aside",
    "training_hours": "Longest training time, in hours",
    "budget": "Money to spend",
    "price_per_hour": "Price of the computer per hour",
    "ttft_ms": "Longest wait for the first word, ms (TTFT)",
    "tpot_ms": "Longest time per further token, ms (TPOT)",
    "within_target_share": "Share of requests that must be that fast",
}
"""Fields that hold a number, with their labels."""


class Form(NamedTuple):
    """The fields of the form but the good examples: once as widgets, once as what was typed into them."""

    task: Any
    sentence: Any
    domain: Any
    bad_input: Any
    bad_answer: Any
    metric: Any
    target: Any
    smallest_gain: Any
    definition_of_good: Any
    expert: Any
    trainer: Any
    engineering_hours: Any
    training_hours: Any
    budget: Any
    price_per_hour: Any
    hardware: Any
    ttft_ms: Any
    tpot_ms: Any
    users: Any
    within_target_share: Any
    complex_task: Any
    group_column: Any
    groups: Any
    favourable_answer: Any


def build(page: Page) -> None:
    """Lay the page out and wire it."""
    form, examples = _layout()
    page.fills(fill, [*form, *examples])
    form.task.change(metrics_for, form.task, form.metric, show_progress="hidden", api_visibility="private")
    page.button("Save the goal", save, [*form, *examples], name="save", primary=True)


def _layout() -> tuple[Form, list[gr.Textbox]]:
    with gr.Group():
        task = gr.Dropdown(TASKS, label="What kind of task is it?", value="classify", filterable=False)
        sentence = gr.Textbox(
            label="The goal in one sentence", lines=2, max_length=1000,
            placeholder="Tell from a customer's mail which of our four teams should answer it.",
        )
        domain = gr.Textbox(label="Subject area (domain)", placeholder="Mails to a bicycle shop", max_length=200)
    gr.HTML(cards.section("Examples, written by hand", TYPING_THEM))
    examples: list[gr.Textbox] = []
    with gr.Group():
        for place in range(SHOWN_AT_ONCE):
            examples += _pair(f"Good example {place + 1}")
        bad_input, bad_answer = _pair("A bad example", "an answer you would not accept")
    with gr.Accordion("More good examples", open=False):
        for place in range(SHOWN_AT_ONCE, GOOD_EXAMPLES):
            examples += _pair(f"Good example {place + 1}")
    gr.HTML(cards.section("What counts as success"))
    with gr.Group():
        metric = gr.Dropdown(
            [], label="How answers are scored (metric)", info="Those that suit the task.", filterable=False
        )
        with gr.Row():
            target = _number("target", "A score from 0 to 1: 0.9 is nine of ten right.")
            smallest_gain = _number("smallest_gain", "0.05 is five points more than a prompt alone.")
        good = gr.Textbox(
            label="What makes an answer good (acceptance criteria)", lines=3, max_length=5000,
            placeholder="It names exactly one team. A mail about an invoice always goes to accounting, even if …",
        )
        with gr.Row():
            expert = gr.Textbox(label="Who knows the subject (domain expert)", info="Checks examples; signs in step 5.")
            trainer = gr.Textbox(label="Who does the training", info="Better not the same person.")
    with gr.Accordion("Time, money and speed (can wait)", open=False):
        with gr.Row():
            engineering_hours, training_hours = _number("engineering_hours"), _number("training_hours")
        with gr.Row():
            budget, price_per_hour = _number("budget"), _number("price_per_hour")
        hardware = gr.Textbox(label="What it runs on", value="this computer", info="Or the name of a GPU, such as L4.")
        with gr.Row():
            ttft_ms, tpot_ms = _number("ttft_ms"), _number("tpot_ms")
        with gr.Row():
            users = gr.Textbox(label="People using it at once", value="1")
            share = gr.Textbox(label=NUMBERS["within_target_share"], value="0.95")
        complex_task = gr.Checkbox(label="This is a complex task (long answers, much to know)")
    with gr.Accordion("Groups of people it must treat alike (fairness, can wait)", open=False):
        group_column = gr.Textbox(label="Column of your file that names the group")
        groups = gr.Textbox(label="The groups", info="Separated by commas. Empty: the values of that column, up to 20.")
        favourable = gr.Textbox(label="The answer that is good news for the person", info="For example: approved.")
    form = Form(
        task, sentence, domain, bad_input, bad_answer, metric, target, smallest_gain, good, expert, trainer,
        engineering_hours, training_hours, budget, price_per_hour, hardware, ttft_ms, tpot_ms, users, share,
        complex_task, group_column, groups, favourable,
    )  # fmt: skip
    return form, examples


def _pair(label: str, answer: str = "what should come out") -> tuple[gr.Textbox, gr.Textbox]:
    with gr.Row():
        return (
            gr.Textbox(label=f"{label}: what goes in", lines=2, max_length=20_000),
            gr.Textbox(label=f"{label}: {answer}", lines=2, max_length=20_000),
        )


def _number(name: str, info: str | None = None) -> gr.Textbox:
    return gr.Textbox(label=NUMBERS[name], info=info, html_attributes=gr.InputHTMLAttributes(spellcheck=False))


def metrics_for(task: str, chosen: str | None = None) -> Any:
    """The metrics that suit a task, each in words; the one chosen before stays among them."""
    suitable = dict.fromkeys([*suitable_metrics(task), *([chosen] if chosen else [])])
    choices = [(f"{name}: {all_metrics()[name].words}", name) for name in suitable if name in all_metrics()]
    return gr.Dropdown(choices=choices, value=chosen or choices[0][1])


def fill(workbench: Workbench) -> list[Any]:
    """The form as it was saved, or as a newcomer should find it."""
    goal = workbench.project.get(Goal)
    if goal is None:
        untouched = Form(*[gr.skip() for _ in Form._fields])._replace(metric=metrics_for("classify"))
        return [*untouched, *[gr.skip() for _ in range(2 * GOOD_EXAMPLES)]]
    good = [text for example in goal.examples if example.good for text in (example.input, example.answer)]
    bad = next((example for example in goal.examples if not example.good), GoodExample(input="", answer=""))
    saved = {name: getattr(goal, name) for name in Form._fields if name in Goal.model_fields}
    saved |= {name: fields.typed(getattr(goal, name)) for name in NUMBERS}
    saved |= {
        "bad_input": bad.input,
        "bad_answer": bad.answer,
        "metric": metrics_for(goal.task, goal.metric),
        "users": str(goal.users),
        "groups": ", ".join(goal.groups),
    }
    return [*Form(**saved), *(good + [""] * 2 * GOOD_EXAMPLES)[: 2 * GOOD_EXAMPLES]]


def save(workbench: Workbench, *values: Any) -> str:
    """Save the form as the goal."""
    given = Form(*values[: len(Form._fields)])
    texts = [text or "" for text in values[len(Form._fields) :]]
    examples = [GoodExample(input=a, answer=b) for a, b in zip(texts[::2], texts[1::2], strict=True) if a.strip()]
    if (given.bad_input or "").strip():
        examples.append(GoodExample(input=given.bad_input, answer=given.bad_answer or "", good=False))
    meant: dict[str, Any] = {name: value or "" for name, value in given._asdict().items() if name in Goal.model_fields}
    meant |= {name: fields.number(getattr(given, name), label) for name, label in NUMBERS.items()}
    meant |= {
        "examples": tuple(examples),
        "metric": given.metric or None,
        "users": fields.whole(given.users, "People using it at once") or 1,
        "within_target_share": meant["within_target_share"] or 0.95,
        "hardware": given.hardware or "this computer",
        "complex_task": bool(given.complex_task),
        "groups": fields.listed(given.groups),
    }
    try:
        goal = Goal(**meant)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        raise InputError(
            f"{NUMBERS.get(name, name)}: that value cannot be used.", why=first["msg"], do="Correct it and save again."
        ) from error
    workbench.set_goal(goal)
    return "Saved. What was found about it is listed below."
