"""The training run: `train`, `follow`, `stop`, `resume`. It lives on its own: closing this changes nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.commands.options import Home, Json, ProjectName
from advisor.terminal import Output, Tell

if TYPE_CHECKING:
    from backend.events import AnyEvent
    from backend.workbench import Workbench

Wait = Annotated[bool, typer.Option("--wait/--detach", help="Follow until it ends, or return at once.")]


def train(
    project: ProjectName,
    trials: Annotated[
        int | None, typer.Option(min=0, help="Trials of the search over settings; else the plan's.")
    ] = None,
    minutes: Annotated[
        float | None, typer.Option(min=0, help="Minutes for that search, in which as many trials are made as fit.")
    ] = None,
    tracker: Annotated[
        str | None, typer.Option(help="Tell trackio, wandb or mlflow of it too; else the plan's.")
    ] = None,
    cluster: Annotated[
        str | None, typer.Option(help="Address of a Ray cluster to train on, such as head:6379; else this computer.")
    ] = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Start nothing: show some rows token by token, read only, learnt or cut.")
    ] = False,
    wait: Wait = False,
    json: Json = None,
    home: Home = None,
) -> None:
    """Start training in a process of its own, or put it into the line while another run has the GPU (or the computer).

    Exit code 3 while something blocks or is not signed.
    """
    from backend import Workbench

    wb = Workbench.open(project, home)
    if preview:
        _preview(Output(json), wb)
        return
    _started(Output(json), wb, wb.train(trials, minutes, tracker, cluster), wait)


def resume(project: ProjectName, wait: Wait = False, json: Json = None, home: Home = None) -> None:
    """Go on with the newest run from its last complete checkpoint."""
    from backend import Workbench

    wb = Workbench.open(project, home)
    _started(Output(json), wb, wb.resume(), wait)


def stop(
    project: ProjectName,
    now: Annotated[
        bool, typer.Option("--now", help="At once: what was learnt since the last complete checkpoint is given up.")
    ] = False,
    home: Home = None,
) -> None:
    """Ask the running training to stop after this step and save what it has, with an adapter ready to use.

    A run that is still waiting is taken out of the line.
    """
    from advisor.run_words import stopping
    from backend import Workbench

    wb = Workbench.open(project, home)
    before = wb.run_state()
    wb.stop(save=not now)
    Output().say(f"{stopping(before, not now)} Go on later with: tunewise resume {project}")


def follow(project: ProjectName, json: Json = None, home: Home = None) -> None:
    """Watch the newest run: progress, loss, best score, time left. Ctrl-C leaves the run going."""
    from backend import Workbench

    _follow(Output(json), Workbench.open(project, home))


def _preview(out: Output, wb: Workbench) -> None:
    from advisor import token_view
    from backend.steps.train import token_preview

    seen = token_preview(wb.project, wb.home)
    out.say(token_view.totals(seen))
    out.say(token_view.EXPLAINED)
    for row in seen.rows:
        out.say("\n" + token_view.heading(row), style="bold")
        for note in row.notes:
            out.say(note)
        for line in token_view.lines(row):
            out.show(line)
    out.result(seen)


def _started(out: Output, wb: Workbench, run: str, wait: bool) -> None:
    from advisor.run_words import under_way

    state = wb.run_state()
    queued = state is not None and state.state == "queued"
    out.say(under_way(state) if state and queued else f"Training started: run {run}.")
    if wait:
        _follow(out, wb)
        return
    out.say(f"Watch it with: tunewise follow {wb.project.id}")
    if queued:
        out.say(f"Take it out of the line with: tunewise stop {wb.project.id}")
    out.result({"run_id": run, "state": "queued" if queued else "running"})


def _follow(out: Output, wb: Workbench) -> None:
    from advisor import run_words as words
    from advisor.words import duration
    from backend.events import Failed
    from backend.steps.train import has_result

    try:
        with out.progress() as tell:
            last = watch(wb.follow(), tell)
    except KeyboardInterrupt:
        print(f"The run goes on without you. Look again: tunewise follow {wb.project.id}", file=sys.stderr)
        raise
    state = wb.run_state()
    for line in words.told(state.events if state else ()):
        out.say(line)
    if isinstance(last, Failed) or state is None:
        out.say(f"The run failed: {last.what if isinstance(last, Failed) else 'it left no events.'}", style="bold red")
        if isinstance(last, Failed):
            out.say(f"What to do: {last.do or 'tunewise resume ' + wb.project.id}")
            out.say(f"The log: {last.log}")
        out.result({"run_id": state and state.run_id, "state": "failed", "last": last})
        raise typer.Exit(1)
    if state.state == "stopped" and not has_result(state.folder):
        out.say(f"The run was stopped at once; {words.kept(last)} Go on with: tunewise resume {wb.project.id}")
        out.result({"run_id": state.run_id, "state": "stopped", "last": last})
        return
    run = wb.finish_run()
    facts = run.facts
    out.say(f"The run is {state.state}: {facts.steps} steps in {duration(run.seconds)}.")
    out.say(f"Loss on training rows {facts.train_loss:.3f}, on validation rows {facts.validation_loss:.3f} "
            f"(best {facts.best_validation_loss:.3f}).")
    for line in words.checks(facts):
        out.say(line)
    _show_search(out, state.events)
    out.say(f"Next: tunewise evaluate {wb.project.id}")
    out.result({"run_id": run.run_id, "state": state.state, "run": run})


def _show_search(out: Output, events: Sequence[AnyEvent]) -> None:
    from rich.table import Table

    from advisor import search_view

    trials = search_view.trials_of(events)
    if not trials:
        return
    shown = Table(*search_view.COLUMNS, box=None, pad_edge=False)
    for one in trials:
        shown.add_row(*search_view.row(one))
    out.show(shown)


def watch(events: Iterable[AnyEvent], tell: Tell) -> AnyEvent | None:
    """Tell each event in words as it comes; returns the last one."""
    from advisor.run_words import measured, reduced, sampled, waiting
    from advisor.search_view import so_far
    from advisor.words import duration, one_line
    from backend.events import (
        Learning,
        Measured,
        Phase,
        Progress,
        Reduced,
        Resumed,
        Samples,
        Trial,
        Validated,
        Waiting,
    )  # fmt: skip

    best, fraction, last = "", 0.0, None
    for event in events:
        last = event
        if isinstance(event, Progress):
            fraction = event.step / event.of if event.of else 0.0
            tell(f"step {event.step} of {event.of}, loss {event.loss:.3f}, {event.tokens_per_s:.0f} tokens/s{best}, "
                 f"{duration(event.eta_s)} left", fraction)
        elif isinstance(event, Validated):
            if event.best and event.score is not None:
                best = f", best {event.metric} {event.score:.1%} at step {event.step}"
        elif isinstance(event, Trial):
            tell(so_far(event), event.number / event.of)
        elif isinstance(event, Samples):
            tell(sampled(event), fraction)
        elif isinstance(event, Learning):
            fraction = event.step / event.of
            tell(f"{event.words}, {duration(event.eta_s)} left", fraction)
        elif isinstance(event, Waiting):
            tell(waiting(event), fraction)
        elif isinstance(event, Measured):
            tell(measured(event), 0.0)
        elif isinstance(event, Reduced):
            tell(reduced(event), fraction)
        elif isinstance(event, Resumed):
            tell(f"going on from step {event.step}", fraction)
        elif isinstance(event, Phase):
            tell(one_line(f"{event.name} {event.detail}"), fraction)
    return last
