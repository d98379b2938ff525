"""What a run may take: the GPUs of this machine as nvidia-smi sees them, else the computer as one; and who is there.

A GPU counts as taken when programs that Tunewise did not start for a run hold a quarter of its memory (our choice: a
desktop holds less, another training more).
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

from backend.errors import InputError
from backend.training.config import Knobs
from backend.training.going import boot_id

TAKEN_SHARE = 0.25
COMPUTER = "computer"


@dataclass(frozen=True)
class Device:
    """`name` is what CUDA and the line call it; `words` what a person does."""

    name: str
    words: str
    gib: float = 0.0


@dataclass(frozen=True)
class User:
    """A process that has memory of a GPU."""

    pid: int
    program: str
    gib: float

    def __str__(self) -> str:
        return f"{self.program} (process {self.pid}, {self.gib:.1f} GiB)"


def machine() -> tuple[Device, ...]:
    """The GPUs this process may use; where there is none, the computer, the same for all who share its kernel."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    found = []
    for index, uuid, name, mib in _ask("--query-gpu=index,uuid,name,memory.total", 4):
        wished = None if visible is None else [one.strip() for one in visible.split(",") if one.strip()]
        if wished is None or any(one == index or uuid.startswith(one) for one in wished):
            found.append(Device(uuid, f"GPU {index} ({name})", _gib(mib)))
    return tuple(found) or (Device(f"{COMPUTER} {boot_id()}", "This computer"),)


def taken(machine: Sequence[Device], starter: int) -> dict[str, tuple[User, ...]]:
    """GPUs that are taken, by whom. The process that started this run waits for it, so it does not count."""
    users: dict[str, list[User]] = {}
    for uuid, pid, program, mib in _ask("--query-compute-apps=gpu_uuid,pid,process_name,used_memory", 4):
        if pid.isdigit() and int(pid) != starter:
            users.setdefault(uuid, []).append(User(int(pid), os.path.basename(program), _gib(mib)))
    found = {device.name: tuple(users.get(device.name, ())) for device in machine}
    full = {device.name: TAKEN_SHARE * device.gib for device in machine}
    return {name: there for name, there in found.items() if there and sum(user.gib for user in there) >= full[name]}


def needed(machine: Sequence[Device], knobs: Knobs) -> int:
    """GPUs for a run: one for each process, and those that are there for its search. Without GPUs the computer is one.

    Raises InputError when there are too few.
    """
    if not machine[0].gib:
        return 1
    if knobs.processes > len(machine):
        raise InputError(
            f"The plan wants {knobs.processes} GPUs, and there are {len(machine)}.",
            do=f"Plan again with processes={len(machine)} (step 4).",
        )
    return max(knobs.processes, min(_searched_on(knobs), len(machine)))


def environment(got: Sequence[str], knobs: Knobs) -> dict[str, str]:
    """What tells a worker the devices it may see, and those for its search."""
    most = max(knobs.processes, _searched_on(knobs))
    if got[0].startswith(COMPUTER):  # nothing to choose from, or cards that nvidia-smi does not know
        got = os.environ.get("CUDA_VISIBLE_DEVICES", ",".join(map(str, range(most)))).split(",")
    # One more than there are processes would make the trainer split batches among threads.
    told = {"CUDA_VISIBLE_DEVICES": ",".join(got[: knobs.processes])}
    return told | ({"SEARCH_DEVICES": ",".join(got)} if _searched_on(knobs) > 1 else {})


def _searched_on(knobs: Knobs) -> int:
    return knobs.search_at_once if knobs.search_trials else 1


def _ask(query: str, cells: int) -> list[list[str]]:
    try:
        command = ("nvidia-smi", query, "--format=csv,noheader,nounits")
        seen = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return []  # no NVIDIA GPU, or a driver that does not answer
    rows = [[cell.strip() for cell in line.split(",")] for line in seen.stdout.splitlines()]
    return [row for row in rows if len(row) == cells]


def _gib(mib: str) -> float:
    return float(mib) / 1024 if mib.replace(".", "").isdigit() else 0.0  # "[N/A]": it keeps that to itself
