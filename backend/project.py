"""One project: a folder of records, and what is fresh, stale or missing among them."""

from __future__ import annotations

import fcntl
import hashlib
import json
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar, cast

from pydantic import ValidationError

from backend.domain import RECORDS
from backend.errors import InputError
from backend.journal import Journal
from backend.record import Record, canonical, now
from backend.store import inside, write_text
from rules.judge import all_rules

R = TypeVar("R", bound=Record)

MADE_FROM: dict[str, tuple[str, ...]] = {
    "goal": (),
    "dataset": (),
    "split": ("dataset",),
    "audit": ("dataset", "split", "goal.task,group_column,groups,favourable_answer"),
    "curve": ("split", "goal.task,metric"),
    "trials": ("split", "goal.task,metric,target"),
    "plan": ("goal", "split", "trials"),
    "reviewplan": ("dataset", "split"),
    "signoff": ("goal", "dataset", "split", "audit", "plan"),
    "run": ("split", "plan", "signoff"),
    "evaluation": ("split", "run"),
    "deployment": ("run",),
    "latency": ("deployment",),
    "report": (),
}
"""Which records each record is made from. `goal.task,metric` means: only these fields of the goal."""

KIND_OF: dict[type[Record], str] = {record: kind for kind, record in RECORDS.items()}


class Project:
    """Reads and writes the records of one project folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.id = folder.name
        try:
            about = json.loads((folder / "project.json").read_text(encoding="utf-8"))
            self.name: str = about["name"]
            self.policy: dict[str, dict[str, float]] = about.get("policy", {})
        except (OSError, ValueError, KeyError) as error:
            raise InputError(
                f"There is no Tunewise project named {folder.name!r}.",
                where=str(folder),
                do="List the projects with `tunewise status`, or make one with `tunewise new NAME`.",
            ) from error
        self.journal = Journal(folder / "journal.jsonl")
        self._seen: dict[str, tuple[tuple[int, int, int], Record, str]] = {}

    @property
    def home(self) -> Path:
        """The home it lies in."""
        return self.folder.parents[1]

    @classmethod
    def create(cls, home: Path, name: str) -> Project:
        """A new, empty project. The folder's name is ours; the person's name for it is free text."""
        if not name.strip() or len(name) > 200:
            raise InputError("A project needs a name of 1 to 200 characters.", where=repr(name[:50]))
        slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "project"
        folder = home / "projects" / slug
        while folder.exists():
            folder = home / "projects" / f"{slug}-{secrets.token_hex(2)}"
        write_text(folder / "project.json", json.dumps({"name": name.strip(), "created": now(), "policy": {}}))
        return cls(folder)

    @classmethod
    def open(cls, home: Path, name: str) -> Project:
        """By id, or by the name the person gave it."""
        root = home / "projects"
        folder = inside(root, name)
        if not (folder / "project.json").exists():
            for other in sorted(root.glob("*/project.json")):
                if json.loads(other.read_text(encoding="utf-8")).get("name") == name:
                    return cls(other.parent)
        return cls(folder)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold while reading records and saving one made from them: two processes then take turns."""
        with (self.folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def get(self, record: type[R]) -> R | None:
        """The current record of this type, fresh or stale; None when the step was never done."""
        path = self._path(KIND_OF[record])
        try:
            now = path.stat()
        except FileNotFoundError:
            return None
        # A record is replaced by a new file, never edited in place, so the same file is the same frozen record.
        version = (now.st_ino, now.st_mtime_ns, now.st_size)
        known = self._seen.get(path.name)
        if known is not None and known[0] == version:
            return cast(R, known[1])
        try:
            found = record.model_validate_json(path.read_bytes())
            self._seen[path.name] = (version, found, found.fingerprint())
            return found
        except ValidationError as error:
            raise InputError(
                "A file of the project cannot be read.",
                where=str(path),
                why=str(error).splitlines()[0],
                do=f"Restore it from {self.folder / 'history'} or do the step again.",
            ) from error

    def fresh(self, record: type[R]) -> R | None:
        """The record, or None when it is missing or something it was made from has changed."""
        return None if self.stale(KIND_OF[record]) else self.get(record)

    def need(self, record: type[R], do: str) -> R:
        """The fresh record; raises InputError saying what to `do` first."""
        found = self.fresh(record)
        if found is None:
            kind = KIND_OF[record]
            state = "out of date" if self._path(kind).exists() else "missing"
            raise InputError(f"The {kind} of this project is {state}.", where=self.name, do=do)
        return found

    def save(self, record: R) -> R:
        """Stamp with what it is made from, keep the one before in `history/`, and write."""
        kind = KIND_OF[type(record)]
        stamped = record.model_copy(update={"made_from": self._sources(kind)})
        path = self._path(kind)
        if path.exists():
            number = len(list((self.folder / "history").glob(f"{kind}-*.json")))
            write_text(self.folder / "history" / f"{kind}-{number:04d}.json", path.read_text(encoding="utf-8"))
        write_text(path, stamped.model_dump_json(indent=1))
        return stamped

    def stale(self, kind: str) -> tuple[str, ...]:
        """The names of the records this one was made from that have changed, vanished or are stale themselves."""
        record = self.get(RECORDS[kind])
        if record is None:
            return (kind,)
        changed = []
        for source in MADE_FROM[kind]:
            name = source.partition(".")[0]
            if record.made_from.get(source) != self.fingerprint(source) or (name != kind and self.stale(name)):
                changed.append(name)
        return tuple(changed)

    def fingerprint(self, source: str) -> str:
        """SHA-256 of a record's content, or of some of its fields as in `goal.task,metric`; empty when missing."""
        kind, _, fields = source.partition(".")
        record = self.get(RECORDS[kind])
        if record is None:
            return ""
        if not fields:
            return self._seen[self._path(kind).name][2]
        some = record.model_dump(mode="json", include=set(fields.split(",")))
        return hashlib.sha256(canonical(some).encode()).hexdigest()

    def history(self, record: type[R]) -> list[R]:
        """Earlier versions of a record, oldest first."""
        kind = KIND_OF[record]
        paths = sorted((self.folder / "history").glob(f"{kind}-*.json"))
        return [record.model_validate_json(path.read_bytes()) for path in paths]

    def set_policy(self, rule: str, threshold: str, value: float) -> None:
        """Change a threshold of a rule for this project; the report lists every change.

        Raises InputError for a rule or a threshold that does not exist.
        """
        known = {known.id: tuple(known.thresholds) for known in all_rules()}
        if threshold not in known.get(rule, ()):
            raise InputError(
                f"The rule {rule!r} has no threshold named {threshold!r}.",
                do=f"It has: {', '.join(known[rule]) or 'none'}." if rule in known else "See `tunewise rules`.",
            )
        self.policy.setdefault(rule, {})[threshold] = value
        about = json.loads((self.folder / "project.json").read_text(encoding="utf-8"))
        write_text(self.folder / "project.json", json.dumps({**about, "policy": self.policy}))

    def _sources(self, kind: str) -> dict[str, str]:
        return {source: self.fingerprint(source) for source in MADE_FROM[kind]}

    def _path(self, kind: str) -> Path:
        return self.folder / f"{kind}.json"

