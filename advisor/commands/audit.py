"""`audit`: everything wrong with a data file, without a project; and a clean copy on request."""

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
    SystemColumn,
    Task,
)
from advisor.terminal import Output

if TYPE_CHECKING:
    from backend import domain
    from backend.audit.fix import Fixed
    from backend.audit.report import AuditReport
    from backend.audit.run import Audited
    from backend.data.changes import Change

STYLES = {"pass": "bold green", "warn": "bold yellow", "block": "bold red"}
SHOWN_CHANGES = 5
"""Changes of a preview, for each rule."""


def audit(
    data: Annotated[Path, typer.Argument(metavar="DATA", help="JSONL, CSV, TSV, Parquet, XLSX or a dataset folder.")],
    task: Task = None,
    test: Annotated[Path | None, typer.Option(help="Your own held-out file, to look for leaks into it.")] = None,
    input_: InputColumn = "",
    answer: AnswerColumn = "",
    system: SystemColumn = "",
    instruction: InstructionColumn = "",
    messages: MessagesColumn = "",
    group: GroupColumn = "",
    groups: Annotated[
        str, typer.Option(metavar="NAMES", help='Groups to compare: "north,south" or "women=she|her,men=he|his".')
    ] = "",
    favourable: Annotated[
        str, typer.Option(metavar="ANSWER", help="The answer that favours a person; needs groups.")
    ] = "",
    fix: Annotated[
        Path | None, typer.Option(metavar="OUT", help="Write a clean copy as JSON lines, with a log beside it.")
    ] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Show what --fix would change; write nothing.")] = False,
    rule: Annotated[
        list[str] | None, typer.Option(metavar="RULE", help="Only the changes of this rule; may be repeated.")
    ] = None,
    html: Annotated[Path | None, typer.Option(metavar="OUT", help="Write all of it as one HTML file.")] = None,
    json: Json = None,
    home: Home = None,
) -> None:
    """Find what is wrong with a data file, with every affected row. Exit code 3 when a rule blocks."""
    from advisor.commands.data import mapping_of
    from advisor.fields import listed
    from backend.audit.fix import proposed, refuse_existing, write_fixed
    from backend.audit.run import examine
    from backend.data.clean import check_rules

    out = Output(json)
    chosen = _task(task)
    check_rules(rule)
    refuse_existing(*([fix, fix.with_name(f"{fix.name}.changes.jsonl")] if fix and fix.name else []))
    mapping = mapping_of(data, input=input_, answer=answer, system=system, instruction=instruction, messages=messages,
                         group=group)
    with out.progress() as tell:
        audited = examine(data, chosen, test, mapping, tell, listed(groups), favourable)
    report = audited.report
    if html:  # before anything is printed: a reader such as `head` may not wait for the end
        _write_html(audited, html)
    _show(out, report)
    result = report.model_dump(mode="json")
    if html:
        result["html"] = str(html)
        out.say(f"\nThe audit as one HTML file: {html}")
    if preview:
        result["changes"] = _preview(out, proposed(audited, rule or None))
    elif fix:
        with out.progress() as tell:
            fixed = write_fixed(audited, fix, test, rule or None, tell)
        result["fixed"] = _show_fixed(out, report, fixed)
    out.result(result)
    if report.verdict == "block":
        raise typer.Exit(3)


def _write_html(audited: Audited, path: Path) -> None:
    from advisor.audit_page import page, some_of
    from backend.audit.fix import offered
    from backend.store import write_text

    write_text(path, page(audited.report, *some_of(offered(audited))))


def _preview(out: Output, changes: Sequence[Change]) -> list[dict[str, object]]:
    from advisor.commands.cards import show_changes
    from advisor.words import count_of
    from backend.data.changes import preview

    out.say(f"\n{count_of(len(changes), 'change')} proposed; nothing is written.")
    show_changes(out, changes, SHOWN_CHANGES)
    return [preview(change).model_dump(mode="json") for change in changes]


def _show_fixed(out: Output, report: AuditReport, fixed: Fixed) -> dict[str, object]:
    from advisor.commands.cards import show_changes
    from advisor.words import verdict_line

    show_changes(out, fixed.changes, 2)
    out.say(f"\nThe clean copy: {fixed.out} ({fixed.rows:,} rows; {len(fixed.changes):,} changes, listed in "
            f"{fixed.log}). Your file is as it was.")
    again = fixed.again
    if again:
        out.say(f"Audited once more, the copy: {verdict_line(again.findings, again.data.flawed_rows, again.data.rows)}",
                style=STYLES[again.verdict])
        left = ", ".join(f"{found.rule} ({found.severity})" for found in again.findings)
        if left:
            out.say(f"Left in it, for a person to judge: {left}.")
    return {
        "out": str(fixed.out), "log": str(fixed.log), "rows": fixed.rows, "changes": len(fixed.changes),
        "verdict": again.verdict if again else None,
        "findings": {found.rule: found.severity for found in again.findings} if again else {},
    }


def _task(name: str | None) -> domain.Task | None:
    from backend import InputError
    from backend.domain import TASKS

    if name is None:
        return None
    for task in TASKS:
        if task == name.strip().lower():
            return task
    raise InputError(f"There is no task {name!r}.", where="--task", do=f"Use one of: {', '.join(TASKS)}.")


def _show(out: Output, report: AuditReport) -> None:
    from advisor.commands.cards import show_findings
    from advisor.curve_words import points, told
    from advisor.words import SEVERITY_WORDS, count_of, duration, verdict_line

    worst = sorted(report.findings, key=lambda finding: list(SEVERITY_WORDS).index(finding.severity))
    about = report.data
    out.say(f"{report.verdict}: {verdict_line(worst, about.flawed_rows, about.rows)}", style=STYLES[report.verdict])
    out.say(f"{about.path}: {count_of(about.rows, 'row')}, {about.usable_rows:,} of them usable; "
            f"{count_of(len(worst), 'finding')} in {duration(report.seconds)}; taken for the task: {report.task}.")
    show_findings(out, worst, rows={found.rule: found.examples for found in worst}, task=report.task)
    if report.curve:
        out.say(f"\nWould more examples help? (learning curve) {told(report.curve)}")
        out.say("; ".join(f"{rows} rows: {value}" for rows, value, _ in points(report.curve)))
    out.say("\nNot checked:")
    for line in report.not_checked:
        out.say(f"- {line}")
    out.say(f"\n{count_of(len(report.not_asked), 'rule')} could not be asked: a file alone does not answer them "
            "(goal, prompts, expert, runs). `tunewise new` makes a project that does.")
    if worst:
        out.say("Why a rule asks, and where its limits come from: `tunewise rules RULE`, "
                f"as in `tunewise rules {worst[0].rule}`.")
    if any(len(finding.rows) > 10 for finding in worst):
        out.say("Every affected row is in the JSON: --json findings.json")
