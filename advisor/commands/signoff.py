"""The expert's part: `review` a random sample, `sign` exactly this data and plan."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.commands.options import Home, Json, ProjectName
from advisor.terminal import Output

if TYPE_CHECKING:
    from backend.domain import Example, ReviewPlan
    from backend.workbench import Workbench

ANSWERS = {"a": "accept", "f": "fix", "r": "reject"}


def review(
    project: ProjectName,
    by: Annotated[str | None, typer.Option(help="The reviewer; else the project's expert.")] = None,
    out_file: Annotated[Path | None, typer.Option("--out", help="Write the sample to a .csv or .jsonl file.")] = None,
    from_file: Annotated[
        Path | None, typer.Option("--from", help="Read the filled-in file: row, decision, why, fixed_answer.")
    ] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Make a version with corrections, without rejects.")] = False,
    json: Json = None,
    home: Home = None,
) -> None:
    """Look at a random sample of the rows and accept, fix or reject each: here, or in a spreadsheet."""
    from backend import Workbench

    wb = Workbench.open(project, home)
    out = Output(json)
    if apply:
        with out.progress() as tell:
            dataset = wb.apply_review(tell)
        out.say(f"Version {dataset.version} of the data holds the corrections; the review starts anew on it.")
        out.result(dataset)
        return
    plan = wb.start_review()
    if out_file:
        _export(out, wb, plan, out_file)
    elif from_file:
        _import(wb, from_file, _reviewer(wb, by))
    elif sys.stdin.isatty() and json != "-":
        _ask(out, wb, plan, _reviewer(wb, by))
    else:
        _list(out, wb, plan)
    _show_state(out, wb, plan)


def _reviewer(wb: Workbench, by: str | None) -> str:
    from backend import Goal, InputError

    goal = wb.project.get(Goal)
    name = by or (goal.expert if goal else "")
    if not name.strip():
        raise InputError("Nobody is named as the reviewer.", do="Give --by NAME, or name the expert in the goal.")
    return name


def _export(out: Output, wb: Workbench, plan: ReviewPlan, path: Path) -> None:
    from advisor.sheet import write_rows

    known = {judgement.row: judgement for judgement in wb.judgements()}
    rows = []
    for example in wb.examples(plan.sample):
        judged = known.get(example.row)
        rows.append({
            "row": str(example.row), "input": example.input, "answer": example.answer,
            "decision": judged.decision if judged else "", "why": judged.why if judged else "",
            "fixed_answer": (judged.fixed_answer or "") if judged else "",
        })
    write_rows(path, rows)
    out.say(f"Wrote {len(rows)} rows to {path}. Fill in decision (accept, fix or reject), why and fixed_answer,")
    out.say(f"then: tunewise review {wb.project.id} --from {path}")


def _import(wb: Workbench, path: Path, reviewer: str) -> None:
    from advisor.sheet import read_rows
    from backend import InputError, Judgement

    judgements = []
    for number, row in enumerate(read_rows(path, ("row", "decision")), 1):
        decision = row["decision"].strip().lower()
        if not decision:
            continue
        if decision not in ANSWERS.values() or not row["row"].strip().isdigit():
            raise InputError(
                f"The decision {row['decision']!r} for row {row['row']!r} can't be read.",
                where=f"{path}, row {number}",
                do="Write accept, fix or reject, and leave the row numbers as they are.",
            )
        judgements.append(Judgement.model_validate({
            "row": int(row["row"]), "decision": decision, "why": row.get("why", ""), "reviewer": reviewer,
            "fixed_answer": row.get("fixed_answer") or None,
        }))
    if not judgements:
        raise InputError("No row of the file has a decision.", where=str(path))
    for judgement in judgements:
        wb.review(judgement)


def _ask(out: Output, wb: Workbench, plan: ReviewPlan, reviewer: str) -> None:
    from backend import Judgement

    judged = {judgement.row for judgement in wb.judgements() if judgement.reviewer == reviewer}
    todo = [example for example in wb.examples(plan.sample) if example.row not in judged]
    for place, example in enumerate(todo, len(plan.sample) - len(todo) + 1):
        out.say(f"\n{place} of {len(plan.sample)} (row {example.row})", style="bold")
        _show(out, example)
        key = typer.prompt("[a]ccept, [f]ix, [r]eject or [q]uit", default="a").strip().lower()[:1]
        while key not in (*ANSWERS, "q"):
            key = typer.prompt("Please type a, f, r or q").strip().lower()[:1]
        if key == "q":
            return
        fixed = typer.prompt("The right answer") if key == "f" else None
        why = "" if key == "a" else typer.prompt("Why")
        wb.review(Judgement.model_validate({
            "row": example.row, "decision": ANSWERS[key], "why": why, "fixed_answer": fixed, "reviewer": reviewer,
        }))


def _list(out: Output, wb: Workbench, plan: ReviewPlan) -> None:
    for example in wb.examples(plan.sample):
        out.say(f"\nrow {example.row}", style="bold")
        _show(out, example)


def _show(out: Output, example: Example) -> None:
    if example.system:
        out.say(f"  system: {example.system}")
    for turn in example.history:
        out.say(f"  {turn.role}: {turn.content}")
    out.say(f"  input:  {example.input}")
    out.say(f"  answer: {example.answer}", style="cyan")


def _show_state(out: Output, wb: Workbench, plan: ReviewPlan) -> None:
    judgements = wb.judgements()
    rows = {judgement.row for judgement in judgements}
    facts = wb.standing().facts.review
    out.say(f"\n{len(rows)} of {plan.required} rows judged, {facts.rejected if facts else 0} rejected.")
    if facts and len(rows) >= plan.required:
        out.say(f"At most {facts.bad_share_upper:.1%} of all rows are bad, as far as this sample can tell (95 %).")
        out.say(f'Sign with: tunewise sign {wb.project.id} --by NAME --statement "…" --acknowledge all')
    out.result({
        "sample": [
            {"row": example.row, "input": example.input, "answer": example.answer}
            for example in wb.examples(plan.sample)
        ],
        "overlap": plan.overlap, "required": plan.required, "judgements": judgements, "facts": facts,
    })


def sign(
    project: ProjectName,
    by: Annotated[str, typer.Option(help="The named expert; nobody else can sign.")],
    statement: Annotated[str, typer.Option(help="What was checked, in a sentence.")],
    acknowledge: Annotated[
        list[str] | None, typer.Option(metavar="RULE|all", help="A warning that was read; may be repeated.")
    ] = None,
    json: Json = None,
    home: Home = None,
) -> None:
    """Sign exactly this data and plan. Change either afterwards and training refuses."""
    from advisor.commands.cards import show_findings
    from backend import Workbench

    wb = Workbench.open(project, home)
    out = Output(json)
    given = acknowledge or []
    warnings = wb.standing().warnings
    rules = [finding.rule for finding in warnings] if "all" in given else given
    signature = wb.sign(by, statement, rules)
    acknowledged = [finding for finding in warnings if finding.rule in signature.acknowledged]
    if acknowledged:
        out.say("Acknowledged warnings:")
        show_findings(out, acknowledged)
    out.say(f"\nSigned by {signature.signer} at {signature.at}: {signature.statement}")
    out.say(f"Next: tunewise train {wb.project.id} --wait")
    out.result(signature)
