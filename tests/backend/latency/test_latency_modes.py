"""The modes: more requests while it is too close to call, the limit found, models measured in turns."""

from __future__ import annotations

from itertools import pairwise

import pytest

from backend.errors import InputError
from backend.latency import run_latency
from backend.latency.presets import PRESETS

QUICK_SERVER = {"ttft_s": 0.01, "gap_s": 0.001, "chunks": ("a", "b", "c")}


def test_quick_measures_one_user_first_and_judges_the_ones_asked_for(truth):
    report = run_latency(truth(**QUICK_SERVER).url, "base", mode="quick", users=(6,), targets={"ttft_ms": 5000})
    assert [(level.users, level.role) for level in report.levels] == [(1, "yardstick"), (6, "asked")]
    assert (report.verdict, report.judged_users, report.holds_users) == ("pass", 6, 6)
    assert report.judged.requests == 80


def test_too_close_to_call_goes_on_up_to_a_limit(truth):
    # Every twentieth fails: exactly the share asked for, so no number of requests settles it.
    server = truth(**QUICK_SERVER, fail_every=20)
    seen = []
    report = run_latency(
        server.url, "base", mode="quick", users=(4,), targets={"ttft_ms": 5000}, on_progress=lambda n: seen.append(n.of)
    )
    assert report.verdict == "borderline" and "Too close to call" in report.because
    assert report.judged.requests == 240 and max(seen) > seen[0]
    exact = run_latency(server.url, "base", mode="quick", users=(4,), requests=80, targets={"ttft_ms": 5000})
    assert exact.judged.requests == 80  # a number that was asked for is kept to


def test_a_sweep_finds_the_most_users_that_keep_the_target(truth):
    # Four answers of 100 ms at once; the fifth user waits for a place. By Little's law N > 4 users wait 25 * N ms for
    # an answer if they come evenly (first words after 130 ms for six, 155 for seven), and longer if they come together.
    server = truth(ttft_s=0.08, gap_s=0.02, chunks=("a", "b"), slots=4)
    report = run_latency(server.url, "base", mode="sweep", requests=30, targets={"ttft_ms": 140}, share=0.8)
    closed = {level.users: level for level in report.levels if level.role == "search"}
    assert {1, 2, 4, 8} <= closed.keys() and len(closed) > 4  # doubled, then halved
    assert report.holds_users in (4, 5, 6) and report.verdict == "pass" and report.judged_users == report.holds_users
    assert report.knee_users in (4, 5, 6)
    assert [level.users for level in report.levels if level.rate_rps is None] == sorted(closed)
    assert [level.role for level in report.levels if level.rate_rps is not None] == ["arrivals"]


def test_what_one_model_costs_beside_another_measured_in_turns(truth):
    server = truth(**{**QUICK_SERVER, "gap_s": 0.01}, slow_models={"tuned": 0.01})
    report = run_latency(server.url, "tuned", users=(2,), requests=10, compare=("base",))
    (cost,) = report.comparison
    assert (cost.model, cost.against, cost.users, cost.blocks) == ("tuned", "base", 2, 6)
    assert cost.tpot_ms.low_ms > 5 and cost.tpot_ms.low_percent > 40
    assert cost.tpot_ms.low_ms < cost.tpot_ms.ms < cost.tpot_ms.high_ms
    assert "each further token takes" in cost.because and "more" in cost.because
    turns = [seen.body["model"] for seen in server.seen]
    assert sum(a != b for a, b in pairwise(turns)) >= 6  # in turns, not one after the other
    assert {(level.model, level.role) for level in report.levels[1:]} == {("tuned", "compared"), ("base", "compared")}
    asked = {
        name: {str(s.body["messages"]) for s in server.seen if s.body["model"] == name} for name in ("base", "tuned")
    }
    assert len(asked["base"] & asked["tuned"]) > 50  # the same questions


@pytest.mark.parametrize("name", PRESETS)
def test_presets_ask_something_of_nearly_every_request(name):
    preset = PRESETS[name]
    assert preset.targets.asked and preset.share == 0.99


@pytest.mark.parametrize(
    "arguments",
    [
        {"preset": "chatty"},
        {"preset": "chat", "targets": {"ttft_ms": 3}},
        {"compare": ("base",)},
        {"compare": ("x@http://example.org",)},
        {"compare": ("x@http://127.0.0.2:1",), "api_key": "sk-one"},
        {"input_tokens": 0},
        {"mode": "standard", "users": (40,), "allow_remote": True},
    ],
)
def test_arguments_that_do_not_go_together(arguments):
    with pytest.raises(InputError):
        run_latency("http://127.0.0.1:1", "base", **arguments)
