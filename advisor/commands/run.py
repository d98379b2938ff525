"""The two ways to see everything: `app` in the browser, `demo` unattended; and the `report` at the end."""

from __future__ import annotations

from typing import Annotated

import typer

from advisor.commands.options import Home, Json, ProjectName
from advisor.terminal import Output


def app(
    host: Annotated[str, typer.Option(help="As it is, only this computer can reach the app.")] = "127.0.0.1",
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Else a free one is taken.")] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open a browser window.")] = True,
    project: Annotated[str | None, typer.Option(help="Open with this project.")] = None,
    home: Home = None,
) -> None:
    """Open the guided app in a browser: one page a step."""
    from advisor.app import launch
    from backend.index import default_home

    launch(home or default_home(), host, port, browser, project)


def demo(json: Json = None, home: Home = None) -> None:
    """See the whole path on real data, unattended, in 15 to 30 minutes; a bad set-up is blocked first."""
    from backend.demo import run_demo
    from backend.index import default_home

    out = Output(json)
    with out.progress() as tell:
        done = run_demo(home or default_home(), tell)
    out.say("A bad set-up was refused, as it should be:", style="bold")
    out.say(done.blocked)
    out.say(f"\nThe good one: {done.verdict}", style="bold")
    for reason in done.reasons:
        out.say(f"  {reason}")
    out.say("Where a person is needed, an automatic stand-in acted, and the report says so.")
    out.say(f"The report: {done.html}")
    out.say(f"Look at the project: tunewise status {done.project}")
    out.result(done)


def report(project: ProjectName, json: Json = None, home: Home = None) -> None:
    """Write the report and the model card as things stand now; never refused."""
    from backend import Workbench

    wb = Workbench.open(project, home)
    out = Output(json)
    written = wb.report()
    out.say(f"Verdict: {written.verdict}", style="bold")
    for reason in written.reasons:
        out.say(f"  {reason}")
    out.say(f"HTML: {written.html}\nMarkdown: {written.markdown}")
    out.result(written)
