"""A latency test measures what had been estimated: from then on the estimate is corrected by what was seen."""

from __future__ import annotations

from collections.abc import Sequence

from backend.domain import Calibration, Estimate, Goal, LatencyRecord, Plan
from backend.latency import LatencyReport
from backend.models.machine import is_here
from backend.project import Project

REPEATS = 0.15
"""A test repeated on the same machine differs by up to about this part: a judgement, until it is measured."""
_MARK = ", corrected"


def calibration(project: Project, report: LatencyReport, when: str) -> Calibration | None:
    """Measured ÷ estimated for the number of users the plan was made for; None when nothing fits together.

    The estimate is of this model on the goal's hardware with the goal's users, so another number of users, another
    machine, or a test that is not valid says nothing about it. Medians stand for "typical".
    """
    goal, plan = project.get(Goal), project.get(Plan)
    if goal is None or plan is None or report.verdict == "invalid" or not is_here(goal.hardware):
        return None
    same = (one for one in report.levels if one.users == goal.users and one.rate_rps is None and one.completed)
    level = next((one for one in same if one.model in ("", report.model)), None)
    if level is None:
        return None
    factors, spread = {}, {}
    for name, seen in (("ttft", level.ttft_ms), ("tpot", level.tpot_ms)):
        estimate = next((one for one in plan.estimates if one.name == name), None)
        if estimate is not None and seen.p50 and seen.p95 and estimate.typical > 0:
            factors[name] = seen.p50 / (estimate.typical / _already(project, estimate))
            spread[name] = max(1 + REPEATS, seen.p95 / seen.p50)
    if not factors:
        return None
    users = f"{goal.users} user{'s' if goal.users != 1 else ''} at once"
    return Calibration(
        model_sha256=plan.model_sha256,
        hardware=goal.hardware,
        users=goal.users,
        factors=factors,
        spread=spread,
        basis=f"the latency test of {when.replace('T', ' ')[:19]} ({users}, {level.completed} requests)",
    )


def known_calibration(project: Project, model_sha256: str, hardware: str) -> Calibration | None:
    """What the newest latency test of this project says of this very model and hardware; None without one."""
    newest = project.get(LatencyRecord)
    found = newest.calibration if newest is not None else None
    if found is None or (found.model_sha256, found.hardware) != (model_sha256, hardware):
        return None
    return found


def calibrated(project: Project, estimates: Sequence[Estimate], by: Calibration | None) -> tuple[Estimate, ...]:
    """The estimates, TTFT and TPOT corrected: typical × factor, low 15 % under it, high as the slowest 5 % measured.

    The formula says by what it was corrected; an estimate that was corrected already is corrected anew, not twice.
    """
    if by is None:
        return tuple(estimates)
    found = []
    for one in estimates:
        factor = by.factors.get(one.name)
        if factor is None:
            found.append(one)
            continue
        typical = one.typical / _already(project, one) * factor
        changed = {
            "low": typical * (1 - REPEATS),
            "typical": typical,
            "high": typical * by.spread[one.name],
            "formula": f"{one.formula.split(_MARK)[0]}{_MARK} × {factor:.2g} by {by.basis}",
        }
        found.append(one.model_copy(update=changed))
    return tuple(found)


def estimates_now(project: Project, plan: Plan) -> tuple[Estimate, ...]:
    """The plan's estimates as one should read them today: corrected once its served model has been measured."""
    newest = project.fresh(LatencyRecord)
    return calibrated(project, plan.estimates, newest.calibration if newest is not None else None)


def _already(project: Project, estimate: Estimate) -> float:
    """The factor an estimate was corrected by when its plan was made; 1 for the formula's own figure."""
    if _MARK not in estimate.formula:
        return 1.0
    newest = project.get(LatencyRecord)
    for record in (*project.history(LatencyRecord), *([newest] if newest is not None else [])):
        if record.calibration is not None and record.calibration.basis in estimate.formula:
            return record.calibration.factors.get(estimate.name, 1.0)
    return 1.0
