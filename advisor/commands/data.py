"""`data`: give a project its examples, look at them, fix them in a new version, undo."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.commands.options import (
    AnswerColumn,
    GroupColumn,
    Home,
    InputColumn,
    InstructionColumn,
    Json,
    MessagesColumn,
    ProjectName,
    SystemColumn,
)
from advisor.terminal import Output

if TYPE_CHECKING:
    from backend.data.clean import Change
    from backend.domain import Dataset, Mapping
    from backend.workbench import Workbench

SHOWN = 5
"""Rows of a preview."""
SHOWN_CHANGES = 5
"""Changes of a preview, for each rule."""


def data(
    project: ProjectName,
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="JSONL, CSV, TSV, Parquet, XLSX or a dataset folder.")
    ] = None,
    input_: InputColumn = "",
    answer: AnswerColumn = "",
    system: SystemColumn = "",
    instruction: InstructionColumn = "",
    messages: MessagesColumn = "",
    group: GroupColumn = "",
    test: Annotated[Path | None, typer.Option(help="Your own held-out file, kept sealed as the test rows.")] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Only show what would be read or changed.")] = False,
    fix: Annotated[bool, typer.Option("--fix", help="Make a clean version with the proposed changes.")] = False,
    rule: Annotated[list[str] | None, typer.Option(help="Only the changes of this rule; may be repeated.")] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Go back to the version before.")] = False,
    json: Json = None,
    home: Home = None,
) -> None:
    """Give a project its examples and audit them. Exit code 3 when the audit blocks. Your file is never changed."""
    from backend import InputError, Workbench
    from backend.domain import Dataset

    if sum((file is not None, fix, undo)) > 1:
        raise InputError("FILE, --fix and --undo can't be combined.", do="Give one of them.")
    wb = Workbench.open(project, home)
    out = Output(json)
    given = mapping_of(file, input=input_, answer=answer, system=system, instruction=instruction,
                       messages=messages, group=group) if file else None
    if preview:
        if file:
            _preview(out, wb, file, given)
        else:
            _show_changes(out, wb.proposed_fixes(rule or None))
        return
    with out.progress() as tell:
        if file:
            dataset = wb.add_data(file, given, test, tell)
        elif fix:
            dataset = wb.apply_fixes(rule or None, tell)
        elif undo:
            dataset = wb.undo_data(tell)
        else:
            dataset = wb.project.need(Dataset, "Add data first: `tunewise data PROJECT FILE`.")
    _show(out, wb, dataset)


def mapping_of(path: Path, **columns: str) -> Mapping | None:
    """The mapping the person gave, what they left out filled in by a guess; None when they gave nothing."""
    from backend.data.load import read_table
    from backend.data.mapping import guess_mapping
    from backend.domain import Mapping

    given = {name: column for name, column in columns.items() if column}
    if not given:
        return None
    if "messages" in given or ("input" in given and "answer" in given):
        return Mapping(**given)
    return guess_mapping(read_table(path)).model_copy(update=given)


def _preview(out: Output, wb: Workbench, file: Path, given: Mapping | None) -> None:
    from rich.table import Table
    from rich.text import Text

    from advisor.words import count_of, one_line
    from backend.audit.hide import hide

    table, guessed = wb.preview(file)
    mapping = given or guessed
    out.say(f"{count_of(len(table.rows), 'record')} as {table.format}; columns: {', '.join(table.columns)}")
    for name, column in mapping.model_dump().items():
        if column:
            out.say(f"{name}: column {column!r}{'' if given else ' (guessed: change it with --' + name + ')'}")
    shown = Table(box=None, pad_edge=False)
    for column in table.columns:
        shown.add_column(Text(one_line(column, 40)))
    for row in table.rows[:SHOWN]:
        shown.add_row(*(Text(one_line(hide(str(row.get(column, ""))), 60)) for column in table.columns))
    out.show(shown)
    out.result({
        "format": table.format, "records": len(table.rows), "columns": table.columns, "mapping": mapping,
        "unreadable": [(number, hide(reason)) for number, reason in table.unreadable],
        "rows": [{name: hide(str(value)) for name, value in row.items()} for row in table.rows[:SHOWN]],
    })


def _show_changes(out: Output, changes: Sequence[Change]) -> None:
    from advisor.commands.cards import show_changes
    from advisor.words import count_of
    from backend.data.changes import preview

    out.say(f"{count_of(len(changes), 'change')} proposed; nothing is applied yet.")
    show_changes(out, changes, SHOWN_CHANGES)
    out.result({"changes": [preview(change) for change in changes]})


def _show(out: Output, wb: Workbench, dataset: Dataset) -> None:
    from advisor.commands.cards import finding_json, show_findings
    from advisor.curve_words import told
    from advisor.words import count_of, findings_of, verdict_line
    from backend.audit.not_checked import not_checked
    from backend.audit.report import counted_once

    now = wb.standing()
    found = [finding for finding in findings_of(now.verdicts) if finding.step == "data"]
    if now.facts.data:
        out.say(verdict_line(found, counted_once(found)[1], now.facts.data.rows), style="bold")
    out.say(f"Version {dataset.version} of {dataset.source_name}: {count_of(dataset.source_rows, 'row')} in the file.")
    if dataset.changes:
        log = (wb.project.folder / dataset.folder).with_suffix(".changes.jsonl")
        out.say(f"{count_of(dataset.changes, 'change')} to it so far, row by row in {log}; back with `--undo`. "
                "Versions before are kept in the project, with all that was taken out.")
    if now.facts.data:
        out.say(f"{count_of(now.facts.data.usable_rows, 'usable training pair')} after copies and unusable rows.")
    if now.facts.split:
        split = now.facts.split
        out.say(f"Split: {split.train:,} to train, {split.validation:,} to choose, {split.test:,} sealed for the test.")
    task = now.facts.goal.task if now.facts.goal else ""
    show_findings(out, found, now.waived, wb.shown(found), wb.project.name, task)
    if now.facts.curve:
        out.say(f"\nWould more examples help? (learning curve) {told(now.facts.curve)}")
    if now.facts.data:
        out.say("\nNot checked:")
        for line in not_checked(now.facts.data, [v for v in now.verdicts if v.rule.step == "data"]):
            out.say(f"- {line}")
    out.result({
        "dataset": dataset, "facts": now.facts.data, "split": now.facts.split, "curve": now.facts.curve,
        "findings": [{**finding_json(finding), "waived": finding.rule in now.waived} for finding in found],
    })
    if any(finding.severity == "block" and finding.rule not in now.waived for finding in found):
        raise typer.Exit(3)
