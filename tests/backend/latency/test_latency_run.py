"""Whole latency tests against a server that knows the truth."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from backend.errors import InputError
from backend.latency import read_prompts, run_latency

QUICK = {"users": (2,), "requests": 6, "max_tokens": 5}


def answered(server):
    return [seen for seen in server.seen if len(seen.content_ns) == len(server.chunks)]


def test_measures_what_the_server_did(truth, tmp_path):
    # A role chunk long before the first word, several tokens a chunk, a late [DONE], frames cut inside characters.
    server = truth(ttft_s=0.05, gap_s=0.02, tokens_per_chunk=3, role_chunk_s=0.05, tail_s=0.1, cut_bytes=7)
    log = tmp_path / "requests.jsonl"
    report = run_latency(server.url, "base", users=(1,), requests=5, max_tokens=15, request_log=log)
    level = report.levels[0]
    assert (level.requests, level.completed, level.failed) == (5, 5, 0)
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert len(lines) == 5 and all(line["output_tokens"] == 15 for line in lines)
    for line, seen in zip(lines, answered(server)[-5:], strict=True):
        stamps = line["chunks_ns"]
        assert len(stamps) == len(seen.content_ns)
        # The same clock on both sides: nothing arrives before it was sent, nor after the chunk that came next.
        assert all(stamp > sent for stamp, sent in zip(stamps, seen.content_ns, strict=True))
        assert stamps[0] < line["ended_ns"] - 100e6
        assert line["sent_ns"] <= seen.received_ns
    assert level.ttft_ms.p50 >= 100  # the role chunk came at 0 ms
    assert level.tpot_ms.mean == pytest.approx(
        sum((x["chunks_ns"][-1] - x["chunks_ns"][0]) / 1e6 / 14 for x in lines) / 5
    )
    assert level.inter_chunk_ms.count == 20
    # The late [DONE] is not part of the answer.
    assert level.e2e_ms.mean == pytest.approx(sum((x["chunks_ns"][-1] - x["sent_ns"]) / 1e6 for x in lines) / 5)
    assert all(x["ended_ns"] - x["chunks_ns"][-1] >= 100e6 for x in lines)


def test_users_at_once_prompts_distinct_and_warm_up_not_counted(truth):
    server = truth()
    said = []
    url = server.url + "/v1"
    report = run_latency(url, "tuned", users=(4, 1, 4), requests=8, on_progress=said.append)
    assert [(level.users, level.requests) for level in report.levels] == [(1, 8), (4, 8)]
    assert server.most_at_once == 4
    chats = [json.dumps(seen.body["messages"]) for seen in server.seen]
    assert len(set(chats)) == len(chats) > 16
    body = server.seen[0].body
    assert body["model"] == "tuned" and body["stream"] and body["stream_options"] == {"include_usage": True}
    assert (said[-1].done, said[-1].of, said[-1].growing) == (16, 16, None) and said[-1].levels == report.levels
    assert report.verdict == "borderline" and "No target" in report.because and report.levels[0].within_target is None


def test_few_requests_leave_out_the_usual_levels_they_cannot_fill(truth):
    report = run_latency(truth().url, "base", requests=5)
    assert [(level.users, level.requests) for level in report.levels] == [(1, 5), (4, 5)]


def test_pass_and_fail(truth):
    server = truth(ttft_s=0.01, gap_s=0.001)
    generous = {"ttft_ms": 5000, "tpot_ms": 2000}
    assert run_latency(server.url, "base", users=(4,), requests=80, targets=generous).verdict == "pass"
    server.ttft_s = 1.1
    report = run_latency(server.url, "base", users=(8,), requests=8, targets={"ttft_ms": 1000})
    assert report.verdict == "fail" and report.levels[0].missed == {"ttft": 8}


def test_failures_are_counted(truth):
    server = truth(fail_every=3)
    report = run_latency(server.url, "base", users=(2,), requests=30, targets={"ttft_ms": 5000})
    level = report.levels[0]
    assert level.requests == 30 == level.completed + level.failed
    assert level.failed == pytest.approx(10, abs=1)
    assert level.within_target.good == level.completed
    assert level.failures == {"HTTP 500": level.failed}
    assert report.verdict == "fail"


def test_the_key_is_never_written_down(truth, tmp_path):
    server = truth(fail_every=3, key="sk-very-secret")
    log = tmp_path / "log.jsonl"
    report = run_latency(server.url, "base", **{**QUICK, "requests": 12}, api_key="sk-very-secret", request_log=log)
    assert "boom" in log.read_text()
    assert "sk-very-secret" not in log.read_text() + report.model_dump_json()


@pytest.mark.parametrize(
    ("quirk", "reason"),
    [("cut", "stream was cut"), ("sse-error", "error in the stream"), ("empty", "no content")],
)
def test_broken_answers_are_failures_and_all_of_them_is_invalid(truth, quirk, reason):
    report = run_latency(truth(quirk=quirk).url, "base", **QUICK, targets={"ttft_ms": 500})
    assert report.levels[0].failures == {reason: 6}
    assert report.verdict == "invalid" and reason in report.because
    unknown = dict.fromkeys(("p50", "p90", "p95", "p99", "mean"))
    assert report.levels[0].ttft_ms.model_dump() == {**unknown, "count": 0}


def test_without_usage_tokens_are_unknown_not_guessed(truth):
    report = run_latency(truth(usage=False).url, "base", **QUICK, targets={"tpot_ms": 500})
    level = report.levels[0]
    assert (level.completed, level.tpot_ms.count, level.output_tokens_per_s) == (6, 0, None)
    assert report.verdict == "invalid" and "token count" in report.because


def test_a_rate_sends_on_schedule_and_counts_from_it(truth):
    server = truth(ttft_s=0.05, gap_s=0.0, slots=1)
    free = run_latency(server.url, "base", requests=12, rate=60)
    (level,) = free.levels
    assert level.rate_rps == 60 and level.requests == 12
    assert level.users > 1  # arrivals do not wait for answers
    assert level.response_ms.p50 >= level.e2e_ms.p50
    capped = run_latency(server.url, "base", users=(1,), requests=12, rate=60).levels[0]
    # One at a time: each request is quick once sent, but waited for its turn.
    assert capped.users == 1 and capped.response_ms.p95 > 3 * capped.e2e_ms.p50


@pytest.mark.parametrize(
    ("behaviour", "arguments", "words"),
    [
        ({"quirk": "html"}, {}, "web page"),
        ({"key": "right"}, {"api_key": "wrong"}, "key"),
        ({}, {"model": "llama"}, "base, tuned"),
        ({"quirk": "hang"}, {"timeout_s": 0.3}, "never answers"),
        ({"quirk": "silent-list"}, {"timeout_s": 0.3}, "never answers"),
        ({"quirk": "redirect"}, {}, "refuses the request"),
    ],
)
def test_mistakes_one_can_mend(truth, behaviour, arguments, words):
    with pytest.raises(InputError, match=words):
        run_latency(truth(**behaviour).url, **{"model": "base", **QUICK, **arguments})


@pytest.mark.parametrize(
    ("url", "arguments"),
    [
        ("127.0.0.1:8000", {}),
        ("ftp://127.0.0.1", {}),
        ("http://127.0.0.1:99999", {}),
        ("http://user:pw@127.0.0.1:1", {}),
        ("http://192.0.2.7:8000", {}),
        ("http://example.org", {}),
        ("http://127.0.0.1:1", {}),
        ("http://127.0.0.1:1", {"users": (0,)}),
        ("http://127.0.0.1:1", {"users": ()}),
        ("http://127.0.0.1:1", {"users": (8,), "requests": 4}),
        ("http://127.0.0.1:1", {"share": 1.0}),
        ("http://127.0.0.1:1", {"rate": 0}),
        ("http://127.0.0.1:1", {"api_key_env": "TUNEWISE_NO_SUCH_VARIABLE"}),
        ("http://192.0.2.7:8000", {"allow_remote": True, "users": (100,), "requests": 200}),
    ],
)
def test_arguments_that_cannot_be_used(url, arguments):
    with pytest.raises(InputError):
        run_latency(url, "base", **arguments)


def test_the_key_comes_from_the_named_variable(truth, monkeypatch):
    server = truth(key="sk-abc")
    monkeypatch.setenv("MY_KEY", "sk-abc")
    assert run_latency(server.url, "base", **QUICK, api_key_env="MY_KEY").levels[0].completed == 6


def test_a_cancelled_test_keeps_what_it_measured(truth):
    server, cancel = truth(), threading.Event()

    def stop_soon():
        while len(server.seen) < 12:
            time.sleep(0.01)
        cancel.set()

    threading.Thread(target=stop_soon).start()
    report = run_latency(server.url, "base", users=(1, 8), requests=500, cancel=cancel, targets={"ttft_ms": 500})
    assert report.stopped and report.verdict == "borderline" and "stopped" in report.because
    assert 0 < report.levels[0].requests < 500


def test_ctrl_c_keeps_what_it_measured(truth):
    server = truth()
    code = (  # a shell may have told its background jobs to ignore Ctrl-C
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"
        "from backend.latency import run_latency;"
        "print(run_latency(sys.argv[1], 'base', users=(2,), requests=900).model_dump_json())"
    )
    child = subprocess.Popen([sys.executable, "-c", code, server.url], stdout=subprocess.PIPE, text=True)
    while len(server.seen) < 12:
        time.sleep(0.01)
    os.kill(child.pid, signal.SIGINT)
    printed = json.loads(child.communicate(timeout=30)[0])
    assert printed["stopped"] is True and 0 < printed["levels"][0]["requests"] < 900


def test_prompts_from_files(tmp_path, truth):
    rows = [
        {"prompt": "Hello"},
        {"instruction": "Translate", "input": "Haus", "output": "house"},
        {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]},
    ]
    file = tmp_path / "prompts.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows) + "\n\n")
    assert read_prompts(file) == ("Hello", "Translate\n\nHaus", ({"role": "user", "content": "Hi"},))
    plain = tmp_path / "prompts.txt"
    plain.write_text("One?\n\nTwo?\n")
    assert read_prompts(plain) == ("One?", "Two?")
    server = truth()
    run_latency(server.url, "base", **QUICK, prompts=read_prompts(plain))
    asked = [seen.body["messages"][0]["content"] for seen in server.seen]
    assert asked[:3] == ["One?", "Two?", "(1) One?"] and len(set(asked)) == len(asked)


@pytest.mark.parametrize(
    "text", ["", "{not json", "[1]", '{"answer": "x"}', '{"messages": [{"role": "user"}]}', '{"messages": []}']
)
def test_prompt_files_that_cannot_be_used(tmp_path, text):
    file = tmp_path / "bad.jsonl"
    file.write_text(text)
    with pytest.raises(InputError, match=r"prompt|JSON|message|question"):
        read_prompts(file)
    with pytest.raises(InputError):
        read_prompts(tmp_path / "absent.jsonl")
