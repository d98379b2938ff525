"""`evaluate` on the sealed test rows, and `read`: people look at outputs and say why the errors happen."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.commands.options import Home, Json, ProjectName
from advisor.terminal import Output

if TYPE_CHECKING:
    from backend.domain import Evaluation
    from backend.workbench import Workbench

MARKS = {"g": "good", "a": "acceptable", "b": "bad"}
ARMS = ("Base model, bare", "Base model, best prompt", "Tuned model")


def evaluate(
    project: ProjectName,
    rows: Annotated[int | None, typer.Option(min=1, help="Score only the first N test rows.")] = None,
    show: Annotated[bool, typer.Option("--show", help="Show the last result; the test rows stay closed.")] = False,
    json: Json = None,
    home: Home = None,
) -> None:
    """Open the sealed test rows (it is counted) and compare base, best prompt and tuned model."""
    from backend import Workbench
    from backend.domain import Evaluation
    from backend.evaluation.facts import evaluation_json

    wb = Workbench.open(project, home)
    out = Output(json)
    if show:
        done = wb.project.need(Evaluation, f"Evaluate first: tunewise evaluate {wb.project.id}")
    else:
        with out.progress() as tell:
            done = wb.evaluate(rows, tell)
    _show(out, wb, done)
    out.result(evaluation_json(done))


def _show(out: Output, wb: Workbench, done: Evaluation) -> None:
    from advisor.commands.cards import show_findings
    from advisor.words import contrast, count_of, findings_of, score

    for name, arm in zip(ARMS, done.arms, strict=True):
        out.say(name, style="bold")
        for metric, numbers in arm.metrics.items():
            out.say(f"  {score(metric, numbers)}")
    out.say("Compared row by row", style="bold")
    for one in done.comparisons:
        if one.second == "tuned":
            out.say(f"  {contrast(one)}", style="bold" if one.primary else "")
    if done.error_groups:
        out.say("Main groups of errors", style="bold")
        for group in done.error_groups:
            out.say(f"  {group.name}: {count_of(len(group.rows), 'row')}")
    now = wb.standing()
    found = [f for f in findings_of(now.verdicts) if f.step == "evaluate"]
    show_findings(out, found, now.waived, project=wb.project.name)
    out.say(f"\nNext: read some of the outputs: tunewise read {wb.project.id}")


def read(
    project: ProjectName,
    count: Annotated[int, typer.Option(min=1, help="How many outputs.")] = 30,
    by: Annotated[str | None, typer.Option(help="Who reads; else the project's expert.")] = None,
    out_file: Annotated[Path | None, typer.Option("--out", help="Write them to a .csv or .jsonl file.")] = None,
    from_file: Annotated[Path | None, typer.Option("--from", help="Read the filled-in file: row, mark, note.")] = None,
    explain: Annotated[
        list[str] | None, typer.Option(metavar="GROUP=NOTE", help="The expert's note on a group of errors.")
    ] = None,
    json: Json = None,
    home: Home = None,
) -> None:
    """Read sampled outputs of the tuned model and mark each good, acceptable or bad; explain groups of errors."""
    from backend import Goal, InputError, Workbench

    wb = Workbench.open(project, home)
    out = Output(json)
    goal = wb.project.get(Goal)
    reader = by or (goal.expert if goal else "")
    for pair in explain or ():
        group, equals, note = pair.partition("=")
        if not equals:
            raise InputError(f"{pair!r} explains nothing.", where="--explain", do="Write GROUP=NOTE.")
        wb.explain_errors(group.strip(), note.strip(), reader)
        out.say(f"Noted for {group.strip()}.")
    if out_file:
        _export(out, wb, count, out_file)
    elif from_file:
        _import(wb, from_file, reader)
    elif not explain and sys.stdin.isatty() and json != "-":
        _ask(out, wb, count, reader)
    elif not explain:
        for example, output in wb.outputs_to_read(count):
            out.say(f"\nrow {example.row}", style="bold")
            out.say(f"  input:  {example.input}\n  wanted: {example.answer}\n  output: {output}")
    facts = wb.standing().facts.reading
    if facts:
        explained = f"{facts.error_groups_explained} of {facts.error_groups} groups of errors explained"
        out.say(f"\n{facts.read} outputs read; {explained}.")
    out.result({
        "outputs": [
            {"row": example.row, "input": example.input, "answer": example.answer, "output": output}
            for example, output in wb.outputs_to_read(count)
        ],
        "facts": facts,
    })


def _export(out: Output, wb: Workbench, count: int, path: Path) -> None:
    from advisor.sheet import write_rows

    rows = [
        {
            "row": str(example.row), "input": example.input, "wanted": example.answer, "output": output,
            "mark": "", "note": "",
        }
        for example, output in wb.outputs_to_read(count)
    ]
    write_rows(path, rows)
    out.say(f"Wrote {len(rows)} outputs to {path}. Fill in mark (good, acceptable or bad) and note,")
    out.say(f"then: tunewise read {wb.project.id} --from {path}")


def _import(wb: Workbench, path: Path, reader: str) -> None:
    from advisor.sheet import read_rows
    from backend import InputError, Reading

    readings = []
    for number, row in enumerate(read_rows(path, ("row", "mark")), 1):
        mark = row["mark"].strip().lower()
        if not mark:
            continue
        if mark not in MARKS.values() or not row["row"].strip().isdigit():
            raise InputError(
                f"The mark {row['mark']!r} for row {row['row']!r} can't be read.", where=f"{path}, row {number}",
                do="Write good, acceptable or bad, and leave the row numbers as they are.",
            )
        readings.append(Reading.model_validate(
            {"row": int(row["row"]), "mark": mark, "note": row.get("note", ""), "reader": reader}
        ))
    if not readings:
        raise InputError("No row of the file has a mark.", where=str(path))
    for reading in readings:
        wb.read_output(reading)


def _ask(out: Output, wb: Workbench, count: int, reader: str) -> None:
    from backend import Reading

    outputs = wb.outputs_to_read(count)
    for place, (example, output) in enumerate(outputs, 1):
        out.say(f"\n{place} of {len(outputs)} (row {example.row})", style="bold")
        out.say(f"  input:  {example.input}\n  wanted: {example.answer}\n  output: {output}")
        key = typer.prompt("[g]ood, [a]cceptable, [b]ad or [q]uit").strip().lower()[:1]
        while key not in (*MARKS, "q"):
            key = typer.prompt("Please type g, a, b or q").strip().lower()[:1]
        if key == "q":
            return
        note = typer.prompt("What is wrong", default="") if key == "b" else ""
        wb.read_output(Reading.model_validate({"row": example.row, "mark": MARKS[key], "note": note, "reader": reader}))
