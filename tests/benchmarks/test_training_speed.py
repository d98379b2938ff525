"""The benchmark of training speed trains as a run does: it must keep up with the trainer."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest


@pytest.mark.slow
def test_our_trainer_runs_in_the_benchmark_on_a_tiny_model(tmp_path):
    told = ["--one", "ours", "--shape", "tiny", "--rows", "reviews", "--steps", "4", "--warm", "1", "--batch", "4"]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.training_speed", *told, "--out", str(tmp_path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    found = json.loads(line.removeprefix("RESULT "))
    assert len(found["step_s"]) == 3 and len(found["losses"]) == 4
