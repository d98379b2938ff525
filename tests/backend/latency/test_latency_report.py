"""Percentiles, the contract's shape and the verdict, from records made by hand."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.latency.record import Record
from backend.latency.report import LatencyReport, level, misses_of, percentiles
from backend.latency.targets import Targets
from backend.latency.verdict import decide, lag_allowed_ms, requests_to_pass
from backend.statistics import wilson

MS = 1_000_000


def record(ttft=100.0, gap=10.0, chunks=5, tokens=5, start=0.0, scheduled=None, failure=None, **more) -> Record:
    sent = round(start * MS)
    times = tuple(sent + round((ttft + gap * i) * MS) for i in range(chunks))
    return Record(
        scheduled_ns=sent if scheduled is None else round(scheduled * MS),
        sent_ns=sent,
        ended_ns=(times[-1] if times else sent) + MS,
        chunks_ns=times,
        output_tokens=tokens,
        failure=failure,
        **more,
    )


def summed(records, targets=None, users=1, rate=None, lag=1.0, cpu=0.1):
    return level(records, targets or Targets(), users=users, rate=rate, lags_ms=[lag], cpu=cpu)


def verdict(levels, targets, share=0.95, highest=None, stopped=False):
    return decide(levels, targets, share, highest=highest or levels[-1].users, stopped=stopped)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=400))
def test_percentiles_ascend_and_agree_with_numpy(values):
    found = percentiles(values, requests=300)
    assert min(values) <= found.p50 <= found.p90 <= found.p95 <= found.p99 <= max(values)
    assert [found.p50, found.p90, found.p95, found.p99] == pytest.approx(np.percentile(values, [50, 90, 95, 99]))
    assert found.count == len(values)


@pytest.mark.parametrize(("requests", "given"), [(299, False), (300, True)])
def test_no_p99_under_300_requests(requests, given):
    assert (summed([record() for _ in range(requests)]).ttft_ms.p99 is not None) is given


def test_definitions():
    one = record(ttft=120, gap=10, chunks=5, tokens=9, start=1000, scheduled=700)
    assert one.ttft_ms == 120
    assert one.e2e_ms == 160
    assert one.response_ms == 460
    assert one.tpot_ms == pytest.approx(40 / 8)  # tokens, not chunks
    assert one.gaps_ms == pytest.approx((10, 10, 10, 10))
    assert record(chunks=1, tokens=1).tpot_ms is None
    assert record(tokens=None).tpot_ms is None
    assert record(chunks=1, tokens=9).tpot_ms is None  # in one piece: no time per token, not one of nothing
    thought = record(ttft=120, gap=10, chunks=5, tokens=9, thought_ns=80 * MS)  # reasoning from 80 ms to 120 ms
    assert thought.tpot_ms == pytest.approx((160 - 80) / 8) and thought.ttft_ms == 120
    assert record(tokens=9, hidden_tokens=4).tpot_ms == pytest.approx(40 / 4)


def test_failures_are_not_within_target_and_in_no_percentile():
    records = [record(start=i * 200) for i in range(9)] + [record(failure="HTTP 500: boom", chunks=0, tokens=None)]
    found = summed(records, Targets(ttft_ms=150))
    assert (found.requests, found.completed, found.failed) == (10, 9, 1)
    assert found.ttft_ms.count == 9
    assert (found.within_target.good, found.within_target.of) == (9, 10)
    assert (found.within_target.low, found.within_target.high) == (wilson(9, 10).low, wilson(9, 10).high)
    assert found.failures == {"HTTP 500": 1}
    assert found.goodput_rps == pytest.approx(found.requests_per_s)


def test_throughput_is_over_the_whole_window():
    found = summed([record(start=0, tokens=5), record(start=500, tokens=5)])
    window_s = (500 + 140 + 1) / 1000
    assert found.output_tokens_per_s == pytest.approx(10 / window_s)
    assert found.requests_per_s == pytest.approx(2 / window_s)


def test_time_between_two_stretches_of_load_is_not_counted():
    records = [record(start=0, tokens=5), record(start=9000, tokens=5)]
    found = level(records, Targets(), users=1, rate=None, lags_ms=[], cpu=0.1, begins=[0, 1])
    assert found.output_tokens_per_s == pytest.approx(10 / (2 * 0.141))


def test_waiting_for_our_own_turn_counts_against_the_target():
    late = record(ttft=100, start=1000, scheduled=0)
    assert misses_of(late, Targets(ttft_ms=300)) == ("ttft",)
    assert misses_of(record(ttft=100), Targets(ttft_ms=300, tpot_ms=5)) == ("tpot",)


def test_the_json_is_the_contract():
    levels = (summed([record()], Targets(ttft_ms=150)), summed([record()], rate=2.0, users=None))
    report = LatencyReport(
        endpoint="http://127.0.0.1:1", model="m", levels=levels, verdict="pass", because="so",
        targets=Targets(ttft_ms=150), share=0.95, stopped=False,
    )  # fmt: skip
    printed = json.loads(report.model_dump_json())
    assert {"endpoint", "model", "levels", "verdict", "because"} <= printed.keys()
    contract = {
        "users", "requests", "completed", "failed", "ttft_ms", "tpot_ms", "inter_chunk_ms", "e2e_ms",
        "output_tokens_per_s", "requests_per_s", "goodput_rps", "within_target", "client",
    }  # fmt: skip
    first, second = printed["levels"]
    assert contract <= first.keys()
    assert not {"rate_rps", "response_ms"} & first.keys()
    assert second["rate_rps"] == 2.0 and second["response_ms"]["count"] == 1
    assert first["ttft_ms"].keys() == {"p50", "p90", "p95", "p99", "mean", "count"}
    assert first["ttft_ms"]["p99"] is None
    assert first["within_target"].keys() == {"good", "of", "low", "high"}
    assert first["client"].keys() == {"loop_lag_p99_ms", "cpu"}
    assert LatencyReport.model_validate_json(report.model_dump_json()) == report


def mix(good, bad, users=4, **more):
    return summed([record(ttft=100)] * good + [record(ttft=900)] * bad, Targets(ttft_ms=300), users=users, **more)


@pytest.mark.parametrize(
    ("good", "bad", "expected"), [(73, 0, "pass"), (72, 0, "borderline"), (96, 4, "borderline"), (10, 90, "fail")]
)
def test_verdict_needs_evidence(good, bad, expected):
    found, because = verdict([mix(good, bad)], Targets(ttft_ms=300))
    assert found == expected
    assert f"{good} of {good + bad}" in because


@given(st.integers(0, 300), st.integers(0, 300), st.floats(0.5, 0.99))
def test_pass_and_fail_are_what_the_bounds_say(good, bad, share):
    if good + bad == 0:
        return
    bounds = wilson(good, good + bad)
    expected = "pass" if bounds.low >= share else "fail" if bounds.high < share else "borderline"
    assert verdict([mix(good, bad)], Targets(ttft_ms=300), share)[0] == expected


def test_a_failure_names_the_cause_and_what_still_holds():
    found, because = verdict([mix(100, 0, users=1), mix(20, 80, users=8)], Targets(ttft_ms=300))
    assert found == "fail"
    assert "first words too late in 80" in because and "does hold with 1 user" in because


def test_too_few_requests_says_how_many():
    assert requests_to_pass(0.95) == 73 and requests_to_pass(0.95, misses=1) > 73
    assert "at least 73 requests" in verdict([mix(40, 0)], Targets(ttft_ms=300))[1]


@pytest.mark.parametrize("more", [{"cpu": 0.95}, {"lag": 31.0}])
def test_a_busy_client_makes_the_test_invalid(more):
    assert verdict([mix(100, 0, **more)], Targets(ttft_ms=300))[0] == "invalid"


def test_tolerable_lag_follows_the_target():
    assert lag_allowed_ms(Targets(ttft_ms=300)) == 30
    assert lag_allowed_ms(Targets(ttft_ms=10)) == 5
    assert lag_allowed_ms(Targets(e2e_ms=2000, tpot_ms=50)) == 50


def test_what_cannot_be_judged_is_not_judged():
    assert verdict([mix(10, 0)], Targets())[0] == "borderline"
    assert decide([], Targets(ttft_ms=1), 0.95, highest=4, stopped=True)[0] == "borderline"
    assert verdict([mix(100, 0, users=1)], Targets(ttft_ms=300), highest=8, stopped=True)[0] == "borderline"
    nothing = summed([record(failure="HTTP 500: x", chunks=0)] * 5, Targets(ttft_ms=300))
    assert verdict([nothing], Targets(ttft_ms=300))[0] == "invalid"
    untold = summed([record(tokens=None)] * 100, Targets(tpot_ms=50))
    assert verdict([untold], Targets(tpot_ms=50))[0] == "invalid"
    in_one = summed([record(chunks=1, tokens=9)] * 100, Targets(tpot_ms=50))
    assert verdict([in_one], Targets(tpot_ms=50))[0] == "invalid"
