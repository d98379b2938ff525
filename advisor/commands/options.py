"""Options and arguments that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ProjectName = Annotated[str, typer.Argument(metavar="PROJECT", help="The project's name or id.", show_default=False)]
Home = Annotated[
    Path | None,
    typer.Option(
        "--home", metavar="DIR", envvar="TUNEWISE_HOME", help="Where projects are kept (else ~/.tunewise).",
        show_default=False,
    ),
]
Json = Annotated[
    str | None,
    typer.Option("--json", metavar="PATH|-", help="Write the result as JSON to a file, or with - to standard output."),
]
Task = Annotated[
    str | None,
    typer.Option("--task", help="One of: classify, extract, summarise, translate, answer, structured."),
]
InputColumn = Annotated[str, typer.Option("--input", metavar="COL", help="The column that holds the inputs.")]
AnswerColumn = Annotated[str, typer.Option("--answer", metavar="COL", help="The column with the right answers.")]
SystemColumn = Annotated[str, typer.Option("--system", metavar="COL", help="The column with system prompts.")]
InstructionColumn = Annotated[str, typer.Option("--instruction", metavar="COL", help="The column with instructions.")]
MessagesColumn = Annotated[
    str, typer.Option("--messages", metavar="COL", help="The column with whole chats; stands alone.")
]
GroupColumn = Annotated[
    str, typer.Option("--group", metavar="COL", help="The column naming the group of people a row is about.")
]
