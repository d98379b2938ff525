"""A little of the chaos: some dozen kills, nothing lost, nothing shared, nothing different. By hand take 300."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow


def test_killed_at_random_nothing_is_lost(tmp_path):
    told = tmp_path / "report.json"
    command = [sys.executable, "-m", "benchmarks.chaos", "--kills", "20", "--json", str(told)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    report = json.loads(told.read_text())
    assert report["kills"] >= 20 and report["wrong"] == [] and report["runs"] >= 4
