"""Step 7: open the sealed test rows, score base, best prompt and tuned side by side, and have people read outputs."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

from backend.data.store import content_sha256
from backend.decisions import ErrorNote, Reading, ReadingEntry, TestOpening
from backend.domain import Evaluation, Example, Goal, Message, Plan, Prompt, PromptTrials, Run, Split
from backend.errors import InputError
from backend.evaluation.compare import compare
from backend.evaluation.endless import endless_rows
from backend.evaluation.facts import evaluation_facts
from backend.evaluation.identity import identity_changes
from backend.evaluation.mistakes import mistakes
from backend.evaluation.probe import probe_facts, questions
from backend.flow import require
from backend.project import Project
from backend.prompts.render import render
from backend.steps import data
from backend.steps.arms import answer, answer_limit, metrics_of
from backend.steps.prompt import labels
from backend.steps.report import write_card
from backend.steps.train import take_in

Tell = Callable[[str, float], None]
PROBE_TOKENS = 24


def evaluate(project: Project, home: Path, rows: int | None, tell: Tell) -> Evaluation:
    """Score the three arms. Raises Blocked before a run is finished, InputError when the test rows were changed."""
    from backend.models.generate import LocalModel
    from backend.models.resolve import resolve

    take_in(project)
    require(project, "evaluate")
    goal = project.need(Goal, "Set the goal first (step 1).")
    split = project.need(Split, "Add data first (step 2).")
    trials = project.need(PromptTrials, "Try prompts first (step 3).")
    plan, run = project.need(Plan, "Plan first (step 4)."), project.need(Run, "Train first (step 6).")
    train, test = data.examples(project, split.train), data.examples(project, split.test)
    if content_sha256(test) != split.sealed:
        raise InputError("The test rows are not the ones that were sealed.", do="Add the data again (step 2).")
    if rows is not None and rows < len(test):
        test = test[:rows]
    names, metrics = labels(goal, train), metrics_of(goal)
    tell("Loading the models", 0.0)
    model = LocalModel(resolve(plan.model, home), adapter=project.folder / run.adapter)
    limit = answer_limit(model, train)
    # Counted before the first row is scored: an evaluation that is broken off has been a look, too.
    project.journal.add("test opened", TestOpening(sealed=split.sealed, run_id=run.run_id, rows=len(test)))

    def share(words: str, start: float, end: float) -> Callable[[float], None]:
        return lambda done: tell(words, start + (end - start) * done)

    bare = next((arm.prompt for arm in trials.arms if arm.prompt.kind == "bare"), Prompt(name="bare", kind="bare"))
    best = next(arm.prompt for arm in trials.arms if arm.prompt.name == trials.best)
    with model.base():
        base_arm = answer(model, bare, test, goal, names, limit, share("Base model, bare", 0.02, 0.3)).arm
        prompt_arm = answer(model, best, test, goal, names, limit, share("Base model, best prompt", 0.3, 0.55)).arm
    tuned = answer(model, plan.prompt, test, goal, names, limit, share("Tuned model", 0.55, 0.85))
    comparisons = compare(
        base_arm, prompt_arm, tuned.arm, test, task=goal.task, metrics=metrics, primary=metrics[0], labels=names
    )
    tell("Asking thirty general questions: has it forgotten anything?", 0.86)
    asked = [[Message(role="user", content=question.ask)] for question in questions()]
    with model.base():
        before = [one.text for one in model.generate(asked, PROBE_TOKENS)]
    after = [one.text for one in model.generate(asked, PROBE_TOKENS)]
    tell("Swapping names and pronouns: does the answer change?", 0.93)

    def ask_tuned(inputs: Sequence[str]) -> list[str]:
        return [one.text for one in model.generate([render(plan.prompt, text) for text in inputs], limit)]

    def ask_base(inputs: Sequence[str]) -> list[str]:
        with model.base():
            return ask_tuned(inputs)

    swaps = identity_changes(
        [example.input for example in test], ask_base, ask_tuned, task=goal.task, labels=names
    )
    wanted = [len(model.tokenizer(example.answer).input_ids) for example in test]
    endless = endless_rows([example.row for example in test], tuned.tokens, wanted, limit)
    openings = sum(entry.body["sealed"] == split.sealed for entry in project.journal.entries("test opened"))
    facts = evaluation_facts(
        tuned.arm, comparisons, test, task=goal.task, metric=metrics[0], labels=names,
        endless=len(endless), probe=probe_facts(before, after),
        identity_changes=swaps if swaps[0] else None, test_openings=openings,
    )
    with project.changing():
        saved = project.save(
            Evaluation(
                run_id=run.run_id,
                arms=(base_arm, prompt_arm, tuned.arm),
                comparisons=comparisons,
                error_groups=mistakes(
                    tuned.arm, test, task=goal.task, metric=metrics[0], labels=names, endless=endless
                ),
                facts=facts,
            )
        )
    write_card(project)
    return saved


def outputs_to_read(project: Project, count: int) -> tuple[tuple[Example, str], ...]:
    """A seeded sample of the tuned model's answers, half of it wrong ones where there are enough."""
    evaluation = project.need(Evaluation, "Evaluate first (step 7).")
    arm = evaluation.arms[-1]
    order = list(arm.rows)
    random.Random(evaluation.run_id).shuffle(order)  # noqa: S311 (a reproducible sample)
    wrong = [row for row in order if next(iter(row.scores.values())) < 1][: count // 2]
    chosen = [*wrong, *(row for row in order if row not in wrong)][:count]
    by_row = {example.row: example for example in data.examples(project, [row.row for row in chosen])}
    return tuple((by_row[row.row], row.output) for row in chosen)


def read_output(project: Project, reading: Reading) -> None:
    """Write one reading down. Raises InputError for a row that was not evaluated or no reader's name."""
    evaluation = project.need(Evaluation, "Evaluate first (step 7).")
    if reading.row not in {row.row for row in evaluation.arms[-1].rows}:
        raise InputError(f"Row {reading.row} is not among the evaluated test rows.", where=project.name)
    if not reading.reader.strip():
        raise InputError("A reading needs the reader's name.")
    project.journal.add("reading", ReadingEntry(run_id=evaluation.run_id, reading=reading))


def explain_errors(project: Project, group: str, note: str, by: str, stand_in: bool) -> None:
    """Write the explanation of one error group down. Raises InputError for an unknown group or an empty note."""
    evaluation = project.need(Evaluation, "Evaluate first (step 7).")
    known = [one.name for one in evaluation.error_groups]
    if group not in known:
        raise InputError(f"There is no error group {group!r}.", do=f"The groups are: {', '.join(known) or 'none'}.")
    if len(note.strip()) < 10 or not by.strip():
        raise InputError("An explanation needs at least ten characters and a name.", where=group)
    project.journal.add(
        "error note", ErrorNote(run_id=evaluation.run_id, group=group, note=note, by=by, stand_in=stand_in)
    )
