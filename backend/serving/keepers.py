"""Who keeps a server alive: as long as one keeper lives (and its grace after it), the server does.

A keeper is a process that wrote its pid and start time into a file of its own, so that nobody needs a lock and a
kill -9 needs no farewell. `tunewise serve` keeps its server while it runs, the app a minute longer, so that the
app may be started again; with `stay=None` the server stays until it is stopped, which somebody asked for.
"""

from __future__ import annotations

import json
import math
import os
from pathlib import Path

import psutil
from pydantic import BaseModel, ConfigDict, ValidationError

from backend.serving.processes import Process
from backend.store import write_text

UNTIL_STOPPED = "until-stopped.json"


class Keeper(BaseModel):
    """One process, and the seconds (`stay`) the server may outlive it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    process: Process
    stay: float = 0.0


def keep(folder: Path, stay: float | None = 0.0) -> None:
    """This process keeps the server of `folder`, and `stay` seconds longer; None: it stays until it is stopped."""
    if stay is None:
        write_text(_keepers(folder) / UNTIL_STOPPED, json.dumps({}) + "\n")
        return
    me = Keeper(process=Process.of(psutil.Process()), stay=stay)
    write_text(_keepers(folder) / f"{os.getpid()}.json", me.model_dump_json() + "\n")


def let_go(folder: Path) -> None:
    """This process keeps the server no longer."""
    (_keepers(folder) / f"{os.getpid()}.json").unlink(missing_ok=True)


def remaining_stay(folder: Path) -> float | None:
    """The seconds the server may go on without a sign of its keepers: the longest grace of those alive.

    Infinite when it stays until stopped, None when nobody alive keeps it. Files of the dead are left to `forget`.
    """
    graces = [keeper.stay for keeper in _read(folder) if keeper.process.find() is not None]
    if (_keepers(folder) / UNTIL_STOPPED).exists():
        graces.append(math.inf)
    return max(graces, default=None)


def forget(folder: Path) -> None:
    """Nobody keeps the server of this folder any longer: it was stopped."""
    for file in _keepers(folder).glob("*.json"):
        file.unlink(missing_ok=True)


def _read(folder: Path) -> list[Keeper]:
    found = []
    for file in _keepers(folder).glob("[0-9]*.json"):
        try:
            found.append(Keeper.model_validate_json(file.read_text(encoding="utf-8")))
        except (FileNotFoundError, ValidationError):
            continue  # it let go this instant, or was written by another version: it keeps nothing
    return found


def _keepers(folder: Path) -> Path:
    return folder / "keepers"
