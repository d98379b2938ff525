"""How far a starting server is: read from its log, timed, and set beside how long its last start took."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from backend.serving.vllm import Launch
from backend.store import write_text

STARTING, LOADING, COMPILING = "starting", "loading the model", "compiling"
PREPARING, WARMING, READY, ENDED = "preparing memory", "warming up", "ready", "ended"

_SIGNS = (  # in the words of vLLM 0.32's own source; on a GPU it compiles before and after it prepares memory
    (re.compile(r"Application startup complete|Starting vLLM server"), WARMING),
    (re.compile(r"KV cache size|init engine"), PREPARING),
    (re.compile(r"torch\.compile|Compiling a graph|Dynamo bytecode|Capturing"), COMPILING),
    (re.compile(r"Starting to load model|Loading safetensors"), LOADING),
)
_DISABLED = re.compile(r".*(?:Enforce eager set|Inductor compilation was disabled).*")


@dataclass(frozen=True)
class Phase:
    """`elapsed_s` since the start; `left_s` from the last start of the same model here, None when there was none."""

    name: str
    elapsed_s: float
    left_s: float | None = None

    @property
    def done(self) -> float:
        """The fraction of the start that is over, 0–1; 0 while it cannot be told."""
        if self.name == READY:
            return 1.0
        return 0.0 if self.left_s is None else min(0.95, self.elapsed_s / max(self.elapsed_s + self.left_s, 1e-9))

    @property
    def words(self) -> str:
        if self.name in (READY, ENDED):
            return f"{self.name} after {_time(self.elapsed_s)}"
        if self.left_s is None:
            return f"{self.name}, {_time(self.elapsed_s)} so far"
        if self.left_s <= 0:
            return f"{self.name}, {_time(self.elapsed_s)} so far, longer than the last time"
        return f"{self.name}, {_time(self.elapsed_s)} so far, about {_time(self.left_s)} left (as the last time)"


class LastStart(BaseModel):
    """start.json: how long a server of this description took until it was ready, in seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    alike: tuple[str, str, str, str]
    seconds: float


def phase_in(log: str) -> str:
    """The phase the words of a log show: the one whose sign came last."""
    text = _DISABLED.sub("", log)
    came = [(match.start(), name) for sign, name in _SIGNS for match in sign.finditer(text)]
    return max(came)[1] if came else STARTING


def remember(folder: Path, launch: Launch, seconds: float) -> None:
    write_text(_file(folder), LastStart(alike=_alike(launch), seconds=seconds).model_dump_json() + "\n")


def last_start_s(folder: Path, launch: Launch) -> float | None:
    """Seconds the last start of such a server took in this folder; None when there was none."""
    try:
        last = LastStart.model_validate_json(_file(folder).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValidationError):
        return None
    return last.seconds if last.alike == _alike(launch) else None


def _alike(launch: Launch) -> tuple[str, str, str, str]:
    return (launch.build, str(launch.model), launch.dtype, "adapter" if launch.adapter else "alone")


def _file(folder: Path) -> Path:
    return folder / "start.json"


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
