"""`merge` the adapter into the base model: one folder that any program loads."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from advisor.commands.options import Home, Json, ProjectName
from advisor.terminal import Output


def merge(
    project: ProjectName,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Where to; else in the project, where serving looks.")
    ] = None,
    json: Json = None,
    home: Home = None,
) -> None:
    """Merge the adapter into the base model, in 16 bits, and check that it answers as before.

    The disk is asked for room first; a merged model that answers otherwise is removed again.
    """
    from backend import Workbench
    from backend.steps.merge import merge as merged_model

    wb, told = Workbench.open(project, home), Output(json)
    with told.progress() as tell:
        made = merged_model(wb.project, wb.home, out, tell)
    rounded = f", {made.ties} more differ only by how two equally likely words were rounded" if made.ties else ""
    told.say(f"Merged: {made.folder} ({made.gib:.2f} GiB).", style="bold")
    told.say(f"Of {made.prompts} validation prompts {made.same} are answered exactly as by the adapter{rounded}.")
    told.result(made)
