"""Go, no-go and not yet: each for its reason, and nothing waived that can't be."""

from __future__ import annotations

from dataclasses import replace

import pytest
from report_sample import waivable_rule

from backend.domain import LatencyRecord
from backend.report.given import ReportInput
from backend.report.verdict import verdict
from rules.judge import Verdict


def with_target(given: ReportInput, target: float) -> ReportInput:
    return replace(given, goal=given.goal.model_copy(update={"target": target}))


def with_latency(given: ReportInput, told: str) -> ReportInput:
    record = LatencyRecord(
        report={**given.latency.report, "verdict": told, "because": "It was slow."}, targets={}, share=0.9
    )
    return replace(given, latency=record)


def test_go_says_by_how_much_how_fast_and_who_stood_in(full):
    conclusion, reasons = verdict(full)
    assert conclusion == "go"
    told = " ".join(reasons)
    assert "accuracy: better by 22.0 points (95% interval 15.5 to 28.2, 400 rows)" in told
    assert "The target of 75.0% is met" in told and "210 requests" in told
    assert "Waived in writing: personal-data" in told
    assert "Done by the demo, not by a person: review and sign-off, reading the outputs" in told


def test_an_open_block_is_no_go_with_what_to_do(full):
    conclusion, reasons = verdict(replace(full, waivers=()))
    assert (conclusion, reasons) == ("no-go", ("12 rows hold e-mail addresses. Take them out. [personal-data]",))


def test_a_waiver_does_not_help_where_none_is_allowed(full):
    given = replace(full, verdicts=(waivable_rule("personal-data", waivable=False),))
    assert verdict(given)[0] == "no-go"


@pytest.mark.parametrize(
    "step",
    ["goal", "dataset", "audit", "split", "trials", "plan", "signoff", "run", "evaluation", "deployment", "latency"],
)
def test_a_missing_step_is_not_yet(full, step):
    conclusion, reasons = verdict(replace(full, **{step: None}))
    assert conclusion == "not yet"
    assert reasons[0].startswith("Not done yet, or out of date: ")


def test_a_project_just_begun_is_not_yet():
    assert verdict(ReportInput(name="new"))[0] == "not yet"


def test_a_failed_latency_test_is_no_go_unless_waived(full):
    failed = with_latency(full, "fail")
    assert verdict(failed) == ("no-go", ("The latency test failed: It was slow.",))
    waiver = full.waivers[0].model_copy(update={"rule": "misses-latency-target"})
    assert verdict(replace(failed, waivers=(*full.waivers, waiver)))[0] == "go"


@pytest.mark.parametrize("told", ["borderline", "invalid"])
def test_a_latency_test_that_cannot_tell_is_not_yet(full, told):
    assert verdict(with_latency(full, told)) == ("not yet", (f"The latency test can't tell ({told}): It was slow.",))


@pytest.mark.parametrize(
    ("target", "conclusion", "said"),
    [
        (0.90, "no-go", "The target of 90.0% is missed"),
        (0.83, "not yet", "Whether the target of 83.0% is met can't be told"),
        (0.80, "go", "likely, not sure"),
        (0.70, "go", "The target of 70.0% is met"),
    ],
)
def test_the_target_is_held_against_the_interval(full, target, conclusion, said):
    got, reasons = verdict(with_target(full, target))
    assert got == conclusion
    assert said in " ".join(reasons)
    assert ("not sure" in " ".join(reasons)) == (target == 0.80)


def test_a_broken_rule_vouches_for_nothing(full):
    broken = Verdict(full.verdicts[1].rule, "broken", trouble="ZeroDivisionError")
    conclusion, reasons = verdict(replace(full, verdicts=(*full.verdicts, broken)))
    assert conclusion == "not yet" and broken.rule.id in reasons[0]
