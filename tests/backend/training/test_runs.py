"""Whole runs on the tiny model, each in a process of its own: killed, stopped, spoilt, resumed."""

from __future__ import annotations

import json
import os
import signal
import time

import psutil
import pytest
from safetensors.torch import load_file

from backend.errors import InputError
from backend.events import Done, Failed, Phase, Progress, Resumed, Saved, Trial, Validated, follow, read
from backend.models.folder import inspect
from backend.training import launch

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _one_thread(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


@pytest.fixture(scope="module")
def undisturbed(prepared, tmp_path_factory):
    """A run that nobody disturbed, to compare with."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMP_NUM_THREADS", "1")
        run_dir = prepared(tmp_path_factory.mktemp("runs") / "undisturbed")
        launch.start(run_dir)
        finish(run_dir)
    return run_dir


def finish(run_dir):
    """Follow to the end; the events of the whole run."""
    return list(follow(run_dir / "events.jsonl", lambda: launch.alive(run_dir), poll_s=0.05))


def wait_for(run_dir, what, count=1):
    deadline = time.monotonic() + 300
    while sum(isinstance(event, what) for event in read(run_dir / "events.jsonl")[0]) < count:
        assert launch.alive(run_dir), (run_dir / "worker.log").read_text()[-2000:]
        assert time.monotonic() < deadline
        time.sleep(0.01)


def kill(run_dir):
    os.kill(json.loads((run_dir / "worker.json").read_text())["pid"], signal.SIGKILL)
    while launch.alive(run_dir):
        time.sleep(0.01)


def adapter(run_dir):
    return load_file(run_dir / "adapter" / "adapter_model.safetensors")


def same(first, second) -> bool:
    return first.keys() == second.keys() and all((first[name] == second[name]).all() for name in first)


def test_an_undisturbed_run_learns_validates_saves_and_leaves_a_result(undisturbed, tiny_model):
    events = finish(undisturbed)
    steps = [event for event in events if isinstance(event, Progress)]
    assert [event.step for event in steps] == list(range(1, 13)) and {event.of for event in steps} == {12}
    assert steps[-1].loss < steps[0].loss and steps[-1].tokens_per_s > 0 and steps[-1].memory_gib > 0.1
    validated = [event for event in events if isinstance(event, Validated)]
    assert [event.step for event in validated] == [3, 6, 9, 12]
    assert validated[0].best and validated[0].score is not None and validated[0].metric == "accuracy"
    assert [event.step for event in events if isinstance(event, Saved)] == [3, 6, 9, 12]
    assert isinstance(events[-1], Done) and events[-1].why == "finished" and launch.status(undisturbed) == "done"
    result = launch.result(undisturbed)
    assert result.signed == "abc" and result.rows == 48 and result.rows_left_out == 0
    assert result.facts.steps == 12 and result.facts.used_best_checkpoint
    assert result.facts.best_validation_loss == pytest.approx(min(event.loss for event in validated))
    assert (result.facts.largest_logit_change or 0) > 0.1
    assert result.trainable_parameters == inspect(tiny_model).shape.adapter_parameters(rank=4)
    assert {path.suffix for path in (undisturbed / "adapter").iterdir()} == {".safetensors", ".json", ".md"}


def test_killed_anywhere_and_resumed_it_ends_with_the_same_adapter(undisturbed, prepared, tmp_path):
    run_dir = prepared(tmp_path / "killed")
    for count in (4, 8):  # after these many steps: in the first and in the second epoch
        launch.start(run_dir)
        wait_for(run_dir, Progress, count)
        kill(run_dir)
        assert launch.status(run_dir) == "failed"
        assert isinstance(finish(run_dir)[-1], Failed)
    launch.resume(run_dir)
    events = finish(run_dir)
    assert any(isinstance(event, Resumed) for event in events)
    assert isinstance(events[-1], Done) and launch.status(run_dir) == "done"
    assert same(adapter(run_dir), adapter(undisturbed))
    assert launch.result(run_dir).facts == launch.result(undisturbed).facts


def test_resuming_passes_over_a_spoilt_checkpoint(undisturbed, prepared, tmp_path):
    run_dir = prepared(tmp_path / "spoilt")
    launch.start(run_dir)
    wait_for(run_dir, Saved, 2)
    kill(run_dir)
    newest = max((run_dir / "checkpoints").glob("checkpoint-*"), key=lambda path: int(path.name.split("-")[1]))
    content = bytearray((newest / "adapter_model.safetensors").read_bytes())
    content[-1] ^= 1
    (newest / "adapter_model.safetensors").write_bytes(content)
    launch.resume(run_dir)
    events = finish(run_dir)
    (told,) = [event for event in events if isinstance(event, Phase) and event.name == "checking"]
    assert newest.name in told.detail
    assert list((run_dir / "checkpoints").glob("*.torn"))
    assert same(adapter(run_dir), adapter(undisturbed))


def test_asked_to_stop_it_saves_and_can_go_on(undisturbed, prepared, tmp_path):
    run_dir = prepared(tmp_path / "stopped")
    launch.start(run_dir)
    with pytest.raises(InputError, match="already going"):
        launch.start(run_dir)
    wait_for(run_dir, Progress, 4)
    launch.stop(run_dir)
    events = finish(run_dir)
    assert isinstance(events[-1], Done) and events[-1].why == "stopped" and events[-1].steps < 12
    assert launch.status(run_dir) == "stopped" and launch.result(run_dir).why == "stopped"
    assert (run_dir / "checkpoints" / f"checkpoint-{events[-1].steps}" / "MANIFEST.json").exists()
    launch.stop(run_dir)  # nobody there any more: harmless
    launch.resume(run_dir)
    assert finish(run_dir)[-1].why == "finished"
    assert same(adapter(run_dir), adapter(undisturbed))
    with pytest.raises(InputError, match="finished"):
        launch.start(run_dir)


def test_early_stopping_keeps_the_best_checkpoint(prepared, tmp_path):
    run_dir = prepared(tmp_path / "early", early_stopping=True, patience=1, learning_rate=0.09, clip=100.0, epochs=8)
    launch.start(run_dir)
    events = finish(run_dir)
    assert isinstance(events[-1], Done) and events[-1].why == "early stopping" and events[-1].steps < 48
    best = min((event for event in events if isinstance(event, Validated)), key=lambda event: event.loss)
    result = launch.result(run_dir)
    assert result.facts.used_best_checkpoint and result.facts.best_validation_loss == best.loss
    kept = load_file(run_dir / "checkpoints" / f"checkpoint-{best.step}" / "adapter_model.safetensors")
    assert same(adapter(run_dir), kept)


def test_the_search_tries_the_given_settings_first_and_trains_with_the_best(prepared, tmp_path):
    run_dir = prepared(tmp_path / "search", search_trials=3, search_steps=4)
    launch.start(run_dir)
    wait_for(run_dir, Trial, 1)
    kill(run_dir)
    launch.resume(run_dir)
    events = finish(run_dir)
    assert isinstance(events[-1], Done), events[-1]
    trials = [event for event in events if isinstance(event, Trial)]
    assert trials[0].settings == {"learning_rate": 5e-3, "rank": 4}
    scored = [trial for trial in trials if trial.score is not None]
    best = min(scored, key=lambda trial: trial.score)
    settings = launch.result(run_dir).settings
    assert (settings["learning_rate"], settings["rank"]) == (best.settings["learning_rate"], best.settings["rank"])
    assert launch.result(run_dir).facts.search_trials == 3


@pytest.mark.parametrize(
    ("settings", "words", "advice"),
    [
        ({"max_length": 8}, "nothing to learn", "max_length"),
        ({"learning_rate": 0.1, "clip": 1e9, "epochs": 20, "alpha": 1024}, "loss", "learning_rate"),
    ],
)
def test_what_goes_wrong_is_said_with_the_setting_to_change(prepared, tmp_path, settings, words, advice):
    run_dir = prepared(tmp_path / "wrong", **settings)
    launch.start(run_dir)
    last = finish(run_dir)[-1]
    assert isinstance(last, Failed) and words in last.what and advice in last.do, last
    assert launch.status(run_dir) == "failed"
    with pytest.raises(InputError, match="no result"):
        launch.result(run_dir)


def test_the_worker_lives_in_a_session_of_its_own(prepared, tmp_path):
    run_dir = prepared(tmp_path / "own")
    pid = launch.start(run_dir)
    assert os.getsid(pid) == pid != os.getsid(0)
    assert psutil.Process(pid).cwd() == str(launch.ROOT)
    kill(run_dir)
    assert launch.status(run_dir) == "failed"
