"""Step 5: the expert reviews a random sample, may correct the data, and signs exactly what will be used."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Sequence

from backend.data.clean import Change, apply
from backend.decisions import Judgement, Review
from backend.domain import Dataset, Example, Goal, ReviewPlan, SignOff, Split
from backend.errors import Blocked, InputError
from backend.facts import judgements
from backend.flow import require
from backend.project import Project
from backend.steps import data
from rules.rule import STEPS

SMALLEST_SAMPLE = 60
"""With no bad row among 60 the exact 95 % upper bound is 4.9 %, the least that can clear the 5 % rule."""
LARGEST_SAMPLE = 150
OVERLAP = 20
"""Rows shown to a second reviewer, so that agreement (Cohen's kappa) can be measured."""


def start_review(project: Project, seed: int) -> ReviewPlan:
    """Draw the sample once per version of the data: stratified by answer for few labels, otherwise by length."""
    current = project.fresh(ReviewPlan)
    if current is not None:
        return current
    split = project.need(Split, "Add data first (step 2).")
    pool = data.examples(project, (*split.train, *split.validation))
    size = min(len(pool), max(SMALLEST_SAMPLE, min(LARGEST_SAMPLE, len(pool) // 20)))
    sample = stratified(pool, size, seed)
    with project.changing():
        plan = ReviewPlan(seed=seed, sample=sample, overlap=sample[:OVERLAP], required=len(sample))
        return project.save(plan)


def stratified(pool: Sequence[Example], size: int, seed: int) -> tuple[int, ...]:
    """`size` row numbers in random order, each stratum in proportion; every stratum with at least one row."""
    labels = {example.answer for example in pool}
    strata: dict[str, list[int]] = defaultdict(list)
    by_length = sorted(pool, key=lambda example: len(example.input))
    for place, example in enumerate(by_length):
        name = example.answer if len(labels) <= 20 else str(4 * place // len(by_length))
        strata[name].append(example.row)
    rng = random.Random(seed)  # noqa: S311 (a reproducible sample, nothing secret)
    for rows in strata.values():
        rng.shuffle(rows)
    chosen = [rows.pop() for rows in strata.values()][:size]
    rest = sorted(
        ((place + rng.random()) / len(rows), row) for rows in strata.values() for place, row in enumerate(rows)
    )
    chosen += [row for _, row in rest[: size - len(chosen)]]
    rng.shuffle(chosen)
    return tuple(chosen)


def review(project: Project, judgement: Judgement) -> None:
    """Write a judgement down. Raises InputError for a row outside the sample, no reviewer, or a fix without text."""
    plan = project.need(ReviewPlan, "Start the review first (`tunewise review`).")
    if judgement.row not in plan.sample:
        raise InputError(f"Row {judgement.row} is not in the sample to review.", where=project.name)
    if not judgement.reviewer.strip():
        raise InputError("A judgement needs the reviewer's name.")
    if judgement.decision == "fix" and not (judgement.fixed_answer or "").strip():
        raise InputError("A correction needs the right answer.", where=f"row {judgement.row}")
    if judgement.decision == "reject" and not judgement.why.strip():
        raise InputError("A rejection needs a reason.", where=f"row {judgement.row}")
    project.journal.add("review", Review(review_plan=plan.fingerprint(), judgement=judgement))


def apply_review(project: Project, tell: Callable[[str, float], None]) -> Dataset:
    """A new version of the data: corrected answers in, rejected rows out."""
    final = {j.row: j for j in judgements(project) if j.decision != "accept"}
    if not final:
        raise InputError("The review changed nothing: every judged row was accepted.", where=project.name)
    stored = data.examples(project, None)
    answers = {example.row: example.answer for example in stored}
    changes = [
        Change(row=j.row, rule="review", action="drop")
        if j.decision == "reject"
        else Change(
            row=j.row, rule="review", action="edit", field="answer", before=answers[j.row], after=j.fixed_answer
        )
        for j in final.values()
    ]
    kept = apply(stored, changes)
    return data.new_version(project, kept, changes, tell)


def sign(project: Project, signer: str, statement: str, acknowledged: Sequence[str], stand_in: bool) -> SignOff:
    """The named expert's signature. Raises Blocked while a rule up to this step blocks, InputError otherwise."""
    goal = project.need(Goal, "Set the goal first (step 1).")
    if not goal.expert or signer.strip().casefold() != goal.expert.strip().casefold():
        raise InputError(
            "Only the named domain expert can sign.",
            why=f"The expert is: {goal.expert or 'nobody yet'}.",
            do="Ask that person, or name another expert in step 1.",
        )
    if len(statement.strip()) < 10:
        raise InputError("The signature needs a statement of at least ten characters.", do="Say what you checked.")
    now = require(project, "signoff")
    # What only the signature itself can settle is not asked of it.
    blocks = tuple(f for f in now.blocks if f.step == "signoff" and f.rule != "signoff-outdated")
    if blocks or project.stale("reviewplan"):
        raise Blocked("signoff", blocks, ("review",) if project.stale("reviewplan") else ())
    here = STEPS.index("signoff")
    open_warnings = {f.rule for f in now.warnings if STEPS.index(f.step) <= here} - {"signed-by-trainer"}
    unread = sorted(open_warnings - set(acknowledged))
    if unread:
        raise InputError(
            f"These warnings were not acknowledged: {', '.join(unread)}.",
            where=project.name,
            do="Read each one (`tunewise check`), then sign with --acknowledge for each, or fix it.",
        )
    with project.changing():
        return project.save(
            SignOff(signer=signer, statement=statement, acknowledged=tuple(sorted(open_warnings)), stand_in=stand_in)
        )
