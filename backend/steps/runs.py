"""All training runs of a project: how each went, and two or more beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from backend.domain import Contrast, Evaluation, Split
from backend.errors import InputError
from backend.evaluation.compare import as_contrast, compare_arms
from backend.project import Project
from backend.record import Frozen
from backend.statistics import Interval, interval_of
from backend.steps import data
from backend.training.config import Value
from backend.training.story import Story, story

MOST = 6
"""Runs compared at once: more lines cannot be told apart."""


class RunTold(Frozen):
    """A run of the project. `number` counts from 1, oldest first; `test` is its score on the sealed test rows."""

    number: int
    story: Story
    test: Interval | None = None

    @property
    def name(self) -> str:
        """Short, as in a legend."""
        return f"Run {self.number}"


class Difference(Frozen):
    """Something that is not the same in all runs: its kind (data, model, settings, program), and a value for each run.

    None where the run did not record it.
    """

    kind: str
    name: str
    values: tuple[Value | None, ...]


class Compared(Frozen):
    """Runs beside each other. `contrasts` hold each later one against the one before, on the same test rows."""

    runs: tuple[RunTold, ...]
    differences: tuple[Difference, ...]
    contrasts: tuple[Contrast, ...]


def all_runs(project: Project) -> tuple[RunTold, ...]:
    """Every run that was started, oldest first, however it ended."""
    evaluations = _evaluations(project)
    folders = sorted(file.parent for file in (project.folder / "runs").glob("*/config.json"))
    told = []
    for number, folder in enumerate(folders, 1):
        one = story(folder)
        evaluation = evaluations.get(one.run_id)
        scores = evaluation.arms[-1].metrics if evaluation else {}
        test = interval_of(scores[one.metric]) if one.metric in scores else None
        told.append(RunTold(number=number, story=one, test=test))
    return tuple(told)


def find(runs: Sequence[RunTold], wanted: str) -> RunTold:
    """A run by its number in the list or by its id. Raises InputError when there is none."""
    for one in runs:
        if wanted in (str(one.number), one.story.run_id):
            return one
    raise InputError(
        f"There is no run {wanted!r}.",
        do="Name one by its number or its id, as `tunewise runs` lists them." if runs else "Train first (step 6).",
    )


def compare(project: Project, wanted: Sequence[str] = ()) -> Compared:
    """These runs (by number or id) beside each other, or the newest two. Raises InputError when there are not two."""
    known = all_runs(project)
    chosen = {one.number: one for one in (find(known, name) for name in wanted)} or {
        one.number: one for one in known[-2:]
    }
    if not 2 <= len(chosen) <= MOST:
        raise InputError(
            f"Two to {MOST} runs can be compared, not {len(chosen)}.",
            why="" if len(known) > 1 else "There are not yet two runs in this project.",
            do="Choose others." if len(known) > 1 else "Change the plan (step 4), have it signed and train again.",
        )
    runs = tuple(chosen[number] for number in sorted(chosen))
    return Compared(runs=runs, differences=_differences(runs), contrasts=_contrasts(project, runs))


def _evaluations(project: Project) -> dict[str, Evaluation]:
    """The last evaluation of each run."""
    now = project.get(Evaluation)
    return {one.run_id: one for one in [*project.history(Evaluation), *([now] if now else [])]}


def _differences(runs: Sequence[RunTold]) -> tuple[Difference, ...]:
    found = []
    for kind in runs[0].story.about:
        names = dict.fromkeys(name for run in runs for name in run.story.about[kind])
        for name in names:
            values = tuple(run.story.about[kind].get(name) for run in runs)
            if any(one != other for one, other in pairwise(values)):
                found.append(Difference(kind=kind, name=name, values=values))
    return tuple(found)


def _contrasts(project: Project, runs: Sequence[RunTold]) -> tuple[Contrast, ...]:
    """Only where both answered the same rows of the current split: else a row for row comparison means nothing."""
    evaluations, now = _evaluations(project), project.fingerprint("split")
    found: list[Contrast] = []
    if project.fresh(Split) is None:
        return ()
    for one, other in pairwise(runs):
        first, second = (evaluations.get(run.story.run_id) for run in (one, other))
        if first is None or second is None or one.story.metric != other.story.metric:
            continue
        rows = [row.row for row in first.arms[-1].rows]
        same = rows == [row.row for row in second.arms[-1].rows]
        if not same or {first.made_from["split"], second.made_from["split"]} != {now}:
            continue
        told = one.story
        compared = compare_arms(
            first.arms[-1], second.arms[-1], data.examples(project, rows),
            task=told.task, metric=told.metric, labels=told.labels,
        )  # fmt: skip
        found.append(as_contrast(compared, metric=told.metric, first=one.name, second=other.name, primary=True))
    return tuple(found)
