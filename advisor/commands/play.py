"""The playground in a terminal: `play` asks base and tuned, `votes` says what people preferred and exports it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.commands.options import Home, Json, ProjectName
from advisor.terminal import Output

if TYPE_CHECKING:
    from rich.table import Table

    from backend.playground.asked import Asked, Said, Settings
    from backend.steps.play import Playground

CHOICES = {"1": "left", "2": "right", "t": "tie", "b": "both bad"}


def play(
    project: ProjectName,
    text: Annotated[str | None, typer.Argument(metavar="[TEXT]", help="What both models should answer.")] = None,
    max_tokens: Annotated[int | None, typer.Option(min=1, help="The longest answer; else as trained.")] = None,
    system: Annotated[str | None, typer.Option(help="Another system prompt than the trained one.")] = None,
    temperature: Annotated[float | None, typer.Option(help="0: always the likeliest; else as trained (0).")] = None,
    top_p: Annotated[float | None, typer.Option(help="Below 1 leaves unlikely words out.")] = None,
    seed: Annotated[int | None, typer.Option(help="Another one draws another answer above temperature 0.")] = None,
    blind: Annotated[bool, typer.Option("--blind", help="Hide which is which and vote; needs --by.")] = False,
    by: Annotated[str, typer.Option(help="Who votes.")] = "",
    examples: Annotated[bool, typer.Option("--examples", help="Only list texts one could ask.")] = False,
    history: Annotated[bool, typer.Option("--history", help="Only list what was asked before.")] = False,
    again: Annotated[bool, typer.Option("--again", help="The last question once more, with a new seed.")] = False,
    clear: Annotated[bool, typer.Option("--clear", help="Clear the history; votes stay.")] = False,
    bring_back: Annotated[bool, typer.Option("--bring-back", help="Undo the last --clear.")] = False,
    json: Json = None,
    home: Home = None,
) -> None:
    """Let base and tuned model answer the same text with the same settings. Ctrl-C stops both, keeping what came."""
    from backend import InputError, Workbench

    playground = Workbench.open(project, home).playground
    out = Output(json)
    if examples or history or clear or bring_back:
        _look(out, playground, examples, history, clear)
        return
    if blind and (not by.strip() or not sys.stdin.isatty()):
        raise InputError("A blind vote needs a person at a terminal.", where="--blind", do="Say who, with --by NAME.")
    last = playground.history()[-1:] if again else ()
    if again and not last:
        raise InputError("Nothing was asked before.", where="--again")
    text = last[0].text if last else text
    if text is None:
        raise InputError("There is no text.", do='Ask: tunewise play PROJECT "…", or see --examples.')
    settings = _settings(last[0].settings if last else playground.trained(), {
        "max_tokens": max_tokens, "system": system, "temperature": temperature, "top_p": top_p, "seed": seed,
    }, new_seed=again)  # fmt: skip
    asked = _stream(out, playground, text, settings, blind)
    if blind:
        _vote(out, playground, asked, by)
    out.result({"asked": asked, "votes": playground.tally(), "open_votes": playground.tally(blind=False)})


def votes(
    project: ProjectName,
    export: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write preference pairs: JSON lines, as TRL reads them.")
    ] = None,
    without_test_rows: Annotated[
        bool, typer.Option("--without-test-rows", help="Leave out pairs that ask about test rows.")
    ] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take the newest vote back.")] = False,
    json: Json = None,
    home: Home = None,
) -> None:
    """What people preferred in the playground, how sure that is, and the same as preference pairs."""
    from backend import Workbench
    from backend.store import write_text

    playground = Workbench.open(project, home).playground
    out = Output(json)
    if undo:
        out.say(f"Taken back: {playground.undo_vote().prompt}")
    for kind, counted in (("Blind", playground.tally()), ("With the names in sight", playground.tally(blind=False))):
        if (share := counted.share) is not None:
            out.say(f"{kind}: the tuned model won {counted.tuned} of {counted.decided} "
                    f"({share.value:.0%}, 95% interval {share.low:.0%} to {share.high:.0%}).")
        if counted.votes:
            out.say(f"{kind}: {counted.ties} tied and {counted.both_bad} both bad, which are not in any share.")
    if not playground.votes():
        out.say("No votes yet. Vote in the app, or with `tunewise play PROJECT TEXT --blind --by NAME`.")
    pairs = playground.preferences(test_rows=not without_test_rows)
    if export is not None:
        write_text(export.expanduser(), pairs.text)
        out.say(f"Wrote {export}: {pairs.words}")
    out.result({
        "blind": playground.tally(), "open": playground.tally(blind=False), "pairs": len(pairs.lines),
        "ties": pairs.ties, "both_bad": pairs.both_bad, "unusable": pairs.unusable, "test_rows": pairs.test_rows,
    })  # fmt: skip


def _look(out: Output, playground: Playground, examples: bool, history: bool, clear: bool) -> None:
    if examples:
        source, texts = playground.examples()
        out.say(f"From the {source} rows:")
        for one in texts:
            out.say(f"  {' '.join(one.split())}")
        out.result({"source": source, "texts": texts})
    elif history:
        for asked in playground.history():
            out.say(f"{asked.at[:16]}  {' '.join(asked.text.split())[:100]}")
        out.result(playground.history())
    elif clear:
        out.say(f"Cleared {playground.clear_history()}. The votes stay. Undo it with --bring-back.")
    else:
        out.say(f"Brought back {playground.bring_back()}.")


def _settings(start: Settings, given: dict[str, object], new_seed: bool) -> Settings:
    import secrets

    from backend.playground.asked import HIGHEST_SEED

    drawn = {"seed": secrets.randbelow(HIGHEST_SEED)} if new_seed else {}
    return start.model_copy(update={**drawn, **{name: value for name, value in given.items() if value is not None}})


def _stream(out: Output, playground: Playground, text: str, settings: Settings, blind: bool) -> Asked:
    """Both answers, growing beside each other where there is a terminal to draw on."""
    from rich.console import Console
    from rich.live import Live

    live = not blind and out.json != "-" and sys.stdout.isatty()
    if not live:
        asked = playground.ask(text, settings, blind)
        for said in () if blind else asked.sides:
            out.say(f"{said.model} ({_times(said)})", style="bold")
            out.say(f"  {said.text}" + (f"\n  It broke off: {said.error}" if said.error else ""))
    else:
        with Live(console=Console(markup=False, highlight=False, emoji=False), auto_refresh=False) as screen:
            for asked in playground.stream(text, settings):
                screen.update(_beside(asked), refresh=True)
    if asked.in_turn and not blind:
        out.say("No server runs: one model here answered for both, one after the other, each timed alone.")
    return asked


def _beside(asked: Asked) -> Table:
    from rich.table import Table  # rich is slow to import
    from rich.text import Text

    from advisor.words import printable

    table = Table(box=None, expand=True)
    for said in asked.sides:
        table.add_column(f"{said.model} ({_times(said)})", ratio=1)
    table.add_row(*[Text(printable(f"{said.text} {said.error}".strip())) for said in asked.sides])
    return table


def _times(said: Said) -> str:
    count = "tokens not told" if said.tokens is None else f"{said.tokens} token{'' if said.tokens == 1 else 's'}"
    first = "" if said.first_s is None else f", first after {said.first_s:.2f} s"
    speed = "" if said.tokens_per_s is None else f", then {said.tokens_per_s:.1f} tokens/s"
    cut = {"length": ", cut at the longest answer", "stopped": ", stopped"}.get(said.end, "")
    return f"{count}{first}{speed}, {said.seconds:.2f} s in all{cut}"


def _vote(out: Output, playground: Playground, asked: Asked, by: str) -> None:
    left, right = asked.sides
    out.say(f"1: {left.text}\n\n2: {right.text}\n")  # no times: they would tell which is which
    key = ""
    while key not in CHOICES:
        key = typer.prompt("Which is better: [1], [2], [t]ie or [b]oth bad").strip().lower()[:1]
    playground.vote(asked.id, CHOICES[key], by)
    out.say(f"1 was {left.model}, 2 was {right.model}.")
