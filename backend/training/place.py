"""Where a run stands in the line, and why it waits, in words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from backend.events import Waiting
from backend.training.devices import Device, User
from backend.training.line import Entry, Line


def place(
    line: Line, token: int, machine: Sequence[Device], taken: Mapping[str, tuple[User, ...]] | None = None,
    passed_over: Collection[int] = (),
) -> Waiting | None:  # fmt: skip
    """None when its turn has come, as far as is known: `taken` are devices that programs of others are using."""
    before = line.before(token, passed_over)
    wants = next(entry.wants for entry in line.entries() if entry.token == token)
    waiting = [entry for entry in before if not entry.devices]
    leased = {device: entry for entry in before for device in entry.devices}
    free = [device for device in machine if device.name not in leased and device.name not in (taken or {})]
    if not waiting and len(free) >= wants:
        return None
    why = [f"It needs {wants} devices at once."] if wants > 1 else []
    for device in machine:
        if device.name in leased:
            why.append(f"{device.words} is taken by {called(leased[device.name])}.")
        elif taken and device.name in taken:
            users = " and ".join(map(str, taken[device.name]))
            why.append(f"{device.words} is taken by {users}, which is no run of this home: end it, or wait for it.")
    if not leased and waiting:
        why.append(f"It is the turn of {called(waiting[0])}.")
    return Waiting(place=len(waiting) + 1, why=" ".join(why))


def called(entry: Entry) -> str:
    """A run as people know it."""
    folder = entry.folder
    if folder.parent.name == "runs":
        return f"the run {folder.name} of the project {folder.parents[1].name}"
    return f"the {folder.name} of the project {folder.parent.name}"
