"""`tunewise audit --fix`: a clean copy beside the file, a log of every change, and the audit of the copy."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from backend.audit.leakage import leaking_rows
from backend.audit.measure import Progress
from backend.audit.report import AuditReport
from backend.audit.run import Audited, audit_file, examine
from backend.data.clean import Change, apply, check_rules, offer, propose, write_changes, write_jsonl
from backend.domain import Mapping, Task
from backend.errors import InputError
from backend.store import disk_errors


@dataclass(frozen=True)
class Fixed:
    """A clean copy: where it and its log are, how many rows it holds, every change, and what is left to find in it.

    `again` is None where the copy is too small to be audited.
    """

    out: Path
    log: Path
    rows: int
    changes: tuple[Change, ...]
    again: AuditReport | None


def proposed(audited: Audited, rules: Sequence[str] | None = None) -> tuple[Change, ...]:
    """What a clean copy would change, in order. `rules` as for `backend.data.clean.propose`."""
    intake = audited.intake
    leaking = leaking_rows(intake.examples, intake.test) if intake.test else ()
    return tuple(propose(intake.examples, audited.data, leaking, rules))


def offered(audited: Audited) -> tuple[Change, ...]:
    """What a clean copy would change, then what each rule that needs a person's judgement would do alone."""
    intake = audited.intake
    leaking = leaking_rows(intake.examples, intake.test) if intake.test else ()
    return tuple(offer(intake.examples, audited.data, leaking))


def write_fixed(
    audited: Audited, out: Path, test: Path | None = None, rules: Sequence[str] | None = None,
    on_progress: Progress | None = None,
) -> Fixed:
    """Write a clean copy as JSON lines to `out`, every change to `out` + `.changes.jsonl`, and audit the copy.

    The file itself is never touched. Raises InputError when `out` exists already or nothing would be left.
    """
    intake = audited.intake
    log = out.with_name(out.name + ".changes.jsonl")
    refuse_existing(out, log)
    check_rules(rules)
    changes = proposed(audited, rules)
    kept = apply(intake.examples, changes)
    if not kept:
        raise InputError("No row would be left.", where=str(out), do="Look at the findings first.")
    with disk_errors(out):
        parts = [target.with_name(target.name + ".partial") for target in (out, log)]
        try:
            named = write_jsonl(kept, parts[0], intake.mapping)
            write_changes(changes, intake.examples, parts[1])
            os.replace(parts[1], log)
            os.replace(parts[0], out)
        finally:
            for part in parts:
                part.unlink(missing_ok=True)
    again = audit_file(out, intake.task, test, named, on_progress) if len(kept) > 1 else None
    return Fixed(out, log, len(kept), changes, again)


def fix_file(
    path: Path,
    out: Path,
    task: Task | None = None,
    test: Path | None = None,
    mapping: Mapping | None = None,
    rules: Sequence[str] | None = None,
    on_progress: Progress | None = None,
) -> Fixed:
    """Audit a file and write its clean copy: `examine` and `write_fixed` in one."""
    refuse_existing(out, out.with_name(out.name + ".changes.jsonl"))
    check_rules(rules)
    return write_fixed(examine(path, task, test, mapping, on_progress), out, test, rules, on_progress)


def refuse_existing(*targets: Path) -> None:
    """Raise InputError when one of the files to write is there, or cannot be."""
    for target in targets:
        try:
            there = target.exists()
            writable = target.parent.is_dir()
        except (OSError, ValueError) as error:
            raise InputError("The file cannot be written.", where=str(target), why=str(error)) from error
        if there:
            raise InputError(
                "The file to write exists already.", where=str(target), do="Choose another name, or move it away."
            )
        if not writable:
            raise InputError("There is no such folder to write to.", where=str(target.parent), do="Make it first.")
