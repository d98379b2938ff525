"""Step 2: read, store as a version, audit and split; fix in a new version, never in the person's file."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from backend.audit.curve import learning_curve
from backend.audit.hide import without_private
from backend.audit.leakage import leaking_rows
from backend.audit.measure import measured
from backend.audit.report import AuditReport, report_of
from backend.audit.run import plain_path
from backend.audit.shown import ShownRow, shown_rows
from backend.data.clean import Change, apply, check_rules, offer, propose, write_changes
from backend.data.held_out import read_held_out
from backend.data.load import Table, read_table
from backend.data.mapping import apply_mapping, guess_mapping
from backend.data.split import split_examples
from backend.data.store import content_sha256, load_examples, save_examples
from backend.domain import Audit, Dataset, Example, Goal, Mapping, Split
from backend.errors import InputError
from backend.project import Project
from backend.store import disk_errors
from rules.facts import DataFacts
from rules.judge import Verdict
from rules.rule import Finding

Tell = Callable[[str, float], None]
SEED = 42


def preview(path: Path) -> tuple[Table, Mapping]:
    """The table as read and the guessed mapping of its columns; an empty mapping where it is not clear."""
    table = read_table(path)
    try:
        return table, guess_mapping(table)
    except InputError:  # a person is about to choose: the columns are what they need for that
        return table, Mapping()


def add_data(project: Project, path: Path, mapping: Mapping | None, test: Path | None, tell: Tell) -> Dataset:
    """Read a file into the next version. Raises InputError and leaves the project as it was when it can't be used."""
    goal = project.need(Goal, "Set the goal first (step 1): the audit depends on the task.")
    tell("Reading the file", 0.0)
    table = read_table(path)
    mapping = mapping or guess_mapping(table)
    if goal.group_column and not mapping.group:
        mapping = mapping.model_copy(update={"group": goal.group_column})
    found, unreadable = apply_mapping(table, mapping)
    if not found:
        row, reason = unreadable[0]
        raise InputError("No row of the file could be used.", where=f"{path}, record {row}", why=reason)
    held_out: list[Example] = []
    test_sha256 = ""
    if test is not None:
        # Rows of a separate test file are numbered on from the data file's, so that a number names one row.
        held_out = [
            example._replace(row=table.records + example.row) for example in read_held_out(test, mapping)
        ]
        test_sha256 = hashlib.sha256(test.read_bytes()).hexdigest()
    with project.changing():
        version = _next_version(project)
        dataset = Dataset(
            version=version,
            folder=f"data/v{version}",
            source_name=plain_path(Path(path.name)),
            source_sha256=table.sha256,
            source_rows=table.records,
            format=table.format,
            mapping=mapping,
            unreadable=tuple(unreadable),
            content_sha256=content_sha256([*found, *held_out]),
            test_source_sha256=test_sha256,
        )
        return _commit(project, goal, dataset, found, held_out, tell)


def proposed_fixes(project: Project, rules: Sequence[str] | None = None) -> tuple[Change, ...]:
    """What a clean copy would change, in order: by these rules, or by all that need no person's judgement."""
    check_rules(rules)
    return tuple(propose(*_to_mend(project), rules))


def offered_fixes(project: Project) -> tuple[Change, ...]:
    """What a clean copy would change, then what each rule that needs a person's judgement would do alone."""
    made_from = tuple(project.fingerprint(kind) for kind in ("dataset", "split", "audit"))
    known = _OFFERED.get(project.folder)
    if known is None or known[0] != made_from:
        _OFFERED.clear()
        known = _OFFERED[project.folder] = made_from, tuple(offer(*_to_mend(project)))
    return known[1]


_OFFERED: dict[Path, tuple[tuple[str, ...], tuple[Change, ...]]] = {}
"""The last project's, with the fingerprints of what they were made from: a page asks for them several times."""


def _to_mend(project: Project) -> tuple[list[Example], DataFacts, tuple[int, ...]]:
    """(the rows of the data file, what was found in them, those of them that are also in the person's test rows).

    The rows of a test file of the person's own are their measure and stay as they are; a test part that Tunewise cut
    off is mended like the rest, and cut anew.
    """
    audit = project.need(Audit, "Add data first (step 2).")
    dataset = project.need(Dataset, "Add data first (step 2).")
    stored = _stored(project, dataset)
    given = set(_test_file_rows(project, dataset))
    sealed, own = ([e for e in stored if (e.row in given) is part] for part in (True, False))
    return own, audit.facts, leaking_rows(own, sealed) if sealed else ()


def apply_fixes(project: Project, rules: Sequence[str] | None, tell: Tell) -> Dataset:
    """The next version with the proposed changes of these rules, or of all that need no person's judgement."""
    dataset = project.need(Dataset, "Add data first (step 2).")
    changes = proposed_fixes(project, rules)
    if not changes:
        raise InputError("There is nothing to fix automatically.", where=project.name)
    kept = apply(list(_stored(project, dataset)), changes)
    if not kept:
        raise InputError("No row would be left.", where=project.name, do="Look at the findings first.")
    return new_version(project, kept, changes, tell)


def new_version(project: Project, kept: Sequence[Example], changes: Sequence[Change], tell: Tell) -> Dataset:
    """Store changed examples as the next version, audit it anew, and keep the log of changes beside it."""
    goal = project.need(Goal, "Set the goal first (step 1).")
    with project.changing():
        before = project.need(Dataset, "Add data first (step 2).")
        held_out_rows = set(_test_file_rows(project, before))
        found = [example for example in kept if example.row not in held_out_rows]
        held_out = [example for example in kept if example.row in held_out_rows]
        version = _next_version(project)
        left_out = {change.row for change in changes if change.action == "drop"}
        dataset = before.model_copy(
            update={
                "version": version,
                "folder": f"data/v{version}",
                "unreadable": tuple(one for one in before.unreadable if one[0] not in left_out),
                "content_sha256": content_sha256([*found, *held_out]),
                "changes": before.changes + len(changes),
            }
        )
        folder = project.folder / dataset.folder
        with disk_errors(folder):
            write_changes(changes, _stored(project, before), folder.with_suffix(".changes.jsonl"))
        return _commit(project, goal, dataset, found, held_out, tell)


def undo_data(project: Project, tell: Tell) -> Dataset:
    """Back to the version the current one was made from or came after; the undone version stays in the history."""
    goal = project.need(Goal, "Set the goal first (step 1).")
    with project.changing():
        current = project.need(Dataset, "There is no data to undo.")
        dataset = before(project)
        if dataset is None:
            raise InputError("This is the first version of the data: there is nothing to undo.", where=project.name)
        stored = _stored(project, dataset)
        held_out = [e for e in stored if e.row >= dataset.source_rows] if dataset.test_source_sha256 else []
        found = [e for e in stored if e.row not in {h.row for h in held_out}]
        tell(f"Back from version {current.version} to version {dataset.version}", 0.0)
        return _audit(project, goal, dataset, found, held_out, tell)


def before(project: Project) -> Dataset | None:
    """The version that was current when the current one was made; None for the first."""
    current = project.get(Dataset)
    if current is None:
        return None
    saved = [*project.history(Dataset), current]
    first = next(at for at, one in enumerate(saved) if one.version == current.version)
    return saved[first - 1] if first else None


def examples(project: Project, rows: Sequence[int] | None) -> tuple[Example, ...]:
    """The current version's examples: all, or these rows in the order asked."""
    dataset = project.need(Dataset, "Add data first (step 2).")
    stored = _stored(project, dataset)
    if rows is None:
        return tuple(stored)
    by_row = {example.row: example for example in stored}
    return tuple(by_row[row] for row in rows if row in by_row)


def shown(project: Project, findings: Sequence[Finding]) -> dict[str, tuple[ShownRow, ...]]:
    """Rule → up to five rows of its finding as they may be shown, the stretch it is about marked."""
    dataset, audit = project.fresh(Dataset), project.fresh(Audit)
    if dataset is None or audit is None or not any(finding.rows for finding in findings):
        return {}
    stored = _stored(project, dataset)
    by_row = {example.row: example for example in stored}
    return {
        finding.rule: shown_rows(finding.rule, finding.rows, by_row, audit.facts)
        for finding in findings
        if finding.rows
    }


def audit_report(project: Project, verdicts: Sequence[Verdict]) -> AuditReport:
    """The report on the current data as `tunewise audit` writes it for a file, with the findings of these verdicts."""
    dataset = project.need(Dataset, "Add data first (step 2).")
    audit = project.need(Audit, "Add data first (step 2).")
    goal = project.need(Goal, "Set the goal first (step 1).")
    about = f"{dataset.source_name}, version {dataset.version} in the project {project.name}"
    stored = _stored(project, dataset)
    return report_of(
        about, dataset.source_sha256, goal.task, audit.facts, verdicts, stored, None, audit.seconds, audit.curve
    )


def _commit(
    project: Project, goal: Goal, dataset: Dataset, found: Sequence[Example], held_out: Sequence[Example], tell: Tell
) -> Dataset:
    folder = project.folder / dataset.folder
    with disk_errors(folder):
        save_examples([*found, *held_out], folder)
    return _audit(project, goal, dataset, found, held_out, tell)


def _audit(
    project: Project, goal: Goal, dataset: Dataset, found: Sequence[Example], held_out: Sequence[Example], tell: Tell
) -> Dataset:
    started = time.monotonic()

    def step(words: str, done: float) -> None:
        tell(words, 0.1 + 0.6 * done)

    looked_at = measured(
        list(found), dataset.unreadable, goal.task,
        groups=goal.groups, favourable=goal.favourable_answer, on_progress=step,
    )
    facts = without_private(looked_at.facts)
    tell("Splitting so that nothing leaks", 0.75)
    unusable = {*facts.duplicates, *facts.empty_inputs, *facts.empty_answers}
    usable = [(e, number) for e, number in zip(found, looked_at.clusters, strict=True) if e.row not in unusable]
    parts = split_examples(
        [example for example, _ in usable], [number for _, number in usable], SEED, goal.task, held_out or None,
        smallest_gain=goal.smallest_gain,
    )
    tell("Forecasting what more data would bring", 0.85)
    by_row = {example.row: example for example in (*found, *held_out)}
    curve = looked_at.curve or learning_curve(
        [by_row[row] for row in parts.train], [by_row[row] for row in parts.validation], goal.task, SEED
    )
    dataset = project.save(dataset)
    project.save(
        Split(
            seed=SEED, train=parts.train, validation=parts.validation, test=parts.test, facts=parts.facts,
            sealed=content_sha256([by_row[row] for row in parts.test]),
        )
    )
    project.save(Audit(facts=facts, curve=curve, seconds=time.monotonic() - started))
    tell("Audit done", 1.0)
    return dataset


def _next_version(project: Project) -> int:
    """After every folder there is: one left by a broken-off attempt is never written into."""
    there = [int(folder.name[1:]) for folder in (project.folder / "data").glob("v*") if folder.name[1:].isdigit()]
    return 1 + max(there, default=0)


def _stored(project: Project, dataset: Dataset) -> Sequence[Example]:
    stored = load_examples(project.folder / dataset.folder)
    if content_sha256(stored) != dataset.content_sha256:
        raise InputError(
            "The stored data is not what was audited and signed.",
            where=str(project.folder / dataset.folder),
            why="Its content hash has changed: the files were edited or damaged.",
            do="Add the data again (step 2).",
        )
    return stored


def _test_file_rows(project: Project, dataset: Dataset) -> tuple[int, ...]:
    if not dataset.test_source_sha256:
        return ()
    split = project.need(Split, "Add the data again (step 2).")
    return split.test
