"""Step 2: read, store as a version, audit and split; fix in a new version, never in the person's file."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from backend.audit.curve import learning_curve
from backend.audit.leakage import leaking_rows
from backend.audit.measure import measure
from backend.audit.near_duplicates import clusters
from backend.audit.personal import masked
from backend.audit.secrets import hidden
from backend.data.clean import Change, apply, propose, write_changes
from backend.data.held_out import read_held_out
from backend.data.load import Table, read_table
from backend.data.mapping import apply_mapping, guess_mapping
from backend.data.split import split_examples
from backend.data.store import content_sha256, load_examples, save_examples
from backend.domain import Audit, Dataset, Example, Goal, Mapping, Split
from backend.errors import InputError
from backend.project import Project
from backend.store import disk_errors

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
            example.model_copy(update={"row": table.records + example.row}) for example in read_held_out(test, mapping)
        ]
        test_sha256 = hashlib.sha256(test.read_bytes()).hexdigest()
    with project.changing():
        version = _next_version(project)
        dataset = Dataset(
            version=version,
            folder=f"data/v{version}",
            source_name=path.name,
            source_sha256=table.sha256,
            source_rows=table.records,
            format=table.format,
            mapping=mapping,
            unreadable=tuple(unreadable),
            content_sha256=content_sha256([*found, *held_out]),
            test_source_sha256=test_sha256,
        )
        return _commit(project, goal, dataset, found, held_out, [], tell)


def proposed_fixes(project: Project) -> tuple[Change, ...]:
    """What a clean copy would change, in order."""
    audit = project.need(Audit, "Add data first (step 2).")
    dataset = project.need(Dataset, "Add data first (step 2).")
    split = project.need(Split, "Add data first (step 2).")
    test = set(split.test)
    stored = _stored(project, dataset)
    sealed, own = ([e for e in stored if (e.row in test) is part] for part in (True, False))
    # A row on both sides is dropped from train: the test rows are the person's measure and stay as they are.
    leaked = leaking_rows(own, sealed) if split.facts.leaked or split.facts.leaked_near else ()
    return tuple(propose(own, audit.facts, leaked))


def apply_fixes(project: Project, rules: Sequence[str] | None, tell: Tell) -> Dataset:
    """The next version with the proposed changes of these rules, or of all."""
    dataset = project.need(Dataset, "Add data first (step 2).")
    changes = [c for c in proposed_fixes(project) if rules is None or c.rule in rules]
    if not changes and not dataset.unreadable:
        raise InputError("There is nothing to fix automatically.", where=project.name)
    kept = apply(list(_stored(project, dataset)), changes)
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
        dataset = before.model_copy(
            update={
                "version": version,
                "folder": f"data/v{version}",
                "unreadable": (),
                "content_sha256": content_sha256([*found, *held_out]),
                "changes": before.changes + len(changes) + len(before.unreadable),
            }
        )
        return _commit(project, goal, dataset, found, held_out, changes, tell)


def undo_data(project: Project, tell: Tell) -> Dataset:
    """Back to the version before the current one; the undone version stays in the history."""
    goal = project.need(Goal, "Set the goal first (step 1).")
    with project.changing():
        current = project.need(Dataset, "There is no data to undo.")
        earlier = [d for d in project.history(Dataset) if d.version < current.version]
        if not earlier:
            raise InputError("This is the first version of the data: there is nothing to undo.", where=project.name)
        dataset = max(earlier, key=lambda d: d.version)
        stored = _stored(project, dataset)
        held_out = [e for e in stored if e.row >= dataset.source_rows] if dataset.test_source_sha256 else []
        found = [e for e in stored if e.row not in {h.row for h in held_out}]
        return _audit(project, goal, dataset, found, held_out, tell)


def examples(project: Project, rows: Sequence[int] | None) -> tuple[Example, ...]:
    """The current version's examples: all, or these rows in the order asked."""
    dataset = project.need(Dataset, "Add data first (step 2).")
    stored = _stored(project, dataset)
    if rows is None:
        return tuple(stored)
    by_row = {example.row: example for example in stored}
    return tuple(by_row[row] for row in rows if row in by_row)


def evidence(project: Project, rows: Sequence[int]) -> tuple[Example, ...]:
    """These rows with personal data and secrets replaced by their kind: what may be put on a screen."""

    def shown(text: str) -> str:
        return masked(hidden(text))

    return tuple(
        example.model_copy(update={"input": shown(example.input), "answer": shown(example.answer)})
        for example in examples(project, rows)
    )


def _commit(
    project: Project, goal: Goal, dataset: Dataset, found: Sequence[Example], held_out: Sequence[Example],
    changes: Sequence[Change], tell: Tell,
) -> Dataset:
    folder = project.folder / dataset.folder
    with disk_errors(folder):
        save_examples([*found, *held_out], folder)
        if changes:
            write_changes(changes, folder.with_suffix(".changes.jsonl"))
    return _audit(project, goal, dataset, found, held_out, tell)


def _audit(
    project: Project, goal: Goal, dataset: Dataset, found: Sequence[Example], held_out: Sequence[Example], tell: Tell
) -> Dataset:
    started = time.monotonic()

    def step(words: str, done: float) -> None:
        tell(words, 0.1 + 0.6 * done)

    facts = measure(
        list(found), dataset.unreadable, goal.task,
        groups=goal.groups, favourable=goal.favourable_answer, on_progress=step,
    )
    tell("Splitting so that nothing leaks", 0.75)
    unusable = {*facts.duplicates, *facts.empty_inputs, *facts.empty_answers}
    usable = [example for example in found if example.row not in unusable]
    parts = split_examples(
        usable, clusters(usable), SEED, goal.task, held_out or None,
        smallest_gain=goal.smallest_gain,
    )
    tell("Forecasting what more data would bring", 0.85)
    by_row = {example.row: example for example in (*found, *held_out)}
    curve = learning_curve(
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
