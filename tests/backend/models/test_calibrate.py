"""A latency test corrects the plan's estimate: by what was measured, once, and only where it fits."""

from __future__ import annotations

import pytest

from backend.domain import Estimate, Goal, LatencyRecord, Plan, Prompt, Setting
from backend.latency.record import Record
from backend.latency.report import LatencyReport, level
from backend.latency.targets import Targets
from backend.models.calibrate import calibrated, calibration, known_calibration
from backend.project import Project
from rules.facts import ModelFacts, PlanFacts

MS = 1_000_000


def estimate(name, typical):
    return Estimate(
        name=name, low=typical / 2, typical=typical, high=2 * typical, unit="ms", formula="read / bandwidth"
    )


def measured(users=4, ttft=90.0, gap=30.0, verdict="pass"):
    chunks = tuple(round((ttft + gap * i) * MS) for i in range(5))
    records = [Record(scheduled_ns=0, sent_ns=0, ended_ns=chunks[-1], chunks_ns=chunks, output_tokens=5)] * 20
    one = level(records, Targets(), users=users, rate=None, lags_ms=[], cpu=0.1)
    return LatencyReport(
        endpoint="http://127.0.0.1:1", model="tuned", levels=(one,), verdict=verdict, because="so", targets=Targets(),
        share=0.95, stopped=False,
    )  # fmt: skip


@pytest.fixture
def project(tmp_path):
    made = Project.create(tmp_path, "calibrated")
    with made.changing():
        made.save(Goal(task="classify", sentence="Tell good from bad.", users=4))
        made.save(planned(estimate("ttft", 60.0), estimate("tpot", 20.0), estimate("train_hours", 1.0)))
    return made


def planned(*estimates):
    return Plan(
        model="m", model_sha256="ab" * 32, prompt=Prompt(name="p", user="{input}"),
        settings=(Setting(name="rank", value=8, reason="small"),), estimates=estimates,
        model_facts=ModelFacts("m", 0.1, 512, 100), facts=PlanFacts((1, 1, 1), (1, 1, 1), 8, (1, 1, 1)),
    )  # fmt: skip


def test_typical_becomes_what_was_measured_and_the_formula_says_by_what(project):
    found = calibration(project, measured(), "2026-11-24T10:00:00+00:00")
    assert found.factors == pytest.approx({"ttft": 1.5, "tpot": 1.5})
    ttft, tpot, hours = calibrated(project, project.get(Plan).estimates, found)
    assert (ttft.typical, tpot.typical, hours.typical) == pytest.approx((90, 30, 1))
    assert ttft.low < ttft.typical < ttft.high < 2 * ttft.typical  # narrower than the guess was
    assert "corrected × 1.5 by the latency test of 2026-11-24 10:00:00 (4 users at once, 20 requests)" in ttft.formula
    assert hours == project.get(Plan).estimates[2]


def test_a_plan_made_with_a_correction_is_corrected_anew_not_twice(project):
    first = calibration(project, measured(), "2026-11-24T10:00:00+00:00")
    with project.changing():
        project.save(LatencyRecord(report={"levels": []}, targets={}, share=0.95, calibration=first))
        project.save(planned(*calibrated(project, project.get(Plan).estimates, first)))
    assert known_calibration(project, "ab" * 32, "this computer") == first
    assert known_calibration(project, "cd" * 32, "this computer") is None
    assert known_calibration(project, "ab" * 32, "H100") is None
    second = calibration(project, measured(ttft=120.0), "2026-11-25T10:00:00+00:00")
    assert second.factors["ttft"] == pytest.approx(2.0)  # to the formula's 60 ms, not to the corrected 90
    again = calibrated(project, project.get(Plan).estimates, second)
    assert again[0].typical == pytest.approx(120) and again[0].formula.count("corrected") == 1


def test_what_does_not_fit_corrects_nothing(project):
    assert calibration(project, measured(users=8), "2026") is None
    assert calibration(project, measured(verdict="invalid"), "2026") is None
    with project.changing():
        project.save(Goal(task="classify", sentence="Tell good from bad.", users=4, hardware="H100"))
    assert calibration(project, measured(), "2026") is None
