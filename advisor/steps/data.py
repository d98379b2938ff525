"""Step 2: upload, say which column is which, audit, mend in a copy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import gradio as gr

from advisor import audit_page, curve_panel, finding_cards, words
from advisor.cards import esc, figures, section, table, wrap
from backend.audit.hide import hide
from backend.audit.not_checked import not_checked
from backend.audit.report import counted_once
from backend.data.clean import FIXES
from backend.domain import Audit, Dataset, Mapping, Split
from backend.errors import InputError

if TYPE_CHECKING:
    from advisor.page import Page
    from backend.flow import Standing
    from backend.workbench import Tell, Workbench

LEAD = "Give a file of examples; it is read, checked for everything that usually goes wrong, and divided for testing."
WHY = (
    "A model learns whatever is in its examples: mistakes, contradictions and duplicates as eagerly as the rest. A few "
    "thousand clean examples beat a huge noisy heap, so most of the effort belongs here. Some rows are set apart "
    "(held out) at once and never trained on, because only they can show later whether anything was learned."
)
FILE_TYPES = [".csv", ".tsv", ".txt", ".jsonl", ".json", ".parquet", ".xlsx"]
ROLES = {
    "input": "What goes in (input)",
    "answer": "What should come out (answer)",
    "instruction": "An instruction in front of it, if there is one",
    "system": "A system prompt, if there is one",
    "messages": "Or one column of chat messages",
    "group": "A group or person each row belongs to, if any",
}
PREVIEW_ROWS, PREVIEW_COLUMNS = 5, 30
NONE = ("(none)", "")


def build(page: Page) -> None:
    """Lay the page out and wire it."""
    page.fixable = fixable
    with gr.Row():
        file = gr.File(label="Your examples (CSV, TSV, JSONL, Parquet or Excel)", file_types=FILE_TYPES, height=150)
        test = gr.File(label="A separate test file, if you have one", file_types=FILE_TYPES, height=150)
    preview = gr.HTML()
    columns = []
    labels = list(ROLES.values())
    with gr.Group():
        for pair in zip(labels[::2], labels[1::2], strict=True):
            with gr.Row():
                columns += [gr.Dropdown([NONE], value="", label=label, filterable=False) for label in pair]
    page.on(file.upload, look, [file], [preview, *columns], name="preview")
    page.button("Use and check these examples", add, [file, test, *columns], name="add", primary=True, long=True)
    results = gr.HTML()
    curve_panel.build(page)
    page.findings_here()
    unseen = gr.HTML()
    with gr.Column(visible=False, elem_id="fixes") as mending:
        gr.HTML(section("Changes we can make for you", "In a new version of the data, never in your file. "
                        "Look at them, choose, apply; the version before can always be brought back."))
        changes = gr.HTML()
        kinds = gr.CheckboxGroup([], label="Which kinds of change to make")
        fixing = gr.Button("Make these changes")
    with gr.Column(visible=False) as undoing:
        back = gr.Button("Undo: back to the version before")
    # Outside the columns: their words must outlast them.
    notice = page.notice()
    page.on(fixing.click, fix, [kinds], name="fix", long=True, notice=notice)
    page.on(back.click, undo, name="undo", long=True, notice=notice)
    page.shows(show, [results, unseen, mending, changes, kinds, undoing])


def look(workbench: Workbench, path: str | None) -> tuple[Any, ...]:
    """The first rows of an uploaded file and the guessed meaning of its columns, to be confirmed."""
    if not path:
        raise InputError("Choose a file first.")
    read, guessed = workbench.preview(Path(path))
    columns = read.columns[:PREVIEW_COLUMNS]
    rows = [[hide(str(row.get(name, ""))) for name in columns] for row in read.rows[:PREVIEW_ROWS]]
    shown = table(columns, rows, f"The first rows of {words.count_of(read.records, 'row')}, read as {read.format}")
    choices = [NONE, *((name, name) for name in read.columns)]
    chosen = guessed.model_dump()
    dropdowns = [gr.Dropdown(choices=choices, value=chosen[role]) for role in ROLES]
    clear = any(chosen.values())
    told = "Read. Check that each column is what we took it for." if clear else "Read. Now say which column is which."
    return told, wrap(shown), *dropdowns


def add(workbench: Workbench, tell: Tell, path: str | None, test: str | None, *columns: str | None) -> str:
    """Read, store, audit and split."""
    if not path:
        raise InputError("Choose a file first.", where="Your examples")
    named = {role: column or "" for role, column in zip(ROLES, columns, strict=True)}
    mapping = Mapping(**named) if any(named.values()) else None
    added = workbench.add_data(Path(path), mapping, Path(test) if test else None, tell)
    return f"Checked: version {added.version} of the data, {words.count_of(added.source_rows, 'row')} in the file."


def fix(workbench: Workbench, tell: Tell, rules: list[str]) -> str:
    """Make the chosen kinds of change in a new version."""
    if not rules:
        raise InputError("Choose at least one kind of change.")
    made = workbench.apply_fixes(rules, tell)
    return f"Made, and checked anew: this is version {made.version} of the data."


def undo(workbench: Workbench, tell: Tell) -> str:
    """Back to the version before."""
    return f"Back at version {workbench.undo_data(tell).version} of the data, checked anew."


def fixable(workbench: Workbench) -> frozenset[str]:
    """The rules whose findings a proposed change mends."""
    if workbench.fresh(Audit) is None:
        return frozenset()
    return frozenset(change.rule for change in workbench.offered_fixes())


def show(workbench: Workbench, now: Standing) -> tuple[Any, ...]:
    """The audited data in figures, and the changes on offer."""
    dataset, audit = workbench.fresh(Dataset), workbench.project.fresh(Audit)
    split = workbench.fresh(Split)
    if dataset is None or audit is None or split is None:
        return "", "", gr.Column(visible=False), "", gr.CheckboxGroup([]), gr.Column(visible=False)
    data = audit.facts
    parts = [
        section(f"Your data: {dataset.source_name}, version {dataset.version}"),
        figures([
            ("Rows in the file", f"{dataset.source_rows:,}"), ("Usable", f"{data.usable_rows:,}"),
            ("To train on", f"{len(split.train):,}"), ("To choose with (validation)", f"{len(split.validation):,}"),
            ("Sealed for the end (test)", f"{len(split.test):,}"),
        ]),
    ]
    if data.label_counts:
        total = sum(count for _, count in data.label_counts)
        rows = [(label, f"{count:,}", f"{count / total:.1%}") for label, count in data.label_counts[:30]]
        parts.append(table(("Answer", "Rows", "Share"), rows, "How often each answer occurs", numbers=(1, 2)))
    mine = [verdict for verdict in now.verdicts if verdict.rule.step == "data"]
    found = words.findings_of(mine)
    line = words.verdict_line(found, counted_once(found)[1], data.rows)
    previews, counts = audit_page.some_of(workbench.offered_fixes())
    rules = {rule: words.rule_named(rule) for rule in counts}
    choices = [
        (f"{known.problem if known else rule} ({words.count_of(counts[rule], 'change')})", rule)
        for rule, known in rules.items()
    ]
    safe = [rule for rule in counts if not FIXES[rule].asked]
    at = f"/audit/{quote(workbench.project.id, safe='')}.html"
    told = finding_cards.not_checked(not_checked(data, mine)) + (
        f'<p><a href="{at}" download>Download this audit as one HTML file</a></p>'
    )
    return (
        wrap(f"<h2>{esc(line)}</h2>" + "".join(parts)), wrap(told),
        gr.Column(visible=bool(counts)), wrap(finding_cards.changes(previews, counts)),
        gr.CheckboxGroup(choices, value=safe), gr.Column(visible=dataset.version > 1),
    )  # fmt: skip
