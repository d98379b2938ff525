"""Talk about the project: `chat` asks the advisor."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from advisor.commands.options import Home, Json, ProjectName
from advisor.terminal import Output


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
