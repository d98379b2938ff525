"""Goal: what was asked for, and when it is good enough."""

from __future__ import annotations

from backend.report.given import ReportInput
from backend.report.page import Section, number
from rules.wording import percent, points


def section(given: ReportInput) -> Section | None:
    """The goal as the person wrote it."""
    goal = given.goal
    if goal is None:
        return None
    times = (("first words (TTFT)", goal.ttft_ms), ("each further word piece (TPOT)", goal.tpot_ms))
    latency = ", ".join(f"{what} within {ms:g} ms" for what, ms in times if ms is not None)
    said = (
        ("Task", goal.task),
        ("Domain", goal.domain),
        ("Metric", given.metric),
        ("Target", percent(goal.target) if goal.target is not None else ""),
        ("Smallest gain worth having", points(goal.smallest_gain) if goal.smallest_gain is not None else ""),
        ("A good answer is", goal.definition_of_good),
        ("Domain expert", goal.expert),
        ("Training done by", goal.trainer),
        ("Latency target", f"{latency}, for {percent(goal.within_target_share)} of requests" if latency else ""),
        ("Users at once", str(goal.users)),
        ("Hardware", goal.hardware),
        ("Training hours", number(goal.training_hours) if goal.training_hours is not None else ""),
        ("Budget", number(goal.budget) if goal.budget is not None else ""),
    )
    return Section("goal", "Goal", words=(goal.sentence,), facts=tuple(fact for fact in said if fact[1]))
