"""Talk to the models and about the project: `play` asks base and tuned, `chat` asks the advisor."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.commands.options import Home, Json, ProjectName
from advisor.terminal import Output

if TYPE_CHECKING:
    from backend.steps.play import Answer
    from backend.workbench import Workbench

WINNERS = {"1": "left", "2": "right", "t": "tie", "b": "both bad"}


def play(
    project: ProjectName,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What both models should answer.")],
    max_tokens: Annotated[int, typer.Option(min=1, help="The longest answer.")] = 128,
    system: Annotated[str | None, typer.Option(help="Another system prompt than the trained one.")] = None,
    blind: Annotated[bool, typer.Option("--blind", help="Hide which is which and vote; needs --by.")] = False,
    by: Annotated[str, typer.Option(help="Who votes.")] = "",
    json: Json = None,
    home: Home = None,
) -> None:
    """Let the base and the tuned model answer the same text with the same settings."""
    from backend import InputError, Workbench

    if blind and (not by.strip() or not sys.stdin.isatty()):
        raise InputError("A blind vote needs a person at a terminal.", where="--blind", do="Say who, with --by NAME.")
    wb = Workbench.open(project, home)
    out = Output(json)
    answers = wb.ask_both(text, max_tokens, system)
    if blind:
        _vote(out, wb, text, answers, by)
    else:
        for answer in answers:
            _show(out, answer.model, answer)
    wins, decided, share, low, high = wb.win_rate()
    if decided:
        out.say(f"Votes so far: tuned won {wins} of {decided} ({share:.1%}, 95 % interval {low:.1%} to {high:.1%}).")
    out.result({"answers": answers, "votes": {"tuned_won": wins, "decided": decided, "low": low, "high": high}})


def _show(out: Output, name: str, answer: Answer) -> None:
    first = "" if answer.first_s is None else f", first word after {answer.first_s:.2f} s"
    out.say(f"{name} ({answer.seconds:.2f} s{first})", style="bold")
    out.say(f"  {answer.text}")


def _vote(out: Output, wb: Workbench, text: str, answers: tuple[Answer, Answer], by: str) -> None:
    import secrets

    from backend import Vote

    left, right = answers if secrets.randbelow(2) else answers[::-1]
    out.say(f"1: {left.text}\n\n2: {right.text}\n")  # no times: they would tell which is which
    key = ""
    while key not in WINNERS:
        key = typer.prompt("Which is better: [1], [2], [t]ie or [b]oth bad").strip().lower()[:1]
    won = {"left": left.model, "right": right.model}.get(WINNERS[key], WINNERS[key])
    wb.vote(Vote.model_validate({
        "prompt": text, "left": left.text, "right": right.text, "winner": won, "voter": by,
    }))
    out.say(f"1 was {left.model}, 2 was {right.model}.")


def chat(
    project: ProjectName,
    question: Annotated[str | None, typer.Argument(metavar="[QUESTION]", help="Leave out to talk.")] = None,
    json: Json = None,
    home: Home = None,
) -> None:
    """Ask about findings, words, scores and next steps. It looks and explains; it can't change anything."""
    from advisor.chat.advisor import Advisor
    from advisor.chat.model import model_from_env, where_it_goes
    from backend import InputError, Workbench

    wb = Workbench.open(project, home)
    advisor = Advisor(wb, model_from_env())
    out = Output(json)
    if told := where_it_goes():
        print(told, file=sys.stderr)
    if question is not None:
        answer = advisor.ask(question)
        out.say(answer)
        out.result({"question": question, "answer": answer})
        return
    if not sys.stdin.isatty():
        raise InputError("There is no question.", do='Ask: tunewise chat PROJECT "What do I do next?"')
    out.say("Ask about this project, or a word. An empty line ends.")
    while True:
        asked = typer.prompt("You", default="", show_default=False)
        if not asked.strip():
            return
        out.say(advisor.ask(asked))
