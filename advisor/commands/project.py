"""A project and where it stands: `new`, `goal`, `status`, `check`, `waive`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from advisor.commands.options import Home, Json, ProjectName, Task
from advisor.terminal import Output

if TYPE_CHECKING:
    from backend.domain import Goal
    from backend.flow import Standing
    from backend.workbench import Workbench

Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="FIELD=VALUE", help="Set one field of the goal; may be repeated."),
]
Examples = Annotated[
    list[str] | None,
    typer.Option("--example", metavar="INPUT=>ANSWER", help="A hand-written good example; may be repeated."),
]
BadExamples = Annotated[
    list[str] | None,
    typer.Option("--bad-example", metavar="INPUT=>ANSWER", help="An answer you would not accept; may be repeated."),
]
GoalFile = Annotated[Path | None, typer.Option("--goal-file", metavar="FILE", help="The goal as a JSON file.")]
RECORD_FIELDS = {"at", "made_from"}
"""Fields of the goal that Tunewise writes itself."""


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name for the project.", show_default=False)],
    sentence: Annotated[str | None, typer.Option("--goal", help="What the model should do, in one sentence.")] = None,
    task: Task = None,
    domain: Annotated[str | None, typer.Option(help="The field it is about, such as insurance letters.")] = None,
    metric: Annotated[str | None, typer.Option(help="The number that judges answers, such as accuracy.")] = None,
    target: Annotated[float | None, typer.Option(help="The score, 0 to 1, that is good enough.")] = None,
    smallest_gain: Annotated[float | None, typer.Option(help="The smallest gain worth the trouble, 0 to 1.")] = None,
    expert: Annotated[str | None, typer.Option(help="Who knows a right answer and will sign.")] = None,
    trainer: Annotated[str | None, typer.Option(help="Who runs the training.")] = None,
    good: Annotated[str | None, typer.Option("--good", help="What makes an answer good, in a sentence or two.")] = None,
    example: Examples = None,
    bad_example: BadExamples = None,
    goal_file: GoalFile = None,
    set_: Set = None,
    json: Json = None,
    home: Home = None,
) -> None:
    """Make a project, with its goal if you give one."""
    from backend import Workbench
    from backend.steps.goal import check_goal

    given = {
        "sentence": sentence, "task": task, "domain": domain, "metric": metric, "target": target,
        "smallest_gain": smallest_gain, "expert": expert, "trainer": trainer, "definition_of_good": good,
    }
    values = _goal_values({}, goal_file, set_, example, bad_example)
    values |= {field: value for field, value in given.items() if value is not None}
    goal = _goal(values) if values else None
    if goal:
        check_goal(goal)  # before the project is made, so that a mistake leaves nothing behind
    wb = Workbench.new(name, home)
    if goal:
        wb.set_goal(goal)
    out = Output(json)
    out.say(f"Made the project {wb.project.name} ({wb.project.id}).")
    _say_next(out, wb)
    out.result(_about(wb, wb.standing()))


def goal(
    project: ProjectName,
    set_: Set = None,
    example: Examples = None,
    bad_example: BadExamples = None,
    goal_file: GoalFile = None,
    json: Json = None,
    home: Home = None,
) -> None:
    """Show a project's goal, or change some of it. What depended on it becomes out of date by itself."""
    from backend import Goal, Workbench

    wb = Workbench.open(project, home)
    out = Output(json)
    now = wb.project.get(Goal)
    if set_ or example or bad_example or goal_file:
        before = now.model_dump(mode="json", exclude=RECORD_FIELDS) if now else {}
        now = wb.set_goal(_goal(_goal_values(before, goal_file, set_, example, bad_example)))
        out.say("Saved the goal.")
    if now is None:
        out.say("This project has no goal yet.")
    else:
        for field, value in now.model_dump(mode="json", exclude=RECORD_FIELDS).items():
            out.say(f"{field}: {'not said' if value is None or value in ('', []) else value}")
    _say_next(out, wb)
    out.result(now)


def status(
    project: Annotated[str | None, typer.Argument(metavar="[PROJECT]", help="Leave out to list all projects.")] = None,
    json: Json = None,
    home: Home = None,
) -> None:
    """Where a project stands and what to do next; without a name, all projects."""
    from advisor.commands.cards import show_findings, show_steps
    from advisor.run_words import under_way
    from advisor.words import standing_line
    from backend import Workbench

    out = Output(json)
    if project is None:
        _list(out, home)
        return
    wb = Workbench.open(project, home)
    now = wb.standing()
    out.say(f"{wb.project.name} ({wb.project.id})", style="bold")
    show_steps(out, now)
    run = wb.run_state()
    if run is not None and run.going:
        out.say(under_way(run))
    out.say(standing_line(now))
    show_findings(out, now.blocks)
    out.say()
    _say_next(out, wb)
    out.result(_about(wb, now))


def check(
    project: ProjectName,
    everything: Annotated[bool, typer.Option("--all", help="Also list what is fine and what was not asked.")] = False,
    json: Json = None,
    home: Home = None,
) -> None:
    """Ask every rule about a project. Exit code 3 when something blocks, 1 when a rule is broken."""
    from advisor.commands.cards import finding_json, show_findings, version
    from advisor.words import VERDICT_WORDS, findings_of, standing_line
    from backend import Workbench

    wb = Workbench.open(project, home)
    now = wb.standing()
    out = Output(json)
    findings = findings_of(now.verdicts)
    rules = {state: [v.rule.id for v in now.verdicts if v.state == state] for state in VERDICT_WORDS}
    out.say(standing_line(now))
    show_findings(out, findings, now.waived, project=wb.project.name)
    out.say()
    for verdict in now.verdicts:
        if verdict.state == "broken":
            out.say(f"{verdict.rule.id}: {VERDICT_WORDS['broken']}: {verdict.trouble}", style="bold red")
    if everything:
        out.say(f"Fine: {', '.join(rules['passed']) or 'none'}")
        out.say(f"Not asked yet: {', '.join(rules['not asked']) or 'none'}")
    else:
        out.say(f"{len(rules['passed'])} fine, {len(rules['not asked'])} not asked yet (--all lists them).")
    out.result({
        "tunewise": version(),
        "project": {"id": wb.project.id, "name": wb.project.name},
        "verdict": "block" if now.blocks else "warn" if now.warnings else "pass",
        "findings": [{**finding_json(found), "waived": found.rule in now.waived} for found in findings],
        "passed": rules["passed"],
        "not_asked": rules["not asked"],
        "broken": {v.rule.id: v.trouble for v in now.verdicts if v.state == "broken"},
    })
    if now.blocks:
        raise typer.Exit(3)
    if rules["broken"]:
        raise typer.Exit(1)


def waive(
    project: ProjectName,
    rule: Annotated[str, typer.Argument(metavar="RULE", help="The rule's id, as `tunewise check` shows it.")],
    by: Annotated[str, typer.Option(help="The named expert; nobody else may.")],
    why: Annotated[str, typer.Option(help="Why it is acceptable here; it is printed in the report.")],
    json: Json = None,
    home: Home = None,
) -> None:
    """Set a waivable block aside, in writing, by the named expert. It holds until its step changes."""
    from backend import Workbench

    wb = Workbench.open(project, home)
    out = Output(json)
    waiver = wb.waive(rule, by, why)
    out.say(f"{waiver.rule} is set aside by {waiver.by}: {waiver.why}")
    _say_next(out, wb)
    out.result(waiver)


def _goal_values(
    before: dict[str, Any], file: Path | None, pairs: list[str] | None, good: list[str] | None, bad: list[str] | None
) -> dict[str, Any]:
    from pydantic_core import from_json

    from backend import InputError
    from backend.domain import Goal

    values = dict(before)
    if file:
        try:
            read = from_json(file.read_bytes())
        except (OSError, ValueError) as error:
            raise InputError("The goal file can't be read.", where=str(file), why=str(error)) from error
        if not isinstance(read, dict):
            raise InputError("The goal file must hold one JSON object.", where=str(file))
        values |= read
    for pair in pairs or ():
        field, equals, value = pair.partition("=")
        if not equals or field not in Goal.model_fields or field in RECORD_FIELDS:
            known = ", ".join(name for name in Goal.model_fields if name not in RECORD_FIELDS)
            raise InputError(f"{pair!r} sets nothing.", where="--set", do=f"Write FIELD=VALUE with one of: {known}.")
        empty = value == ""
        default = Goal.model_fields[field].get_default(call_default_factory=False)
        values[field] = default if empty else value.split(",") if field == "groups" else value
    written = [_example(text, True) for text in good or ()] + [_example(text, False) for text in bad or ()]
    if written:
        values["examples"] = [*values.get("examples", ()), *written]
    return values


def _example(text: str, good: bool) -> dict[str, object]:
    from backend import InputError

    asked, arrow, answer = text.partition("=>")
    if not arrow or not asked.strip() or not answer.strip():
        raise InputError(f"The example {text!r} can't be read.", where="--example", do='Write "input=>answer".')
    return {"input": asked.strip(), "answer": answer.strip(), "good": good}


def _goal(values: dict[str, Any]) -> Goal:
    from pydantic import ValidationError

    from backend import Goal, InputError

    try:
        return Goal.model_validate(values)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg'].lower()}" for e in error.errors())
        raise InputError("The goal can't be used as it is.", why=wrong, do="See `tunewise new --help`.") from error


def _say_next(out: Output, wb: Workbench) -> None:
    from advisor.words import next_step

    words, commands = next_step(wb.standing(), wb.project.id)
    out.say(words)
    for command in commands:
        out.say(f"  {command}", style="cyan")


def _about(wb: Workbench, now: Standing) -> dict[str, object]:
    from advisor.commands.cards import finding_json, version
    from advisor.words import STEP_TITLES, next_step, step_to_do

    words, commands = next_step(now, wb.project.id)
    run = wb.run_state()
    return {
        "tunewise": version(),
        "project": {"id": wb.project.id, "name": wb.project.name, "folder": str(wb.project.folder)},
        "steps": [{"step": step.step, "title": STEP_TITLES[step.step], "state": step.state} for step in now.steps],
        "run": run and {"run_id": run.run_id, "state": run.state},
        "next": {"step": step_to_do(now), "words": words, "commands": commands},
        "blocks": [finding_json(finding) for finding in now.blocks],
        "warnings": [finding_json(finding) for finding in now.warnings],
        "waived": {rule: {"by": waiver.by, "why": waiver.why} for rule, waiver in now.waived.items()},
    }


def _list(out: Output, home: Path | None) -> None:
    from backend import Workbench

    found = Workbench.list(home)
    for project, title, made in found:
        out.say(f"{project}: {title} (made {made[:16].replace('T', ' ')} UTC)")
    if not found:
        out.say("No projects yet. Make one: tunewise new NAME, or see the whole path at work: tunewise demo")
    out.result({"projects": [{"id": project, "name": title, "made": made} for project, title, made in found]})
