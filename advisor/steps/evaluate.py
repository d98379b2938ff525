"""Step 7: open the sealed test rows once, compare, read outputs one by one, and say why the errors happen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import gradio as gr

from advisor import fields, plots, words
from advisor.cards import esc, figures, plain, section, table, wrap
from backend.decisions import Reading
from backend.domain import Evaluation, Goal
from backend.facts import readings

if TYPE_CHECKING:
    from advisor.page import Page
    from backend.flow import Standing
    from backend.workbench import Tell, Workbench

LEAD = "The test rows, sealed until now, are opened: is the tuned model really better than the best prompt?"
WHY = (
    "Only rows that nobody has trained on or chosen with can tell how it will do on new text. Each look at them is "
    "counted, because a test that is used for choosing wears out. A score alone hides a lot, so you also read some "
    "answers yourself, and the expert says why the common mistakes happen: that shows which examples are missing."
)
ARMS = ("Base model, bare", "Base model, best prompt", "Tuned model")
TO_READ = 30
SHOWN_PER_GROUP = 5
Mark = Literal["good", "acceptable", "bad"]


def build(page: Page) -> None:
    """Lay the page out and wire it."""
    rows = gr.Textbox(label="Test rows to score (empty: all)", placeholder="all")
    page.button("Open the test rows and compare", evaluate, [rows], name="run", primary=True, long=True)
    results = gr.HTML()
    gr.HTML(section("Read some answers yourself", f"At least {TO_READ}; half of them wrong, if there are any."))
    reader = gr.Textbox(label="Who is reading (your name)")
    row = gr.Textbox(visible=False, label="row")
    card = gr.HTML(elem_id="reading-card")
    note = gr.Textbox(label="What you noticed (optional)", max_length=2000)
    shown = [row, card, note]
    with gr.Row():
        begin_button = gr.Button("Start, or go on", min_width=120)
        good = gr.Button("Good", variant="primary", min_width=120)
        acceptable = gr.Button("Acceptable", min_width=120)
        bad = gr.Button("Bad", variant="stop", min_width=120)
    notice, given = page.notice(), [row, reader, note]
    page.on(begin_button.click, begin, [], shown, name="start", notice=notice)
    page.on(good.click, marked("good"), given, shown, name="good", notice=notice)
    page.on(acceptable.click, marked("acceptable"), given, shown, name="acceptable", notice=notice)
    page.on(bad.click, marked("bad"), given, shown, name="bad", notice=notice)
    gr.HTML(section("Why do the common mistakes happen?", "The expert explains each group: what data is missing?"))
    groups = gr.HTML()
    group = gr.Dropdown([], label="Group of mistakes", filterable=False)
    why = gr.Textbox(label="Why they happen", lines=2, max_length=5000)
    by = gr.Textbox(label="Name of the expert")
    page.button("Write it down", explain, [group, why, by], name="explain")
    page.fills(fill, [reader, by])
    page.shows(show, [results, groups, group])


def fill(workbench: Workbench) -> tuple[str, str]:
    """The expert's name, to begin with."""
    goal = workbench.project.get(Goal)
    return (goal.expert, goal.expert) if goal else ("", "")


def evaluate(workbench: Workbench, tell: Tell, rows: str) -> str:
    """Score the three arms on the test rows."""
    done = workbench.evaluate(fields.whole(rows, "Test rows to score"), tell)
    return f"Compared on {words.count_of(len(done.arms[-1].rows), 'test row')}."


def begin(workbench: Workbench) -> tuple[str, str, str, str]:
    """Show the next answer to read."""
    return "", *_next(workbench)


def marked(mark: Mark) -> Callable[..., tuple[str, str, str, str]]:
    """The handler of one of the three buttons: writes the mark down and shows the next answer."""

    def read(workbench: Workbench, row: str, reader: str, note: str) -> tuple[str, str, str, str]:
        if row:
            workbench.read_output(Reading(row=int(row), mark=mark, note=note or "", reader=reader or ""))
        return "", *_next(workbench)

    return read


def _next(workbench: Workbench) -> tuple[str, str, str]:
    outputs = workbench.outputs_to_read(TO_READ)
    evaluation = workbench.fresh(Evaluation)
    seen = {one.row for one in readings(workbench.project, evaluation)} if evaluation else set()
    rest = [pair for pair in outputs if pair[0].row not in seen]
    if not rest:
        return "", wrap('<p role="status"><b>All of them are read.</b></p>'), ""
    example, output = rest[0]
    place = f"Answer {len(outputs) - len(rest) + 1} of {len(outputs)}, row {example.row}"
    texts = (("What went in", example.input), ("What was wanted", example.answer), ("The tuned model's answer", output))
    inside = f'<div aria-live="polite"><h3>{place}</h3>{"".join(plain(*one) for one in texts)}</div>'
    return str(example.row), wrap(inside), ""


def explain(workbench: Workbench, group: str | None, why: str, by: str) -> str:
    """Write the expert's explanation down."""
    workbench.explain_errors(group or "", why or "", by or "")
    return "Written down. It goes into the report."


def show(workbench: Workbench, now: Standing) -> tuple[Any, ...]:
    """Scores, comparisons, slices; and the groups of mistakes."""
    done, goal = workbench.fresh(Evaluation), workbench.project.get(Goal)
    if done is None:
        return "", "", gr.Dropdown(choices=[], value=None)
    facts = done.facts
    primary = [one for one in done.comparisons if one.primary]
    metric = primary[0].metric if primary else next(iter(done.arms[0].metrics))
    drawn = [
        plots.Bar(name, n["value"], n["low"], n["high"], int(n["rows"]), plain=name != ARMS[-1])
        for name, arm in zip(ARMS, done.arms, strict=True)
        if (n := arm.metrics[metric])
    ]
    told = "".join(f"<p><b>{esc(words.contrast(one))}</b></p>" for one in primary if one.second == "tuned")
    others = [(words.contrast(one),) for one in done.comparisons if not (one.primary and one.second == "tuned")]
    scores = [
        (name, *(words.score(metric, numbers) for numbers in [found]))
        for name, arm in zip(ARMS, done.arms, strict=True)
        for metric, found in arm.metrics.items()
    ]
    looks = [("Looks at the test rows so far", str(facts.test_openings)),
             ("Answers that never stop", f"{facts.endless} of {facts.sampled}")]  # fmt: skip
    if facts.probe_base and facts.probe_tuned:
        looks.append(("General questions right, before", f"{facts.probe_base.value:.0%}"))
        looks.append(("and after tuning", f"{facts.probe_tuned.value:.0%}"))
    if now.facts.reading:
        looks.append(("Answers read", f"{now.facts.reading.read} of {TO_READ}"))
        looks.append(("Groups explained", f"{now.facts.reading.error_groups_explained} of "
                      f"{now.facts.reading.error_groups}"))
    parts = [
        section("What the tuning brought"), told, plots.bars(drawn, metric, goal.target if goal else None),
        figures(looks), "<details><summary>All scores</summary>", table(("Model", "Score"), scores), "</details>",
        "<details><summary>All comparisons</summary>", table(("In words",), others), "</details>",
    ]  # fmt: skip
    if facts.slices:
        slices = [(s.name, f"{s.value:.1%}", f"{s.low:.1%} to {s.high:.1%}", f"{s.rows:,}") for s in facts.slices]
        parts += ["<details open><summary>Part by part (slices)</summary>",
                  table(("Part", "Score", "95% interval", "Rows"), slices, numbers=(1, 2, 3)), "</details>"]
    names = [one.name for one in done.error_groups]
    return wrap("".join(parts)), _groups(workbench, done), gr.Dropdown(choices=names, value=names[0] if names else None)


def _groups(workbench: Workbench, done: Evaluation) -> str:
    if not done.error_groups:
        return wrap("<p>No groups of mistakes were found.</p>")
    outputs = {row.row: row.output for row in done.arms[-1].rows}
    parts = []
    for group in done.error_groups:
        rows = [
            (example.row, example.input, example.answer, outputs[example.row])
            for example in workbench.examples(group.rows[:SHOWN_PER_GROUP])
        ]
        parts += [
            f"<details><summary>{esc(group.name)} ({words.count_of(len(group.rows), 'row')})</summary>",
            table(("Row", "Input", "Wanted", "Answered"), rows), "</details>",
        ]  # fmt: skip
    return wrap("".join(parts))
