"""When a measurement is not to be believed, cut short, or says why the wait is long."""

from __future__ import annotations

import json
import os
import signal
import ssl
import subprocess
import sys
import time

import pytest

from backend.errors import InputError
from backend.latency import run_latency

FEW = {"users": (2,), "requests": 12, "max_tokens": 5}


def test_an_endpoint_that_changes_makes_the_test_invalid(truth):
    server = truth(fingerprints=("fp_a", "fp_b"), fingerprint_for=9)
    report = run_latency(server.url, "base", **FEW, targets={"ttft_ms": 5000})
    assert report.verdict == "invalid" and "fp_b" in report.because


def test_prompts_asked_by_an_earlier_test_are_made_new(truth):
    server = truth(ttft_s=0.1, caches=True)
    prompts = [f"Question {n} about one and the same thing" for n in range(40)]
    first = run_latency(server.url, "base", **FEW, prompts=prompts)
    again = run_latency(server.url, "base", **FEW, prompts=prompts)
    assert first.levels[0].ttft_ms.p50 > 100 and again.levels[0].ttft_ms.p50 > 100  # not the cache's millisecond
    assert any("met these prompts before" in note for note in again.notes)


def test_a_warm_cache_makes_the_test_invalid(truth):
    server = truth(caches=True)
    server.known = type("Everything", (set,), {"__contains__": lambda *_: True})()  # it claims to know every prompt
    report = run_latency(server.url, "base", **FEW, targets={"ttft_ms": 5000})
    assert report.verdict == "invalid" and "prompt cache was warm" in report.because


def test_the_servers_own_account_names_the_cause(truth):
    server = truth(metrics=True, slots=1, ttft_s=0.4)
    report = run_latency(server.url, "base", users=(4,), requests=12, max_tokens=5, targets={"ttft_ms": 600})
    assert report.verdict == "fail"
    assert (report.cause.kind, report.cause.source) == ("queueing", "server metrics")
    assert report.cause.shares["queueing"] > report.cause.shares["prefill"] > report.cause.shares["decode"]
    assert report.cause.advice


def test_an_endpoint_that_dies_half_way_ends_the_test_and_keeps_what_was_measured(truth, tmp_path):
    server, log = truth(dies_after=30), tmp_path / "log.jsonl"
    report = run_latency(server.url, "base", users=(2,), requests=900, targets={"ttft_ms": 5000}, request_log=log)
    assert report.stopped and report.verdict == "invalid"
    assert "stopped answering after" in report.because and "start it again" in report.because
    assert 20 <= report.levels[0].completed <= 30 and report.levels[0].requests < 60
    assert len(log.read_text().splitlines()) == report.levels[0].requests


def test_killing_the_measuring_process_keeps_what_was_measured(truth):
    server = truth()
    own = set(children())

    def kill_it(news):
        if news.done >= 8:
            for pid in set(children()) - own:
                os.kill(pid, signal.SIGKILL)

    report = run_latency(server.url, "base", users=(2,), requests=900, on_progress=kill_it)
    assert report.stopped and "SIGKILL" in report.cut_short
    assert 8 <= report.levels[0].requests < 900


def test_killing_the_caller_leaves_the_log_and_no_process(truth, tmp_path):
    server, log = truth(), tmp_path / "log.jsonl"
    code = (
        "import sys; from pathlib import Path; from backend.latency import run_latency;"
        "run_latency(sys.argv[1], 'base', users=(2,), requests=9000, request_log=Path(sys.argv[2]))"
    )
    caller = subprocess.Popen([sys.executable, "-c", code, server.url, str(log)])
    wait_for(lambda: log.exists() and log.read_text().count("\n") >= 5)
    (meter,) = children(caller.pid)
    caller.kill()
    caller.wait()
    assert all(json.loads(line)["status"] == 200 for line in log.read_text().splitlines()[:5])
    wait_for(lambda: not running(meter))


def test_a_certificate_nobody_vouches_for_is_refused_until_it_is_named(truth, tmp_path, monkeypatch):
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    server = truth(ssl=context)
    with pytest.raises(InputError, match="certificate is not trusted") as refused:
        run_latency(server.url, "base", **FEW)
    assert "SSL_CERT_FILE" in refused.value.do
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert run_latency(server.url, "base", **FEW).levels[0].completed == 12


def children(parent: int | None = None) -> list[int]:
    found = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(parent or os.getpid())], capture_output=True, text=True
    )
    return [int(line.split()[0]) for line in found.stdout.splitlines() if "backend.latency.meter" in line]


def running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_for(what) -> None:
    until = time.monotonic() + 30
    while not what():
        assert time.monotonic() < until, "waited 30 s"
        time.sleep(0.02)
