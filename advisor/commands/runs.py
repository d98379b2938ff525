"""`runs`: the training runs of a project, one in full, or several beside each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.commands.options import Home, Json, ProjectName
from advisor.terminal import Output

if TYPE_CHECKING:
    from rich.table import Table

    from advisor.runs_beside import Answered
    from backend.steps.runs import Compared, RunTold

Wanted = Annotated[
    list[str] | None,
    typer.Argument(metavar="[RUN]…", help="Number or id: one is shown in full, more are compared.", show_default=False),
]


def runs(project: ProjectName, run: Wanted = None, json: Json = None, home: Home = None) -> None:
    """List the training runs; show one with its curves and answers; compare two or more."""
    from advisor import runs_beside as beside
    from backend import Workbench
    from backend.steps.runs import all_runs, compare, find

    wb, out = Workbench.open(project, home), Output(json)
    if run and len(run) > 1:
        compared = compare(wb.project, run)
        _beside(out, compared)
        out.result(compared)
        return
    known = all_runs(wb.project)
    if run:
        one = find(known, run[0])
        _full(out, one)
        out.result(one)
        return
    if known:
        out.show(_table(beside.LISTED, map(beside.listed, known)))
        out.say(f"One in full: tunewise runs {wb.project.id} {known[-1].number}")
    else:
        out.say(f"No run yet. Start one with: tunewise train {wb.project.id}")
    if len(known) > 1:
        out.say(f"Beside each other: tunewise runs {wb.project.id} {known[-2].number} {known[-1].number}")
    out.result([{"number": one.number, **one.story.model_dump(exclude={"curves", "samples"}), "test": one.test}
                for one in known])  # fmt: skip


def _full(out: Output, one: RunTold) -> None:
    from advisor import runs_beside as beside

    told = one.story
    out.say(beside.in_one_line(one), style="bold")
    for line in beside.results([one]):
        out.say(f"{line[0]}: {line[1]}")
    for kind, values in told.about.items():
        out.say(f"\n{beside.KINDS[kind]}", style="bold")
        for name, value in values.items():
            out.say(f"  {name}: {value}")
    if told.curves["loss"]:
        out.say("\nCurves, from the first step to the last", style="bold")
        for name, points in told.curves.items():
            if points:
                out.say(f"  {beside.CURVES[name]}: {points[0][1]:.4g} at step {points[0][0]:,}, "
                        f"{points[-1][1]:.4g} at step {points[-1][0]:,}")
        out.say("  Every point: --json -")
    _answered(out, beside.evolving(told))


def _beside(out: Output, compared: Compared) -> None:
    from advisor import runs_beside as beside

    names = [run.name for run in compared.runs]
    out.show(_table(("", *names), beside.results(compared.runs)))
    for line in (*beside.contrasts(compared), beside.no_difference(compared)):
        out.say(line)
    if compared.differences:
        out.say(f"\n{beside.DIFFER}", style="bold")
        out.show(_table(("", "", *names), beside.differences(compared)))
    _answered(out, beside.answers(compared))


def _answered(out: Output, rows: Iterable[Answered]) -> None:
    for asked, right, said in rows:
        out.say(f"\n{asked}", style="bold")
        for name, text in (("Right answer", right), *said):
            out.say(f"  {name}: {text}")


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    from rich.table import Table  # rich is slow to import
    from rich.text import Text

    from advisor.words import printable

    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    return table
