"""`serve` base and tuned model on this computer, and check that they answer as in training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.commands.options import Home, Json, ProjectName
from advisor.terminal import Output

if TYPE_CHECKING:
    from backend.deployed import Deployment, Divergence, Setting


def serve(
    project: ProjectName,
    merged: Annotated[
        bool, typer.Option("--merged", help="Serve the tuned model alone, merged into one: quicker, but no base.")
    ] = False,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="A fixed port; else any free one.")] = None,
    detach: Annotated[
        bool, typer.Option("--detach", help="Come back when it is ready; the server stays until --stop.")
    ] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Only show how it would be set up here, and why; nothing is started.")
    ] = False,
    stop: Annotated[bool, typer.Option("--stop", help="Stop the server.")] = False,
    state: Annotated[bool, typer.Option("--state", help="Only say how the server is.")] = False,
    json: Json = None,
    home: Home = None,
) -> None:
    """Start vLLM with base and tuned model, on this computer only, and check that they answer as in training.

    The server runs until Ctrl-C, and ends with this command however that ends. `--detach` leaves it running.
    """
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
    if explain:
        settings = wb.server.explain(merged)
        _show_settings(out, settings)
        out.result({"settings": settings})
        return
    with out.progress() as tell:
        deployed = wb.serve(tell, merged=merged, port=port, stay=None if detach else 0.0)
    _show(out, deployed)
    out.say(f"Programs that ask it need the key in {wb.server.key_file}, which only you can read.")
    mismatches = [finding for finding in wb.standing().blocks if finding.rule == "serve-mismatch"]
    for finding in mismatches:
        out.say(f"It does not count as deployed: {finding.message} {finding.fix}", style="bold red")
    if not mismatches:
        out.say("It counts as deployed: it answers as in training.")
    out.result(deployed)
    if detach:
        out.say(f"Next: tunewise latency {wb.project.id}   Stop it: tunewise serve {wb.project.id} --stop")
        return
    out.say(f"It runs until you press Ctrl-C. In another window: tunewise latency {wb.project.id}")
    try:
        ended = wb.server.wait()
    except KeyboardInterrupt:
        out.say("Stopped." if wb.server.release() else "It goes on: another program, such as the app, still uses it.")
        raise
    if ended is not None:
        raise ended
    out.say("It was stopped.")


def _show(out: Output, deployed: Deployment) -> None:
    both = f"base as {deployed.base_model!r}, tuned as" if deployed.base_model else "tuned, merged into one model, as"
    out.say(f"Serving at {deployed.endpoint}: {both} {deployed.tuned_model!r}.")
    _show_settings(out, deployed.settings)
    facts = deployed.facts
    models = "base and tuned" if deployed.base_model else "tuned"
    out.say(
        f"Compared with training on {facts.prompts} validation prompts ({models}): "
        f"{facts.token_mismatches} became other tokens, {facts.output_mismatches} got other answers, "
        f"{facts.near_ties} differ only where two words were as good as equally likely."
    )
    for check in deployed.checks:
        out.say(f"  {check.name}: {'the same' if check.holds else 'DIFFERENT'} ({check.said})")
    for divergence in deployed.divergences:
        out.say(f"  {_divergence(divergence)}")


def _show_settings(out: Output, settings: Sequence[Setting]) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column("setting")
    table.add_column("value", justify="right")
    table.add_column("why")
    for setting in settings:
        table.add_row(setting.name, str(setting.value), setting.reason)
    out.show(table)


def _divergence(found: Divergence) -> str:
    def chances(pair: tuple[float, float] | None) -> str:
        return "not known" if pair is None else f"{pair[0]:.1%} and {pair[1]:.1%}"

    kind = "near tie, rounding" if found.near_tie else "a real difference"
    return (
        f"{found.model}, piece {found.place + 1}: the trainer says {found.expected!r}, the endpoint {found.seen!r} "
        f"({kind}; chances by the trainer {chances(found.trainer)}, by the endpoint {chances(found.endpoint)}). "
        f"Prompt: {' '.join(found.prompt.split())[:80]!r}"
    )
