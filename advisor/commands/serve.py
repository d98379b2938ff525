"""`serve` base and tuned model on this computer, and check that they answer as in training."""

from __future__ import annotations

from typing import Annotated

import typer

from advisor.commands.options import Home, Json, ProjectName
from advisor.terminal import Output


def serve(
    project: ProjectName,
    stop: Annotated[bool, typer.Option("--stop", help="Stop the server.")] = False,
    state: Annotated[bool, typer.Option("--state", help="Only say how the server is.")] = False,
    json: Json = None,
    home: Home = None,
) -> None:
    """Start vLLM with base and tuned model, on this computer only, and check that it answers like the trainer."""
    from backend import Workbench

    wb = Workbench.open(project, home)
    out = Output(json)
    if stop:
        wb.stop_server()
    if stop or state:
        words = wb.server_state()
        out.say(words)
        out.result({"state": words})
        return
    with out.progress() as tell:
        deployed = wb.serve(tell)
    facts = deployed.facts
    out.say(f"Serving at {deployed.endpoint}: base as {deployed.base_model!r}, tuned as {deployed.tuned_model!r}.")
    out.say(f"Checked with {facts.prompts} prompts: {facts.token_mismatches} with other tokens, "
            f"{facts.output_mismatches} with other answers than in training.")
    out.say(f"Next: tunewise latency {wb.project.id}   Stop it: tunewise serve {wb.project.id} --stop")
    out.result(deployed)
