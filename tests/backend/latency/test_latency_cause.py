"""What a long wait is put down to, from the server's own figures and without them; the knee; what a page says."""

from __future__ import annotations

import pytest
from test_latency_report import record, summed

from backend.latency.cause import find_cause
from backend.latency.knee import holds_users, knee_users
from backend.latency.metrics import ServerSide, parse, server_side
from backend.latency.targets import Targets

TTFT, TPOT, E2E = Targets(ttft_ms=50), Targets(tpot_ms=5), Targets(e2e_ms=100)


def at(users, targets, ttft=100.0, gap=10.0):
    return summed([record(ttft=ttft, gap=gap, start=i * 200) for i in range(20)], targets, users=users)


def cause(level, alone=None, targets=TTFT, side=None, client=False):
    return find_cause(level, alone, targets, side or ServerSide(), client)


@pytest.mark.parametrize(
    ("targets", "side", "kind"),
    [
        (TTFT, ServerSide(queue_ms=80, prefill_ms=15, decode_ms=900), "queueing"),
        (TTFT, ServerSide(queue_ms=2, prefill_ms=95, decode_ms=900), "prefill"),
        (TPOT, ServerSide(queue_ms=80, prefill_ms=15, decode_ms=40), "decode"),
        (E2E, ServerSide(queue_ms=8, prefill_ms=15, decode_ms=90), "decode"),
        (TTFT, ServerSide(queue_ms=2, prefill_ms=95, decode_ms=9, preemptions=4), "queueing"),
    ],
)
def test_from_the_servers_figures(targets, side, kind):
    found = cause(at(8, targets), targets=targets, side=side)
    assert (found.kind, found.source) == (kind, "server metrics")
    assert found.shares and found.advice


@pytest.mark.parametrize(
    ("level", "alone", "targets", "kind"),
    [
        (at(8, TTFT, ttft=400), at(1, TTFT, ttft=60), TTFT, "queueing"),
        (at(8, TTFT, ttft=70), at(1, TTFT, ttft=60), TTFT, "prefill"),
        (at(8, TPOT), at(1, TPOT), TPOT, "decode"),
        (at(8, E2E, ttft=20, gap=30), at(1, E2E, ttft=20, gap=10), E2E, "decode"),
    ],
)
def test_from_how_the_waits_grew(level, alone, targets, kind):
    found = cause(level, alone, targets)
    assert (found.kind, found.source) == (kind, "inferred")


def test_failures_and_our_own_part_come_first():
    failing = summed([record(failure="HTTP 500: x", chunks=0)] * 9 + [record(ttft=10)], TTFT)
    assert cause(failing).kind == "failures"
    assert cause(at(8, TTFT), client=True).kind == "client"
    assert cause(at(8, Targets(ttft_ms=500)), targets=Targets(ttft_ms=500)) is None


PAGE = """# HELP vllm:request_queue_time_seconds how long
vllm:request_queue_time_seconds_bucket{{engine="0",le="0.3"}} 3
vllm:request_queue_time_seconds_sum{{engine="0"}} {queue}
vllm:request_queue_time_seconds_count{{engine="0"}} {count}
vllm:request_queue_time_seconds_sum{{engine="1"}} 1.0
vllm:num_requests_waiting{{engine="0"}} {waiting}
vllm:prefix_cache_queries_total{{engine="0"}} {asked}
vllm:prefix_cache_hits_total{{engine="0"}} 100
vllm:kv_cache_usage_perc NaN
"""


def test_a_page_of_metrics_is_read_as_what_it_grew_by():
    looks = [
        parse(PAGE.format(queue=2.0, count=10, waiting=0, asked=1000)),
        parse(PAGE.format(queue=3.0, count=12, waiting=4, asked=1500)),
        parse(PAGE.format(queue=6.0, count=20, waiting=0, asked=2000)),
    ]
    side = server_side(looks)
    assert side.queue_ms == pytest.approx(400)
    assert (side.waiting, side.waiting_share, side.cache_hits) == (2.0, 0.5, 0.0)
    assert side.prefill_ms is None and side.cache_full is None
    assert server_side(looks[:1]) == ServerSide() == server_side([]) and not ServerSide().tells


def scaled(users, rps, tpot=10.0):
    records = [record(gap=tpot, start=1000 * i / rps, ttft=10) for i in range(40)]
    return summed(records, Targets(ttft_ms=50), users=users)


def test_the_knee_is_where_throughput_stops_growing_or_tokens_slow_down():
    levels = [scaled(1, 5), scaled(2, 10), scaled(4, 19), scaled(8, 20)]
    assert knee_users(levels) == 4
    assert knee_users(levels[:3]) is None and knee_users(levels[:2]) is None
    assert knee_users([scaled(1, 5), scaled(2, 10), scaled(4, 20, tpot=18)]) == 2


def test_it_holds_up_to_the_first_failure():
    good, bad = [record(ttft=10)] * 100, [record(ttft=90)] * 100
    levels = [summed(good, TTFT, users=1), summed(bad, TTFT, users=2), summed(good, TTFT, users=4)]
    assert holds_users(levels, 0.95) == 1
    assert holds_users(levels[1:], 0.95) is None
