"""Whole checkpoints: a manifest with the hash of every file, written last; what does not match it is set aside."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from backend.store import disk_errors, write_text
from backend.training.lease import held

MANIFEST = "MANIFEST.json"
NAME = re.compile(r"checkpoint-(\d+)")


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint whose files are all there and unchanged."""

    path: Path
    step: int


def seal(folder: Path) -> None:
    """Write the manifest of a finished checkpoint: from now on it counts. Every file is on the disk before it."""
    files = {}
    with disk_errors(folder):
        for path in sorted(file for file in folder.rglob("*") if file.is_file() and file.name != MANIFEST):
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            files[path.relative_to(folder).as_posix()] = {"size": path.stat().st_size, "sha256": _sha256(path)}
    with held():
        write_text(folder / MANIFEST, json.dumps(files, indent=1))


def flaw(folder: Path) -> str:
    """What is wrong with a checkpoint, in words; empty when it is whole."""
    try:
        files = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return "it was never finished"
    except ValueError:
        return "its manifest cannot be read"
    if not isinstance(files, dict) or not files:
        return "its manifest is empty"
    found = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file() and p.name != MANIFEST}
    names = sorted(set(files) | found)
    differ = [name for name in names if name not in files or not _as_listed(folder / name, files[name])]
    return f"not as they were saved: {', '.join(differ)}" if differ else ""


def newest_whole(folder: Path) -> tuple[Checkpoint | None, tuple[str, ...]]:
    """The newest whole checkpoint, and what was set aside (renamed to `step-N.torn`) and why.

    The new name keeps the trainer, which counts `checkpoint-*` folders, from taking it for one.
    """
    whole: list[Checkpoint] = []
    aside = []
    for path in sorted(folder.glob("checkpoint-*")):
        match = NAME.fullmatch(path.name)
        if not match or not path.is_dir():
            continue
        why = flaw(path)
        if why:
            target = folder / f"step-{match[1]}.torn"
            number = 1
            while target.exists():
                target = folder / f"step-{match[1]}-{(number := number + 1)}.torn"
            path.rename(target)
            aside.append(f"{path.name} was set aside: {why}")
        else:
            whole.append(Checkpoint(path, int(match[1])))
    return max(whole, key=lambda checkpoint: checkpoint.step, default=None), tuple(aside)


def steps_kept(folder: Path) -> int:
    """The steps of the newest whole checkpoint; 0 when there is none."""
    found, _ = newest_whole(folder)
    return found.step if found else 0


def drop_unfinished(folder: Path) -> None:
    """Delete checkpoints whose manifest was never written: they are worth nothing, and a full disk needs the room."""
    for path in folder.glob("checkpoint-*"):
        if path.is_dir() and not (path / MANIFEST).exists():
            shutil.rmtree(path)


def _as_listed(path: Path, about: dict[str, object]) -> bool:
    return path.is_file() and path.stat().st_size == about.get("size") and _sha256(path) == about.get("sha256")


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
