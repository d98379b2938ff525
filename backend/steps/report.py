"""Step 10: write down everything as it stands now: for a manager to read, for an engineer to check."""

from __future__ import annotations

from backend.domain import (
    Audit,
    Dataset,
    Deployment,
    Estimate,
    Evaluation,
    Goal,
    LatencyRecord,
    Plan,
    PromptTrials,
    Report,
    Run,
    SignOff,
    Split,
)
from backend.events import read
from backend.flow import standing
from backend.models.calibrate import estimates_now
from backend.playground.votes import valid_votes
from backend.project import Project
from backend.report.report import ReportInput, render_html, render_markdown, render_model_card
from backend.report.verdict import verdict
from backend.store import write_text


def write_report(project: Project) -> Report:
    """Write report.html, report.md and the model card, and record the verdict. Never refused."""
    given = _given(project)
    conclusion, reasons = verdict(given)
    html, markdown = project.folder / "report.html", project.folder / "report.md"
    write_text(html, render_html(given))
    write_text(markdown, render_markdown(given))
    write_card(project, given)
    with project.changing():
        return project.save(Report(verdict=conclusion, reasons=tuple(reasons), html=str(html), markdown=str(markdown)))


def write_card(project: Project, given: ReportInput | None = None) -> None:
    """Write the model card into the adapter's folder, as far as the project has come; nothing before there is a run."""
    given = given or _given(project)
    if given.run and given.plan:
        write_text(project.folder / given.run.adapter / "README.md", render_model_card(given))


def _given(project: Project) -> ReportInput:
    now = standing(project)
    run = project.fresh(Run)
    deployment = project.fresh(Deployment)
    stand_ins = []
    if now.facts.signoff and now.facts.signoff.stand_in:
        stand_ins.append("review and sign-off")
    if now.facts.reading and now.facts.reading.stand_in:
        stand_ins.append("reading the outputs")
    if any(waiver.stand_in for waiver in now.waived.values()):
        stand_ins.append("waivers")
    latency = project.fresh(LatencyRecord)
    return ReportInput(
        name=project.name,
        goal=project.get(Goal),
        dataset=project.fresh(Dataset),
        split=project.fresh(Split),
        audit=project.fresh(Audit),
        curve=now.facts.curve,
        trials=project.fresh(PromptTrials),
        plan=project.fresh(Plan),
        review=now.facts.review,
        signoff=project.fresh(SignOff),
        run=run,
        events=tuple(read(project.folder / run.folder / "events.jsonl")[0]) if run else (),
        evaluation=project.fresh(Evaluation),
        reading=now.facts.reading,
        votes=tuple(vote for _, vote in valid_votes(project.journal)),
        deployment=deployment,
        latency=latency,
        recalibrated=_recalibrated(project, latency),
        verdicts=now.verdicts,
        waivers=tuple(now.waived.values()),
        policy=project.policy,
        journal_head=project.journal.head(),
        versions=run.versions if run else {},
        stand_ins=tuple(stand_ins),
    )


def _recalibrated(project: Project, latency: LatencyRecord | None) -> tuple[Estimate, ...]:
    """The latency estimates as corrected by the test; none when the test said nothing about them."""
    plan, by = project.fresh(Plan), latency.calibration if latency is not None else None
    if plan is None or by is None:
        return ()
    return tuple(one for one in estimates_now(project, plan) if one.name in by.factors)
