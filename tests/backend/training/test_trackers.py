"""A tracker is told of a run on this computer, is refused in time where it is missing, and never ends a run."""

from __future__ import annotations

import json
import os
import sqlite3

import pytest

from backend.audit.hide import hide_keys
from backend.errors import InputError
from backend.events import Done, Tracked, read
from backend.training import launch, trackers, worker
from tests.backend.training.watch import finish

TOKEN = "hf_abcdefghijklmnopqrstuvwxyz0123456789"


def test_a_missing_or_unknown_tracker_is_refused_with_what_to_install(monkeypatch):
    monkeypatch.setattr(trackers, "find_spec", lambda name: None)
    with pytest.raises(InputError, match="wandb is not installed") as refused:
        trackers.refuse_missing("wandb", False)
    assert "pip install wandb" in refused.value.do
    with pytest.raises(InputError, match="no tracker named 'excel'"):
        trackers.refuse_missing("excel", False)
    trackers.refuse_missing("none", True)


def test_online_it_must_be_told_where_to(monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.setattr(trackers, "find_spec", lambda name: object())
    with pytest.raises(InputError, match="not told where to"):
        trackers.refuse_missing("mlflow", True)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "https://tracking.example")
    trackers.refuse_missing("mlflow", True)


@pytest.mark.parametrize("tracker", trackers.PACKAGES)
def test_unless_asked_nothing_points_away_from_this_computer(tracker, tmp_path, monkeypatch):
    elsewhere = {name: "https://elsewhere.example" for name in trackers.AWAY[tracker]}
    monkeypatch.setattr(os, "environ", {**os.environ, **elsewhere})
    trackers.settle(tracker, False, tmp_path / "project" / "runs" / "r1")
    assert "elsewhere" not in str(os.environ)
    assert os.environ.get("WANDB_MODE", "offline") == "offline"
    assert os.environ.get("MLFLOW_TRACKING_URI", "sqlite:///").startswith("sqlite:///")
    assert str(tmp_path) in str(dict(os.environ))


def test_keys_of_the_environment_and_passwords_in_links_are_not_told(monkeypatch):
    monkeypatch.setenv("WANDB_API_KEY", "0123456789abcdef")
    told = hide_keys("no 0123456789abcdef at https://bob:hunter2@host:5000/api and http://host:5000/a@b")
    assert told == "no [secret] at https://[secret]@host:5000/api and http://host:5000/a@b"


@pytest.mark.slow
def test_trackio_is_told_of_curves_on_this_computer_and_of_no_token(prepared, tmp_path, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("TRACKIO_SPACE_ID", "somebody/elsewhere")
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    run_dir = prepared(tmp_path / "project" / "runs" / "told", tracker="trackio", epochs=1, preflight_steps=0)
    launch.start(run_dir)
    events = finish(run_dir)
    assert isinstance(events[-1], Done), (run_dir / "worker.log").read_text()[-2000:]
    (tracked,) = [event for event in events if isinstance(event, Tracked)]
    assert not tracked.trouble and "trackio show --project tunewise-project" in tracked.see
    with sqlite3.connect(run_dir.parent / "tracker" / "trackio" / "tunewise-project.db") as db:
        rows = [json.loads(row) for (row,) in db.execute("select metrics from metrics where run_name = ?", ("told",))]
    assert [sum(name in row for row in rows) for name in ("train/loss", "eval/score")] == [6, 2]
    assert {"train/grad_norm", "train/learning_rate", "train/tokens_per_s", "train/memory_gib"} <= set(rows[0])
    written = b"".join(file.read_bytes() for file in run_dir.parent.rglob("*") if file.is_file())
    assert TOKEN.encode() not in written


@pytest.mark.slow
def test_a_tracker_that_fails_is_named_once_and_the_run_goes_on(prepared, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "environ", dict(os.environ))
    run_dir = prepared(tmp_path / "project" / "runs" / "told", tracker="trackio", epochs=1, preflight_steps=0)
    (run_dir.parent / "tracker").write_text("no folder, so nothing can be written into it")
    assert worker.main([str(run_dir)]) == 0
    events = read(run_dir / "events.jsonl")[0]
    (tracked,) = [event for event in events if isinstance(event, Tracked)]
    assert "Error" in tracked.trouble and isinstance(events[-1], Done) and events[-1].steps == 6
    assert launch.result(run_dir).why == "finished"
