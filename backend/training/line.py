"""The line of runs for the devices of this machine: `queue.db` in the home, a row for each run that waits or trains.

A row with devices is a lease. Its token grows with every start, and whoever holds an older one may write nothing any
more (`lease`). A lease ends when its holder's death is proven (`going`), or when somebody waiting takes it away.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection

from backend.database import transaction
from backend.errors import InputError
from backend.store import disk_errors
from backend.training.going import boot_id, hold, is_going

SCHEMA = """
create table if not exists line (
    token integer primary key autoincrement,
    place integer,                     -- order in the line: the token of the run's first start
    folder text not null unique,
    wants integer not null,            -- how many devices
    devices text not null default '',  -- the names of those it has, one a line; empty while it waits
    boot text not null                 -- the start of the machine that it was started under
)
"""


@dataclass(frozen=True)
class Entry:
    """A run in the line. `devices` are those it has: none while it waits."""

    token: int
    place: int
    folder: Path
    wants: int
    devices: tuple[str, ...]
    boot: str

    @property
    def interrupted(self) -> bool:
        """Whether somebody must start it again to keep what was promised, given that none of its processes is left.

        It waited, or the machine went down under it. One that died alone may do so again: that is for a person.
        """
        return not self.devices or self.boot != boot_id()


class TakenOut(Exception):
    """The run is not in the line any more."""


class Line:
    """The line of one home."""

    def __init__(self, home: Path) -> None:
        self.path = home.resolve() / "queue.db"
        with disk_errors(home):
            home.mkdir(parents=True, exist_ok=True)
        with transaction(self.path) as db:
            db.execute(SCHEMA)

    def entries(self) -> list[Entry]:
        """All of them, in their order."""
        with transaction(self.path, writes=False) as db:
            return _entries(db)

    def enter(self, folder: Path, wants: int) -> tuple[int, int]:
        """Put a run into the line, at its old place if it was interrupted there: its token, and a hold on the run.

        Raises InputError when the run is going.
        """
        with transaction(self.path) as db:
            held = hold(folder)
            if held is None:
                raise InputError("This run is already going.", where=folder.name)
            before = next((entry for entry in _entries(db) if entry.folder == folder), None)
            db.execute("delete from line where folder = ?", (str(folder),))
            token = db.execute(
                "insert into line (folder, wants, boot) values (?, ?, ?)", (str(folder), wants, boot_id())
            ).lastrowid
            assert token is not None
            place = before.place if before and before.interrupted else token
            db.execute("update line set place = ? where token = ?", (place, token))
        return token, held

    def before(self, token: int, passed_over: Collection[int] = ()) -> list[Entry]:
        """Who stands between a waiting run and the devices: those that have some, and those waiting at earlier places.

        Not those whose processes have all ended, nor waiting ones that are passed over. Raises TakenOut.
        """
        return _before(self.entries(), token, passed_over)

    def claim(self, token: int, usable: Sequence[str], passed_over: Collection[int] = ()) -> tuple[str, ...]:
        """The devices a run gets, of those that are usable: as many as it wants when it is its turn, else none.

        Raises TakenOut.
        """
        with transaction(self.path) as db:
            before = _before(_entries(db), token, passed_over)
            taken = {device for entry in before for device in entry.devices}
            free = [device for device in usable if device not in taken]
            (wants,) = db.execute("select wants from line where token = ?", (token,)).fetchone()
            if len(free) < wants or any(not entry.devices for entry in before):
                return ()
            db.execute("update line set devices = ? where token = ?", ("\n".join(free[:wants]), token))
            return tuple(free[:wants])

    def leave(self, folder: Path, first: Callable[[], None]) -> bool:
        """Take a waiting run out of the line, doing something first; whether it was one."""
        with transaction(self.path) as db:
            waits = db.execute("delete from line where folder = ? and devices = ''", (str(folder),)).rowcount == 1
            if waits:
                first()
            return waits

    def take_away(self, token: int, first: Callable[[], None] | None = None) -> None:
        """End a lease, if it is still that one: what is left of its holder can write nothing any more."""
        with transaction(self.path) as db:
            if db.execute("delete from line where token = ?", (token,)).rowcount == 1 and first:
                first()


def _entries(db: Connection) -> list[Entry]:
    rows = db.execute("select token, place, folder, wants, devices, boot from line order by place")
    return [
        Entry(token, place, Path(folder), wants, tuple(devices.split("\n")) if devices else (), boot)
        for token, place, folder, wants, devices, boot in rows
    ]


def _before(entries: Sequence[Entry], token: int, passed_over: Collection[int]) -> list[Entry]:
    mine = next((entry for entry in entries if entry.token == token), None)
    if mine is None:
        raise TakenOut
    return [
        entry
        for entry in entries
        if (entry.devices and entry.token != token) or (entry.place < mine.place and entry.token not in passed_over)
        if is_going(entry.folder)
    ]
