"""`tunewise audit`: one file in, one report out. Needs no project."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import compress
from pathlib import Path

from backend.audit.columns import row_numbers
from backend.audit.curve import learning_curve
from backend.audit.hide import hide, without_private
from backend.audit.measure import Measured, Progress, measured
from backend.audit.report import AuditReport, report_of
from backend.data.held_out import read_held_out
from backend.data.load import read_table
from backend.data.mapping import apply_mapping, guess_mapping
from backend.data.split import split_examples
from backend.data.task import guess_task
from backend.domain import Example, Mapping, Task
from backend.errors import InputError
from rules.facts import DataFacts, Facts
from rules.judge import judge
from rules.wording import listed

SEED = 42
"""Of the split and the learning curve: both come out the same every time."""


@dataclass(frozen=True)
class Intake:
    """A file read and mapped, with its test file if there is one. The records as read are given up: texts are many."""

    sha256: str
    mapping: Mapping
    examples: list[Example]
    unreadable: tuple[tuple[int, str], ...]
    test: list[Example] | None
    task: Task


@dataclass(frozen=True)
class Audited:
    """An audit with all it was made from, so that a clean copy need not measure again."""

    intake: Intake
    data: DataFacts
    report: AuditReport


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
    return examine(path, task, test, mapping, on_progress).report


def examine(
    path: Path,
    task: Task | None = None,
    test: Path | None = None,
    mapping: Mapping | None = None,
    on_progress: Progress | None = None,
    groups: Sequence[str] = (),
    favourable: str = "",
) -> Audited:
    """As `audit_file`, with what the report was made from. `groups` and `favourable` are as in the project's goal."""
    with _no_collecting():
        return _examine(path, task, test, mapping, on_progress, groups, favourable)


def _examine(
    path: Path, task: Task | None, test: Path | None, mapping: Mapping | None, on_progress: Progress | None,
    groups: Sequence[str], favourable: str,
) -> Audited:
    started = time.monotonic()
    tell = on_progress or (lambda words, done: None)
    tell("Reading the file", 0.0)
    intake = take_in(path, task, test, mapping)
    found = measured(
        intake.examples, intake.unreadable, intake.task, groups, favourable,
        on_progress=lambda words, done: tell(words, 0.1 + 0.7 * done),
    )
    data = without_private(found.facts)
    tell("Splitting so that nothing leaks", 0.8)
    facts = _split_facts(intake, data, found)
    verdicts = judge(facts)
    broken = [f"{verdict.rule.id}: {verdict.trouble}" for verdict in verdicts if verdict.state == "broken"]
    if broken:
        raise RuntimeError(f"broken rules: {'; '.join(broken)}")
    report = report_of(
        plain_path(path), intake.sha256, intake.task, data, verdicts, intake.examples, intake.test,
        time.monotonic() - started, facts.curve,
    )
    tell("Audit done", 1.0)
    return Audited(intake, data, report)


@contextmanager
def _no_collecting() -> Iterator[None]:
    """The search for circular garbage would go through every row again and again, and find none.

    Afterwards all that is left counts as old, else the first search after it would go through every row still.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.freeze()
            gc.unfreeze()
            gc.enable()


def take_in(path: Path, task: Task | None, test: Path | None, mapping: Mapping | None) -> Intake:
    """Read and map the file and its test file. Raises InputError when either cannot be used."""
    table = read_table(path)
    mapping = mapping or guess_mapping(table)
    examples, unreadable = apply_mapping(table, mapping)
    if not examples:
        first: dict[str, int] = {}
        for row, reason in unreadable:
            first.setdefault(reason, row)
        reasons = [f"row {row}: {reason}" for reason, row in first.items()]
        raise InputError(
            "No row of the file could be used.",
            where=str(path),
            why=hide(listed(reasons, most=3)) + ".",
            do="Mend these rows, or say which columns to use (on the command line: --input COLUMN --answer COLUMN).",
        )
    held_out = read_held_out(test, mapping) if test else None
    return Intake(table.sha256, mapping, examples, unreadable, held_out, task or guess_task(examples))


def plain_path(path: Path) -> str:
    """A path as text that can be written anywhere: bytes that are no UTF-8 come as `\\xff`."""
    return os.fsencode(path).decode(errors="backslashreplace")


def _split_facts(intake: Intake, data: DataFacts, found: Measured) -> Facts:
    unusable = {*data.duplicates, *data.empty_inputs, *data.empty_answers}
    usable = [row not in unusable for row in row_numbers(intake.examples)]
    examples = list(compress(intake.examples, usable))
    parts = split_examples(examples, list(compress(found.clusters, usable)), SEED, intake.task, intake.test)
    if intake.task != "classify" or found.curve:
        return Facts(data=data, split=parts.facts, curve=found.curve)
    by_row = {example.row: example for example in examples}
    curve = learning_curve(
        [by_row[row] for row in parts.train], [by_row[row] for row in parts.validation], intake.task, SEED
    )
    return Facts(data=data, split=parts.facts, curve=curve)
