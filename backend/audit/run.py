"""`tunewise audit`: one file in, one report out, and a clean copy on request. Needs no project."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from backend.audit.curve import learning_curve
from backend.audit.leakage import leaking_rows
from backend.audit.measure import Progress, clusters, measure
from backend.data.clean import Change, apply, propose, write_changes, write_jsonl
from backend.data.held_out import read_held_out
from backend.data.load import read_table
from backend.data.mapping import apply_mapping, guess_mapping
from backend.data.split import split_examples
from backend.data.table import Table
from backend.data.task import guess_task
from backend.domain import Example, Mapping, Task
from backend.errors import InputError
from backend.record import Frozen
from backend.store import disk_errors
from rules.facts import DataFacts, Facts
from rules.judge import judge

SEED = 42


class DataReport(Frozen):
    """The file that was audited."""

    path: str
    sha256: str
    rows: int
    usable_rows: int


class FindingReport(Frozen):
    """One finding. `rows` are 0-based positions of records in the file's order, all of them.

    Those of `leaked-rows` are positions in the test file.
    """

    rule: str
    severity: Literal["block", "warn", "note"]
    message: str
    why: str
    fix: str
    measured: int | float | None
    threshold: int | float | None
    unit: str
    rows: tuple[int, ...]


class AuditReport(Frozen):
    """The result of `tunewise audit --json`: `model_dump(mode="json")` is the contract."""

    tunewise: str
    verdict: Literal["pass", "warn", "block"]
    data: DataReport
    findings: tuple[FindingReport, ...]
    not_asked: tuple[str, ...]
    seconds: float


@dataclass(frozen=True)
class Fixed:
    """A clean copy: where it and its log are, how many rows it holds, and every change."""

    out: Path
    log: Path
    rows: int
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Intake:
    """A file read and mapped, with its test file if there is one."""

    table: Table
    mapping: Mapping
    examples: list[Example]
    unreadable: tuple[tuple[int, str], ...]
    test: list[Example] | None
    task: Task


def audit_file(
    path: Path,
    task: Task | None = None,
    test: Path | None = None,
    mapping: Mapping | None = None,
    on_progress: Progress | None = None,
) -> AuditReport:
    """Audit one file. Task and mapping are guessed where not given; without `test` the split is Tunewise's own.

    Raises InputError for a file that cannot be used, RuntimeError when a rule is broken: that is no pass.
    """
    started = time.monotonic()
    tell = on_progress or (lambda words, done: None)
    tell("Reading the file", 0.0)
    intake = take_in(path, task, test, mapping)
    data = measure(
        intake.examples, intake.unreadable, intake.task, on_progress=lambda words, done: tell(words, 0.1 + 0.7 * done)
    )
    tell("Splitting so that nothing leaks", 0.8)
    facts = _split_facts(intake, data)
    verdicts = judge(facts)
    broken = [f"{verdict.rule.id}: {verdict.trouble}" for verdict in verdicts if verdict.state == "broken"]
    if broken:
        raise RuntimeError(f"broken rules: {'; '.join(broken)}")
    findings = [finding for v in verdicts if v.rule.step == "data" for finding in v.findings]
    severities = {finding.severity for finding in findings}
    tell("Audit done", 1.0)
    return AuditReport(
        tunewise=version("tunewise"),
        verdict="block" if "block" in severities else "warn" if "warn" in severities else "pass",
        data=DataReport(
            path=str(path), sha256=intake.table.sha256, rows=data.rows, usable_rows=data.usable_rows
        ),
        findings=tuple(
            FindingReport(**{name: getattr(finding, name) for name in FindingReport.model_fields})
            for finding in findings
        ),
        not_asked=tuple(verdict.rule.id for verdict in verdicts if verdict.state == "not asked"),
        seconds=round(time.monotonic() - started, 2),
    )


def fix_file(
    path: Path,
    out: Path,
    task: Task | None = None,
    test: Path | None = None,
    mapping: Mapping | None = None,
    rules: Sequence[str] | None = None,
    on_progress: Progress | None = None,
) -> Fixed:
    """Write a clean copy as JSON lines to `out`, and every change to `out` + `.changes.jsonl`.

    `rules` limits the changes to those of these rules. The file itself is never touched. Raises InputError when `out`
    exists already or nothing would be left.
    """
    log = out.with_name(out.name + ".changes.jsonl")
    for target in (out, log):
        if target.exists():
            raise InputError(
                "The file to write exists already.", where=str(target), do="Choose another name, or move it away."
            )
    intake = take_in(path, task, test, mapping)
    facts = measure(intake.examples, intake.unreadable, intake.task, on_progress=on_progress)
    leaking = leaking_rows(intake.examples, intake.test) if intake.test else ()
    changes = [
        change for change in propose(intake.examples, facts, leaking) if rules is None or change.rule in rules
    ]
    kept = apply(intake.examples, changes)
    if not kept:
        raise InputError("No row would be left.", where=str(path), do="Look at the findings first.")
    with disk_errors(out):
        parts = [target.with_name(target.name + ".partial") for target in (out, log)]
        try:
            write_jsonl(kept, parts[0], intake.mapping)
            write_changes(changes, parts[1])
            os.replace(parts[1], log)
            os.replace(parts[0], out)
        finally:
            for part in parts:
                part.unlink(missing_ok=True)
    return Fixed(out, log, len(kept), tuple(changes))


def take_in(path: Path, task: Task | None, test: Path | None, mapping: Mapping | None) -> Intake:
    """Read and map the file and its test file. Raises InputError when either cannot be used."""
    table = read_table(path)
    mapping = mapping or guess_mapping(table)
    examples, unreadable = apply_mapping(table, mapping)
    if not examples:
        first = "; ".join(reason for _, reason in unreadable[:3])
        raise InputError("No row of the file could be used.", where=str(path), why=first, do="Check the mapping.")
    held_out = read_held_out(test, mapping) if test else None
    return Intake(table, mapping, examples, unreadable, held_out, task or guess_task(examples))


def _split_facts(intake: Intake, data: DataFacts) -> Facts:
    unusable = {*data.duplicates, *data.empty_inputs, *data.empty_answers}
    usable = [example for example in intake.examples if example.row not in unusable]
    parts = split_examples(usable, clusters(usable), SEED, intake.task, intake.test)
    by_row = {example.row: example for example in usable}
    curve = learning_curve(
        [by_row[row] for row in parts.train], [by_row[row] for row in parts.validation], intake.task, SEED
    )
    return Facts(data=data, split=parts.facts, curve=curve)
