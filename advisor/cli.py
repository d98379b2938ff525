"""The command line `tunewise`: which commands there are, and the one place where errors become exit codes.

0 done (also with warnings), 1 our fault, 2 the person can mend it, 3 blocked or a target missed,
4 can't tell, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
import traceback
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from advisor.commands import (
    audit,
    chat,
    curve,
    data,
    evaluate,
    latency,
    machine,
    merge,
    play,
    project,
    prompt,
    rules,
    run,
    runs,
    serve,
    signoff,
    train,
)

if TYPE_CHECKING:
    from backend.errors import TunewiseError

COMMANDS: tuple[tuple[Callable[..., None], str], ...] = (
    (run.app, "tunewise app"),
    (run.demo, "tunewise demo --home /tmp/tunewise"),
    (audit.audit, "tunewise audit reviews.csv --task classify --test held-out.csv --json findings.json"),
    (project.new, 'tunewise new reviews --task classify --goal "Tell praise from complaint" --metric accuracy'),
    (project.goal, "tunewise goal reviews --set target=0.8 --set smallest_gain=0.05"),
    (data.data, "tunewise data reviews reviews.csv --input text --answer label"),
    (curve.curve, "tunewise curve reviews --model smollm2-135m --minutes 60"),
    (prompt.prompt, "tunewise prompt reviews --model smollm2-135m --rows 100"),
    (prompt.plan, "tunewise plan reviews --set epochs=2 --rival qwen2.5-0.5b"),
    (signoff.review, "tunewise review reviews --out sample.csv   # fill it in, then --from sample.csv"),
    (signoff.sign, 'tunewise sign reviews --by "Dr Ada" --statement "I read the sample." --acknowledge all'),
    (train.train, "tunewise train reviews --wait"),
    (train.follow, "tunewise follow reviews"),
    (train.stop, "tunewise stop reviews"),
    (train.resume, "tunewise resume reviews --wait"),
    (runs.runs, "tunewise runs reviews 1 2"),
    (evaluate.evaluate, "tunewise evaluate reviews --json evaluation.json"),
    (evaluate.read, "tunewise read reviews --out outputs.csv   # fill it in, then --from outputs.csv"),
    (play.play, 'tunewise play reviews "A dull film with one good song."'),
    (play.votes, "tunewise votes reviews --export preferences.jsonl"),
    (serve.serve, "tunewise serve reviews"),
    (merge.merge, "tunewise merge reviews --out merged"),
    (
        latency.latency,
        "tunewise latency http://127.0.0.1:8000 --model tuned --users 1,4,8 --target ttft=300ms --target tpot=50ms",
    ),
    (run.report, "tunewise report reviews"),
    (project.status, "tunewise status reviews"),
    (project.check, "tunewise check reviews --json findings.json"),
    (project.waive, 'tunewise waive reviews personal-data --by "Dr Ada" --why "All names are invented."'),
    (chat.chat, 'tunewise chat reviews "What does macro-F1 mean?"'),
    (machine.estimate, "tunewise estimate qwen2.5-7b --gpu L4 --method qlora --users 4 --json -"),
    (machine.doctor, "tunewise doctor"),
    (rules.rules, "tunewise rules leaked-rows"),
)
"""Every command, in the order of `--help`: its function, whose name is the command's, and an example."""

app = typer.Typer(
    help="From the hunch that you should fine-tune to a served, measured model, or to the better answer.",
    epilog='Not sure? Try `tunewise demo`, or ask: `tunewise chat`. Every command has --help with an example.',
    add_completion=False,
    rich_markup_mode=None,  # rich would take `--help` from 0.3 to 0.7 s
)
for function, example in COMMANDS:
    app.command(epilog=f"Example: {example}")(function)


def main() -> None:
    """The console script."""
    # What libraries say while they load means nothing to the person and would break into the progress line.
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    warnings.simplefilter("ignore", FutureWarning)
    sys.exit(execute(sys.argv[1:]))


def execute(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; nothing escapes, no traceback reaches the screen."""
    try:
        given = list(arguments) or ["--help"]
        code = typer.main.get_command(app).main(given, prog_name="tunewise", standalone_mode=False)
        return int(code or 0)
    except typer.TyperException as error:  # the command line itself is wrong
        known = {function.__name__ for function, _ in COMMANDS}
        command = f" {arguments[0]}" if arguments and arguments[0] in known else ""
        print(f"{error.format_message()}\nWhat to do: see `tunewise{command} --help`.", file=sys.stderr)
        return 2
    except (typer.Abort, KeyboardInterrupt):
        print("Interrupted.", file=sys.stderr)
        return 130
    except Exception as error:  # the one place where errors become exit codes
        return _explain(error, arguments)


def _explain(error: Exception, arguments: Sequence[str]) -> int:
    from backend.errors import TunewiseError

    if isinstance(error, TunewiseError):
        _say(error)
        return error.exit_code
    log = _write_log(error, arguments)
    print(f"Something went wrong that is our fault: {type(error).__name__}.", file=sys.stderr)
    print(f"What was saved before is unchanged. The details are in {log}", file=sys.stderr)
    return 1


def _say(error: TunewiseError) -> None:
    from rich.console import Console

    from advisor.words import error_words

    words = error_words(error)
    console = Console(stderr=True, markup=False, highlight=False, emoji=False, soft_wrap=True)
    console.print(words.what, style="bold red")
    for line in words.details:
        console.print(line)


def _write_log(error: Exception, arguments: Sequence[str]) -> Path:
    """The traceback in a file under the home (else the temporary folder), without any secret or personal data."""
    import tempfile
    import time

    from backend.audit.hide import hide, hide_keys
    from backend.index import default_home

    text = hide(hide_keys("".join(traceback.format_exception(error))))  # an error may quote the data
    name = f"error-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log"
    for folder in (_home(arguments) or default_home(), Path(tempfile.gettempdir())):
        try:
            (folder / "logs").mkdir(parents=True, exist_ok=True)
            path = folder / "logs" / name
            path.write_text(text, encoding="utf-8", errors="backslashreplace")
        except OSError:
            continue  # a full or read-only home: the temporary folder is next
        return path
    print(text, file=sys.stderr)  # nowhere to write: better shown than lost
    return Path(os.devnull)


def _home(arguments: Sequence[str]) -> Path | None:
    for place, argument in enumerate(arguments):
        if argument.startswith("--home="):
            return Path(argument.removeprefix("--home="))
        if argument == "--home" and place + 1 < len(arguments):
            return Path(arguments[place + 1])
    return None
