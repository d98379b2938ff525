"""`audit`: everything wrong with a data file, without a project; and a clean copy on request."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.commands.options import (
    AnswerColumn,
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
    from backend.audit.report import AuditReport

STYLES = {"pass": "bold green", "warn": "bold yellow", "block": "bold red"}
VERDICTS = {
    "pass": "Nothing was found that speaks against training on this data.",
    "warn": "Usable, but look at the warnings first.",
    "block": "Don't train on this data as it is.",
}


def audit(
    data: Annotated[Path, typer.Argument(metavar="DATA", help="JSONL, CSV, TSV, Parquet, XLSX or a dataset folder.")],
    task: Task = None,
    test: Annotated[Path | None, typer.Option(help="Your own held-out file, to look for leaks into it.")] = None,
    input_: InputColumn = "",
    answer: AnswerColumn = "",
    system: SystemColumn = "",
    instruction: InstructionColumn = "",
    messages: MessagesColumn = "",
    fix: Annotated[Path | None, typer.Option(metavar="OUT", help="Write a clean copy, with a log beside it.")] = None,
    rule: Annotated[list[str] | None, typer.Option(help="With --fix: only the changes of this rule.")] = None,
    json: Json = None,
    home: Home = None,
) -> None:
    """Find what is wrong with a data file, with every affected row. Exit code 3 when a rule blocks."""
    from advisor.commands.data import mapping_of
    from backend.audit.fix import fix_file
    from backend.audit.run import audit_file

    out = Output(json)
    chosen = _task(task)
    mapping = mapping_of(data, input=input_, answer=answer, system=system, instruction=instruction, messages=messages)
    with out.progress() as tell:
        report = audit_file(data, chosen, test, mapping, tell)
    _show(out, report)
    result = report.model_dump(mode="json")
    if fix:
        with out.progress() as tell:
            fixed = fix_file(data, fix, chosen, test, mapping, rule or None, tell)
        out.say(f"\nThe clean copy: {fixed.out} ({fixed.rows:,} rows; {len(fixed.changes):,} changes, listed in "
                f"{fixed.log}). Your file is as it was.")
        result["fixed"] = {"out": str(fixed.out), "log": str(fixed.log), "rows": fixed.rows,
                           "changes": len(fixed.changes)}
    out.result(result)
    if report.verdict == "block":
        raise typer.Exit(3)


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
    from advisor.words import SEVERITY_WORDS, count_of, duration

    worst = sorted(report.findings, key=lambda finding: list(SEVERITY_WORDS).index(finding.severity))
    out.say(f"{report.verdict}: {VERDICTS[report.verdict]}", style=STYLES[report.verdict])
    about = report.data
    out.say(f"{about.path}: {count_of(about.rows, 'row')}, {about.usable_rows:,} of them usable; "
            f"{count_of(len(worst), 'finding')} in {duration(report.seconds)}.")
    show_findings(out, worst)
    out.say(f"\n{count_of(len(report.not_asked), 'rule')} could not be asked: a file alone does not answer them "
            "(goal, prompts, expert, runs). `tunewise new` makes a project that does.")
    if any(len(finding.rows) > 10 for finding in worst):
        out.say("Every affected row is in the JSON: --json findings.json")
