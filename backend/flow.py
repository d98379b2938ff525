"""Where a project stands, what blocks it, and whether a step may start."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from backend.decisions import Waiver
from backend.domain import RECORDS, Goal
from backend.errors import Blocked, InputError
from backend.facts import facts_of
from backend.playground.votes import valid_votes
from backend.project import Project
from backend.record import canonical
from rules.facts import Facts
from rules.judge import Verdict, judge
from rules.rule import STEPS, Finding

STEP_RECORDS: dict[str, tuple[str, ...]] = {
    "goal": ("goal",),
    "data": ("dataset", "split", "audit"),
    "prompt": ("trials",),
    "plan": ("plan",),
    "signoff": ("reviewplan", "signoff"),
    "train": ("run",),
    "evaluate": ("evaluation",),
    "play": (),
    "serve": ("deployment", "latency"),
    "report": ("report",),
}
"""The records that must be there and fresh before the steps after this one may start."""


@dataclass(frozen=True)
class StepState:
    """One line of "where do I stand": done, out of date, blocked, next, waiting or optional."""

    step: str
    state: str
    blocks: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Standing:
    """A project at one moment. `waived` maps rule ids to the waivers in force."""

    facts: Facts
    verdicts: tuple[Verdict, ...]
    waived: dict[str, Waiver]
    steps: tuple[StepState, ...]

    @property
    def blocks(self) -> tuple[Finding, ...]:
        """The findings that block something and are not waived, in the order of the steps they stop."""
        found = [f for v in self.verdicts for f in v.findings if f.severity == "block" and f.rule not in self.waived]
        return tuple(sorted(found, key=lambda finding: STEPS.index(finding.gate)))

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The findings that must be acknowledged at sign-off."""
        return tuple(f for v in self.verdicts for f in v.findings if f.severity == "warn")

    @property
    def next_step(self) -> str:
        """The first step that is still to do."""
        return next((s.step for s in self.steps if s.state in ("next", "out of date")), "report")


def standing(project: Project) -> Standing:
    """Judge the project as it is now. Reads, never writes."""
    facts = facts_of(project)
    verdicts = judge(facts, project.policy)
    waived = _waivers(project, verdicts)
    open_blocks = [
        f for v in verdicts for f in v.findings if f.severity == "block" and f.rule not in waived
    ]
    warnings = [f for v in verdicts for f in v.findings if f.severity == "warn"]
    steps = []
    reached = True
    for step in STEPS:
        blocks = tuple(f for f in open_blocks if f.step == step)
        done = _done(project, step)
        state = "done" if done else "next" if reached else "waiting"
        if not done and any((project.folder / f"{kind}.json").exists() for kind in STEP_RECORDS[step]):
            state = "out of date" if not reached or _outdated(project, step) else "next"
        if not STEP_RECORDS[step]:  # nothing later needs it
            state = "done" if valid_votes(project.journal) else "optional" if reached else "waiting"
        if blocks:
            state = "blocked"
        reached = reached and done
        steps.append(StepState(step, state, blocks, tuple(f for f in warnings if f.step == step)))
    return Standing(facts, verdicts, waived, tuple(steps))


def require(project: Project, step: str) -> Standing:
    """Let `step` start, or raise Blocked with every unwaived finding and missing step that stands in its way.

    The report is never refused: a project that stopped early deserves one too.
    """
    now = standing(project)
    if step == "report":
        return now
    before = STEPS[: STEPS.index(step)]
    missing = tuple(name for name in before if not _done(project, name))
    findings = tuple(f for f in now.blocks if STEPS.index(f.gate) <= STEPS.index(step))
    broken = [v.rule.id for v in now.verdicts if v.state == "broken"]
    if broken:
        raise RuntimeError(f"these rules are broken and cannot vouch for the project: {', '.join(broken)}")
    if missing or findings:
        raise Blocked(step, findings, missing)
    return now


def waive(project: Project, rule: str, by: str, why: str, stand_in: bool = False) -> Waiver:
    """Set a waivable block or a warning aside in writing. Only the named expert may, and only for what is found now."""
    goal = project.get(Goal)
    if goal is None or not goal.expert or by.strip().casefold() != goal.expert.strip().casefold():
        named = goal.expert if goal and goal.expert else "nobody yet"
        raise InputError(
            "Only the named domain expert can waive a block.", where=project.name, why=f"The expert is: {named}.",
            do="Ask that person, or name another expert in step 1.",
        )
    if len(why.strip()) < 10:
        raise InputError("A waiver needs a reason of at least ten characters.", do="Write why this is acceptable.")
    now = standing(project)
    findings = [f for f in now.blocks if f.rule == rule] or [f for f in now.warnings if f.rule == rule]
    if not findings:
        raise InputError(f"Nothing to waive: {rule!r} finds nothing in this project now.", do="See `tunewise check`.")
    if not all(finding.waivable or finding.severity == "warn" for finding in findings):
        raise InputError(
            f"{rule} cannot be waived as things stand.", why=findings[0].message, do=findings[0].fix, where=project.name
        )
    waiver = Waiver(
        rule=rule, by=by, why=why, step_fingerprint=_step_fingerprint(project, findings[0].step),
        message=findings[0].message, stand_in=stand_in,
    )
    project.journal.add("waiver", waiver)
    return waiver


def _waivers(project: Project, verdicts: tuple[Verdict, ...]) -> dict[str, Waiver]:
    waivable = {
        v.rule.id: v.rule.step
        for v in verdicts
        if v.state in ("block", "warn") and all(f.waivable for f in v.findings if f.severity == "block")
    }
    in_force = {}
    for entry in project.journal.entries("waiver"):
        waiver = Waiver.model_validate(entry.body)
        step = waivable.get(waiver.rule)
        if step and waiver.step_fingerprint == _step_fingerprint(project, step):
            in_force[waiver.rule] = waiver
    return in_force


def _step_fingerprint(project: Project, step: str) -> str:
    """A waiver holds only for what it was written about: the records of its step, as they were."""
    kinds = STEP_RECORDS[step] or ("goal",)
    return hashlib.sha256(canonical([project.fingerprint(kind) for kind in kinds]).encode()).hexdigest()


def _done(project: Project, step: str) -> bool:
    return all(not project.stale(kind) for kind in STEP_RECORDS[step])


def _outdated(project: Project, step: str) -> bool:
    kinds = STEP_RECORDS[step]
    return any(project.get(RECORDS[kind]) is not None and project.stale(kind) for kind in kinds)
