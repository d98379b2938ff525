"""`curve`: measure with the model itself whether more rows would help. It lives on its own, like a training run."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.commands.options import Home, Json, ProjectName
from advisor.terminal import Output

if TYPE_CHECKING:
    from backend.workbench import Workbench


def curve(
    project: ProjectName,
    model: Annotated[str | None, typer.Option(help="The model, where none is measured or planned yet.")] = None,
    minutes: Annotated[float, typer.Option(min=0, help="The most it may take; 0: no limit.")] = 60,
    stop: Annotated[bool, typer.Option("--stop", help="Stop it. What is measured stays; it goes on later.")] = False,
    wait: Annotated[bool, typer.Option("--wait/--detach", help="Follow until it ends, or return at once.")] = True,
    json: Json = None,
    home: Home = None,
) -> None:
    """Would more rows help? Train the model on an eighth, a quarter, half and all of them. Exit code 4: can't tell."""
    from advisor.words import estimate_in_words
    from backend import Workbench
    from backend.steps import curve as step

    wb, out = Workbench.open(project, home), Output(json)
    if stop:
        step.stop_curve(wb.project)
        out.say(f"Asked it to stop. Go on later with: tunewise curve {wb.project.id}")
        return
    now = step.curve_state(wb.project)
    if now is None or now.state != "running":
        out.say(estimate_in_words(step.start_curve(wb.project, wb.home, model, minutes)))
    if wait:
        _follow(out, wb)
    else:
        out.say(f"It goes on by itself. Look at it with: tunewise curve {wb.project.id}")


def _follow(out: Output, wb: Workbench) -> None:
    from advisor import curve_words as words
    from advisor.commands.train import watch
    from backend.domain import LearningCurve
    from backend.events import Failed
    from backend.steps import curve as step

    try:
        with out.progress() as tell:
            last = watch(step.follow_curve(wb.project), tell)
    except KeyboardInterrupt:
        print(f"It goes on without you. Look again: tunewise curve {wb.project.id}", file=sys.stderr)
        raise
    step.take_in(wb.project)
    if isinstance(last, Failed):
        out.say(f"It failed: {last.what}", style="bold red")
        out.say(f"What to do: {last.do}\nThe log: {last.log}")
        raise typer.Exit(1)
    found = wb.fresh(LearningCurve)
    if found is None:
        out.say(f"Too little was measured for a curve. Go on with: tunewise curve {wb.project.id}")
        raise typer.Exit(4)
    for rows, value, between in words.points(found.facts):
        out.say(f"  {rows} rows: {value} (95% interval {between})")
    out.say(words.told(found.facts), style="bold")
    out.result(found)
    if found.facts.flat is None:
        raise typer.Exit(4)
