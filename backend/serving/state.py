"""What a server leaves on disk beside its log, so that anyone may find it again, and clean up after it."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from backend.deployed import Setting
from backend.errors import InputError
from backend.serving.processes import Process
from backend.serving.vllm import Launch
from backend.store import write_text


class State(BaseModel):
    """server.json: the guard, the supervisor and vLLM itself (None until they are started), and all below them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    guard: Process
    supervisor: Process | None
    server: Process | None
    descendants: tuple[Process, ...]
    port: int
    models: tuple[str, ...]

    @property
    def processes(self) -> tuple[Process, ...]:
        """All that were recorded, from the top down."""
        upper = (self.guard, self.supervisor, self.server)
        return (*(process for process in upper if process is not None), *self.descendants)


def log_path(folder: Path) -> Path:
    return folder / "server.log"


class Started(BaseModel):
    """launch.json: what was started, and every derived setting with its reason."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    launch: Launch
    settings: tuple[Setting, ...] = ()


def write_launch(folder: Path, launch: Launch, settings: tuple[Setting, ...]) -> None:
    started = Started(launch=launch, settings=settings)
    write_text(folder / "launch.json", started.model_dump_json(indent=1) + "\n")


def read_launch(folder: Path) -> Launch:
    return _started(folder).launch


def read_settings(folder: Path) -> tuple[Setting, ...]:
    return _started(folder).settings


def _started(folder: Path) -> Started:
    return Started.model_validate_json((folder / "launch.json").read_text(encoding="utf-8"))


def _state_path(folder: Path) -> Path:
    return folder / "server.json"


def key_path(folder: Path) -> Path:
    """The file with the key, which only its owner may read; it is there while a server is."""
    return folder / "server.key"


def read_state(folder: Path) -> State | None:
    """None when nothing was started here; a file that cannot be read counts as nothing, for it names no process."""
    try:
        return State.model_validate_json(_state_path(folder).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValidationError):
        return None


def write_state(folder: Path, state: State) -> None:
    write_text(_state_path(folder), state.model_dump_json(indent=1) + "\n")


def remove_state(folder: Path) -> None:
    _state_path(folder).unlink(missing_ok=True)
    key_path(folder).unlink(missing_ok=True)


def new_key(folder: Path, key: str | None = None) -> str:
    """A fresh random key, or this one, in a file which only the owner may read."""
    key_path(folder).unlink(missing_ok=True)
    key = key or secrets.token_urlsafe(32)
    descriptor = os.open(key_path(folder), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key)
    return key


def read_key(folder: Path) -> str:
    """Raises InputError when the server was stopped meanwhile."""
    try:
        return key_path(folder).read_text(encoding="ascii")
    except FileNotFoundError as error:
        raise InputError("The server was stopped.", where=str(folder), do="Start it again.") from error
