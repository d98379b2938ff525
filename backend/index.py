"""The SQLite index of a Tunewise home: projects, runs and chat. The project folders stay the truth."""

from __future__ import annotations

import os
from pathlib import Path

from backend.database import transaction
from backend.record import now
from backend.store import disk_errors

SCHEMA = (
    "create table if not exists projects (id text primary key, name text not null, created text not null)",
    "create table if not exists runs (run_id text primary key, project text not null, created text not null)",
    """create table if not exists chat (number integer primary key, project text not null, at text not null,
                                        role text not null, content text not null)""",
)


def default_home() -> Path:
    """`TUNEWISE_HOME`, or `.tunewise` in the person's home folder."""
    return Path(os.environ.get("TUNEWISE_HOME") or Path.home() / ".tunewise")


class Index:
    """Short transactions on `home/index.db`; safe to open from several processes."""

    def __init__(self, home: Path) -> None:
        self.path = home / "index.db"
        with disk_errors(home):
            home.mkdir(parents=True, exist_ok=True)
        with transaction(self.path) as db:
            for statement in SCHEMA:
                db.execute(statement)

    def add_project(self, project: str, name: str) -> None:
        """Remember a project; the second time is no change."""
        with transaction(self.path) as db:
            db.execute("insert or ignore into projects values (?, ?, ?)", (project, name, now()))

    def projects(self) -> list[tuple[str, str, str]]:
        """(id, name, created), newest first."""
        with transaction(self.path, writes=False) as db:
            return list(db.execute("select id, name, created from projects order by created desc, rowid desc"))

    def add_run(self, run_id: str, project: str) -> None:
        """Remember a run of a project."""
        with transaction(self.path) as db:
            db.execute("insert or ignore into runs values (?, ?, ?)", (run_id, project, now()))

    def runs(self, project: str) -> list[str]:
        """The run ids of a project, oldest first."""
        with transaction(self.path, writes=False) as db:
            rows = db.execute("select run_id from runs where project = ? order by rowid", (project,))
            return [run_id for (run_id,) in rows]

    def add_chat(self, project: str, role: str, content: str) -> None:
        """Keep one chat message."""
        with transaction(self.path) as db:
            db.execute(
                "insert into chat (project, at, role, content) values (?, ?, ?, ?)", (project, now(), role, content)
            )

    def chat(self, project: str) -> list[tuple[str, str]]:
        """(role, content) of a project's chat, oldest first."""
        with transaction(self.path, writes=False) as db:
            return list(db.execute("select role, content from chat where project = ? order by number", (project,)))
