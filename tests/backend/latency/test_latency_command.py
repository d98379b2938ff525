"""`tunewise latency` against a server that knows the truth: the contract's JSON and exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from advisor.cli import execute
from benchmarks.truth_server import TruthServer

LEVEL = {
    "users", "requests", "completed", "failed", "ttft_ms", "tpot_ms", "inter_chunk_ms", "e2e_ms", "output_tokens_per_s",
    "requests_per_s", "goodput_rps", "within_target", "client",
}  # fmt: skip
PERCENTILES = {"p50", "p90", "p95", "p99", "mean", "count"}


def latency(truth: TruthServer, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = execute(["latency", truth.url, "--model", "tuned", "--users", "4", *arguments])
    return code, capsys.readouterr().out


@pytest.mark.parametrize(
    ("requests", "target", "verdict", "code"),
    [("80", "e2e=30s", "pass", 0), ("16", "e2e=500ms", "fail", 3), ("8", "e2e=30s", "borderline", 4)],
)
def test_verdict_exit_code_and_json(
    requests: str,
    target: str,
    verdict: str,
    code: int,
    truth: Callable[..., TruthServer],
    capsys: pytest.CaptureFixture[str],
):
    server = truth(ttft_s=1.0 if verdict == "fail" else 0.03)
    given = latency(server, capsys, "--requests", requests, "--target", target, "--json", "-")
    report = json.loads(given[1])
    assert (given[0], report["verdict"]) == (code, verdict)
    (level,) = report["levels"]
    assert set(level) >= LEVEL
    assert set(level["ttft_ms"]) == PERCENTILES
    assert level["requests"] == level["completed"] + level["failed"] == int(requests)
    assert report["because"] and report["endpoint"] and report["model"] == "tuned"


def test_in_words_with_a_key_and_prompts_from_a_file(
    truth: Callable[..., TruthServer],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
):
    monkeypatch.setenv("MY_KEY", "a-secret-key")
    (tmp_path / "prompts.txt").write_text("Say hello.\nSay goodbye.\n")
    server = truth(key="a-secret-key")
    code, said = latency(
        server, capsys, "--requests", "8", "--api-key-env", "MY_KEY", "--prompts", str(tmp_path / "prompts.txt")
    )
    assert code == 4  # without a target nothing can pass
    assert "No target was given" in said
    assert "a-secret-key" not in said
    assert server.seen[0].body["messages"][0]["content"] == "Say hello."


def test_a_wrong_model_is_the_persons_to_mend(truth: Callable[..., TruthServer], capsys: pytest.CaptureFixture[str]):
    assert execute(["latency", truth().url, "--model", "gpt-9", "--json", "-"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "gpt-9" in captured.err


def test_modes_comparison_and_cause_in_words_and_in_json(
    truth: Callable[..., TruthServer], capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    server = truth(ttft_s=0.2, gap_s=0.01, slow_models={"tuned": 0.01}, metrics=True)
    code, said = latency(
        server, capsys, "--mode", "quick", "--requests", "12", "--target", "ttft=100ms", "--compare", "base",
        "--request-log", str(tmp_path / "log.jsonl"), "--json", str(tmp_path / "out.json"),
    )  # fmt: skip
    report = json.loads((tmp_path / "out.json").read_text())
    assert (code, report["verdict"], report["mode"], report["judged_users"]) == (3, "fail", "quick", 4)
    assert report["cause"]["kind"] == "prefill" and "Where the time goes: prefill (server metrics)" in said
    assert all(advice in said for advice in report["cause"]["advice"])
    assert report["comparison"][0]["tpot_ms"]["low_ms"] > 0 and "'tuned' beside 'base'" in said
    counted = sum(level["requests"] for level in report["levels"])
    assert len((tmp_path / "log.jsonl").read_text().splitlines()) == counted


def test_another_machine_needs_an_explicit_yes(capsys: pytest.CaptureFixture[str]):
    assert execute(["latency", "http://192.0.2.7:8000", "--model", "m"]) == 2
    assert "--remote" in capsys.readouterr().err
