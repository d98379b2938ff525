"""Servers speak in many ways; what is measured is the same."""

from __future__ import annotations

import json

import pytest

from backend.errors import InputError
from backend.latency import run_latency

FEW = {"users": (2,), "requests": 6, "max_tokens": 5}


def measured(truth, tmp_path, **behaviour):
    server = truth(ttft_s=0.05, gap_s=0.02, **behaviour)
    log = tmp_path / "log.jsonl"
    report = run_latency(server.url, "base", **FEW, request_log=log)
    return server, report.levels[0], [json.loads(line) for line in log.read_text().splitlines()], report


@pytest.mark.parametrize(
    "behaviour",
    [
        {"crlf": True, "pings": True},
        {"crlf": True, "cut_bytes": 5},
        {"empties": True, "usage_in": "each"},
        {"usage_in": "last", "done": False},
        {"usage_in": "timings"},
        {"keep_alive": False},
        {"tools": True},
        {"refuses": ("stream_options", "max_tokens", "temperature"), "usage_in": "each"},
        {"prefix": ""},
        {"lists": False},
    ],
    ids=lambda behaviour: "-".join(behaviour),
)
def test_the_same_is_measured_whatever_the_dialect(truth, tmp_path, behaviour):
    server, level, lines, _ = measured(truth, tmp_path, **behaviour)
    assert (level.requests, level.completed) == (6, 6)
    answered = [seen for seen in server.seen if len(seen.content_ns) == len(server.chunks)][-6:]
    for line in lines:
        assert line["output_tokens"] == 5 and len(line["chunks_ns"]) == 5
        # Each stamp lies between its chunk and the next of the same answer, on the clock both sides share.
        (seen,) = [
            one
            for one in answered
            if line["sent_ns"] <= one.received_ns < one.content_ns[-1] < line["ended_ns"]
            and one.content_ns[0] < line["chunks_ns"][0] < one.content_ns[1]
        ][:1]
        assert all(stamp > sent for stamp, sent in zip(line["chunks_ns"], seen.content_ns, strict=True))
    assert level.tpot_ms.count == 6


def test_what_an_endpoint_refuses_is_left_out_and_said(truth, tmp_path):
    server, _, _, report = measured(truth, tmp_path, refuses=("stream_options", "max_tokens", "temperature"))
    body = server.seen[-1].body
    assert body["max_completion_tokens"] == 5
    assert not {"stream_options", "max_tokens", "temperature"} & body.keys()
    assert len(report.notes) == 3


@pytest.mark.parametrize("key", ["reasoning_content", "reasoning"])
def test_reasoning_is_no_content_but_its_tokens_take_their_time(truth, tmp_path, key):
    _, level, lines, _ = measured(truth, tmp_path, reasoning=4, reasoning_key=key)
    assert level.ttft_ms.p50 >= 50 + 4 * 20
    for line in lines:
        assert line["output_tokens"] == 9 and line["thought_ns"] < line["chunks_ns"][0]
    # From the first thought on: nine tokens, eight gaps.
    assert level.tpot_ms.mean == pytest.approx(
        sum((x["chunks_ns"][-1] - x["thought_ns"]) / 1e6 / 8 for x in lines) / len(lines)
    )


def test_a_rate_limit_is_a_failure_with_its_name(truth, tmp_path):
    _, level, _, report = measured(truth, tmp_path, fail_every=2, fail_status=429)
    assert set(level.failures) <= {"HTTP 429"} and level.completed + level.failed == 6
    assert report.verdict == "borderline"


def test_nonsense_is_said_before_any_load(truth):
    server = truth(quirk="nonsense")
    with pytest.raises(InputError, match="not with the stream"):
        run_latency(server.url, "base", **FEW)
    assert len(server.seen) == 1


def test_sizes_can_be_fixed(truth):
    server = truth(per_word_s=0.0001, caches=True)
    report = run_latency(server.url, "base", users=(1,), requests=3, input_tokens=120, output_tokens=7)
    body = server.seen[-1].body
    assert body["ignore_eos"] and body["min_tokens"] == body["max_tokens"] == 7
    asked = [len(json.dumps(seen.body["messages"]).split()) for seen in server.seen[-3:]]  # the truth server's tokens
    assert all(abs(count - 120) <= 1 for count in asked)
    assert report.levels[0].completed == 3


def test_a_proxy_of_the_environment_is_not_used_for_this_machine(truth, monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert run_latency(truth().url, "base", **FEW).levels[0].completed == 6
