"""The facts of a project, gathered from its fresh records and its journal, for the rules to judge."""

from __future__ import annotations

from dataclasses import replace

from backend.decisions import Judgement, Reading
from backend.domain import (
    Audit,
    Deployment,
    Evaluation,
    Goal,
    LatencyRecord,
    LearningCurve,
    Plan,
    PromptTrials,
    ReviewPlan,
    Run,
    SignOff,
    Split,
)
from backend.evaluation.metrics import suitable_metrics
from backend.latency import LatencyReport
from backend.models.calibrate import estimates_now
from backend.project import Project
from backend.prompts.fresh import fresh_phrases
from backend.statistics import cohen_kappa, rows_for_gain, upper_bound
from rules.facts import (
    Facts,
    GoalFacts,
    LatencyFacts,
    PlanFacts,
    ReadingFacts,
    ReviewFacts,
    SignOffFacts,
    SplitFacts,
)


def facts_of(project: Project) -> Facts:
    """Every section whose record is there and fresh; the others are None, so their rules are not asked."""
    goal, split, audit = project.get(Goal), project.fresh(Split), project.fresh(Audit)
    trials, plan, run = project.fresh(PromptTrials), project.fresh(Plan), project.fresh(Run)
    evaluation, deployment = project.fresh(Evaluation), project.fresh(Deployment)
    latency, curve = project.fresh(LatencyRecord), project.fresh(LearningCurve)
    proxy = audit.curve if audit else None
    return Facts(
        goal=_goal(goal) if goal else None,
        data=audit.facts if audit else None,
        split=_split(split, goal) if split else None,
        curve=curve.facts if curve else proxy,
        trials=trials.facts if trials else None,
        model=plan.model_facts if plan else None,
        plan=_plan(project, plan) if plan else None,
        review=_review(project),
        signoff=_signoff(project, goal),
        run=run.facts if run else None,
        evaluation=evaluation.facts if evaluation else None,
        reading=_reading(project, evaluation) if evaluation else None,
        serving=deployment.facts if deployment else None,
        latency=_latency(latency) if latency else None,
    )


def _goal(goal: Goal) -> GoalFacts:
    return GoalFacts(
        task=goal.task,
        sentence=goal.sentence,
        domain=goal.domain,
        metric=goal.metric,
        suitable_metrics=suitable_metrics(goal.task),
        target=goal.target,
        smallest_gain=goal.smallest_gain,
        good_examples=sum(example.good for example in goal.examples),
        bad_examples=sum(not example.good for example in goal.examples),
        definition_of_good=goal.definition_of_good,
        expert=goal.expert,
        trainer=goal.trainer,
        engineering_hours=goal.engineering_hours,
        complex_task=goal.complex_task,
        groups=goal.groups,
        fresh_facts=fresh_phrases(goal.sentence),
    )


def _split(split: Split, goal: Goal | None) -> SplitFacts:
    gain = goal.smallest_gain if goal else None
    return replace(split.facts, rows_for_smallest_gain=rows_for_gain(gain) if gain else None)


def judgements(project: Project) -> tuple[Judgement, ...]:
    """The reviews that count: each reviewer's last word on each row of the current sample."""
    plan = project.fresh(ReviewPlan)
    if plan is None:
        return ()
    last: dict[tuple[str, int], Judgement] = {}
    for entry in project.journal.entries("review"):
        if entry.body["review_plan"] == plan.fingerprint():
            judgement = Judgement.model_validate(entry.body["judgement"])
            last[judgement.reviewer, judgement.row] = judgement
    return tuple(last.values())


def _review(project: Project) -> ReviewFacts | None:
    plan = project.fresh(ReviewPlan)
    if plan is None:
        return None
    by_row: dict[int, list[Judgement]] = {}
    for judgement in judgements(project):
        by_row.setdefault(judgement.row, []).append(judgement)
    rejected = sum(any(j.decision == "reject" for j in row) for row in by_row.values())
    pairs = [(row[0].decision, row[1].decision) for row in by_row.values() if len(row) > 1]
    return ReviewFacts(
        required=plan.required,
        reviewed=len(by_row),
        rejected=rejected,
        bad_share_upper=upper_bound(rejected, len(by_row)),
        overlap=len(pairs),
        agreement=cohen_kappa([a for a, _ in pairs], [b for _, b in pairs]),
    )


def _signoff(project: Project, goal: Goal | None) -> SignOffFacts | None:
    signature = project.get(SignOff)
    if signature is None:
        return None
    return SignOffFacts(
        signer=signature.signer,
        trainer=goal.trainer if goal else "",
        changed_since=project.stale("signoff"),
        stand_in=signature.stand_in,
    )


def readings(project: Project, evaluation: Evaluation) -> tuple[Reading, ...]:
    """The marks people gave to outputs of this evaluation, the last one for each row."""
    last: dict[int, Reading] = {}
    for entry in project.journal.entries("reading"):
        if entry.body["run_id"] == evaluation.run_id:
            reading = Reading.model_validate(entry.body["reading"])
            last[reading.row] = reading
    return tuple(last.values())


def _reading(project: Project, evaluation: Evaluation) -> ReadingFacts:
    marks = readings(project, evaluation)
    notes = {
        entry.body["group"]
        for entry in project.journal.entries("error note")
        if entry.body["run_id"] == evaluation.run_id and entry.body["note"].strip()
    }
    groups = {group.name for group in evaluation.error_groups}
    return ReadingFacts(
        read=len(marks),
        error_groups=len(groups),
        error_groups_explained=len(groups & notes),
        stand_in=any(mark.stand_in for mark in marks),
    )


def _plan(project: Project, plan: Plan) -> PlanFacts:
    """As planned, with the latency corrected by a test of the served model when there is one."""
    now = {one.name: (one.low, one.typical, one.high) for one in estimates_now(project, plan)}
    facts = plan.facts
    return replace(
        facts,
        ttft_ms=now.get("ttft", facts.ttft_ms) if facts.ttft_ms else None,
        tpot_ms=now.get("tpot", facts.tpot_ms) if facts.tpot_ms else None,
    )


def _latency(latency: LatencyRecord) -> LatencyFacts | None:
    level = LatencyReport.model_validate(latency.report).judged
    within = level.within_target if level is not None else None
    if level is None or within is None:  # no target was given, so there is nothing to judge
        return None
    return LatencyFacts(
        verdict=str(latency.report["verdict"]),
        good=within.good,
        of=within.of,
        low=within.low,
        high=within.high,
        share=latency.share,
        users=level.users,
        recalibrated=latency.calibration.basis if latency.calibration else "",
    )
