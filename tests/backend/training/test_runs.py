"""Whole runs on the tiny model, each in a process of its own: killed, stopped, spoilt, resumed."""

from __future__ import annotations

import fcntl
import json
import math
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict

import psutil
import pytest
import torch
from safetensors.torch import load_file, save_file

from backend.data.store import content_sha256
from backend.domain import EXAMPLE, Example
from backend.errors import InputError
from backend.events import (
    Began,
    Done,
    Failed,
    Phase,
    Progress,
    Resumed,
    Samples,
    Saved,
    SearchEnded,
    Trial,
    Validated,
    read,
)
from backend.models.folder import inspect
from backend.store import write_text
from backend.training import launch, lease, searcher, turn, worker
from backend.training.base import fingerprint
from backend.training.choice import kept
from backend.training.line import Line
from tests.backend.training.watch import adapter, finish, wait_for

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


def kill(run_dir):
    os.kill(json.loads((run_dir / "worker.json").read_text())["pid"], signal.SIGKILL)
    while launch.alive(run_dir):
        time.sleep(0.01)


def same(first, second) -> bool:
    """The same numbers; on a GPU within rounding: a resumed run compiles other kernels, which add in another order."""
    slack = 0.01 * max(float(part.abs().max()) for part in first.values()) if torch.cuda.is_available() else 0.0
    return first.keys() == second.keys() and all(
        float((first[name] - second[name]).abs().max()) <= slack for name in first
    )


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
    assert "More Information Needed" not in (undisturbed / "adapter" / "README.md").read_text()


def test_a_run_records_what_it_depends_on_and_what_it_answers_as_it_learns(undisturbed, tiny_model):
    events = finish(undisturbed)
    (began,) = [event for event in events if isinstance(event, Began)]
    rows = [EXAMPLE.validate_json(line) for line in (undisturbed / "train.jsonl").read_bytes().split(b"\n")[:-1]]
    assert began.train_sha256 == content_sha256(rows) != began.validation_sha256
    assert began.base == fingerprint(tiny_model) and began.settings == launch.result(undisturbed).settings
    assert began.program.startswith("0.1.0 (") and began.versions == launch.result(undisturbed).versions
    assert all(event.grad_norm for event in events if isinstance(event, Progress))
    first = next(event for event in events if isinstance(event, Validated))
    assert first.rows == 4 and first.low <= first.score <= first.high
    seen = [event for event in events if isinstance(event, Samples)]
    assert [event.step for event in seen] == [0, 3, 6, 9, 12]
    assert len({tuple(sample.row for sample in event.rows) for event in seen}) == 1  # always the same rows
    assert {sample.reference for sample in seen[0].rows} <= {"positive", "negative"}
    assert [sample.output for sample in seen[0].rows] != [sample.output for sample in seen[-1].rows]
    for event in seen:
        assert all((sample.score == 1.0) == (sample.output.strip() == sample.reference) for sample in event.rows)


def test_private_data_in_samples_is_hidden_where_it_is_written(prepared, tmp_path, worked):
    run_dir = prepared(tmp_path / "private", score_rows=0, preflight_steps=0, epochs=1)
    rows = [Example(row=row, input="Ask anna.berg@gmail.com of it", answer="positive") for row in range(3)]
    write_text(run_dir / "validation.jsonl", "".join(EXAMPLE.dump_json(row).decode() + "\n" for row in rows))
    events = worked(run_dir)
    seen = [event for event in events if isinstance(event, Samples)]
    assert [event.step for event in seen] == [0, 3, 6] and seen[0].rows[0].input == "Ask <EMAIL> of it"
    assert "anna.berg" not in (run_dir / "events.jsonl").read_text()
    assert all(event.score is None for event in events if isinstance(event, Validated))  # read, not scored


def test_killed_twice_and_a_checkpoint_spoilt_it_ends_with_the_same_adapter(undisturbed, prepared, tmp_path):
    run_dir = prepared(tmp_path / "killed")
    launch.start(run_dir)
    wait_for(run_dir, Saved, 2)  # in the first epoch
    kill(run_dir)
    assert launch.status(run_dir) == "failed" and isinstance(finish(run_dir)[-1], Failed)
    newest = max((run_dir / "checkpoints").glob("checkpoint-*"), key=lambda path: int(path.name.split("-")[1]))
    content = bytearray((newest / "adapter_model.safetensors").read_bytes())
    content[-1] ^= 1
    (newest / "adapter_model.safetensors").write_bytes(content)
    launch.resume(run_dir)
    wait_for(run_dir, Progress, 11)  # by now in the second epoch
    kill(run_dir)
    launch.resume(run_dir)
    events = finish(run_dir)
    (told,) = [event for event in events if isinstance(event, Phase) and "set aside" in event.detail]
    assert newest.name in told.detail and list((run_dir / "checkpoints").glob("*.torn"))
    assert sum(isinstance(event, Resumed) for event in events) == 2
    assert isinstance(events[-1], Done) and launch.status(run_dir) == "done"
    assert same(adapter(run_dir), adapter(undisturbed))
    exact = 0.0 if not torch.cuda.is_available() else 0.01
    facts, expected = (launch.result(folder).facts for folder in (run_dir, undisturbed))
    assert asdict(facts) == pytest.approx(asdict(expected), rel=exact, abs=0)


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


def test_early_stopping_keeps_the_best_checkpoint(prepared, tmp_path, worked):
    run_dir = prepared(tmp_path / "early", early_stopping=True, patience=1, learning_rate=0.09, clip=100.0, epochs=8)
    events = worked(run_dir)
    assert isinstance(events[-1], Done) and events[-1].why == "early stopping" and events[-1].steps < 48
    best = min((event for event in events if isinstance(event, Validated)), key=lambda event: event.loss)
    result = launch.result(run_dir)
    assert result.facts.used_best_checkpoint and result.facts.best_validation_loss == best.loss
    kept = load_file(run_dir / "checkpoints" / f"checkpoint-{best.step}" / "adapter_model.safetensors")
    assert same(adapter(run_dir), kept)


def test_the_state_kept_is_chosen_by_score_and_loss_together(prepared, tmp_path, worked):
    run_dir = prepared(tmp_path / "both", choose_by="both", score_rows=12, epochs=3, preflight_steps=0)
    tried = [event for event in worked(run_dir) if isinstance(event, Validated)]
    best = [event for event in tried if event.best][-1]
    state = json.loads((run_dir / "checkpoints" / "checkpoint-18" / "trainer_state.json").read_text())
    assert kept(state["log_history"], "both").step == best.step == state["best_global_step"]
    weights = load_file(run_dir / "checkpoints" / f"checkpoint-{best.step}" / "adapter_model.safetensors")
    assert same(adapter(run_dir), weights)


def test_the_search_tries_the_given_settings_first_and_explains_what_it_takes(prepared, tmp_path, worked):
    run_dir = prepared(tmp_path / "search", search_trials=4, search_rows=32, epochs=1)
    events = worked(run_dir)
    assert isinstance(events[-1], Done), events[-1]
    trials = [event for event in events if isinstance(event, Trial)]
    assert [trial.number for trial in trials] == [1, 2, 3, 4]
    assert trials[0].settings == {"learning_rate": 5e-3, "rank": 4} and trials[0].given
    assert all(trial.rows_seen == (16 if trial.state == "pruned" else 32) for trial in trials)
    result = launch.result(run_dir)
    found = result.search
    assert found == next(event.found for event in events if isinstance(event, SearchEnded))
    best = min(trials, key=lambda one: math.inf if one.score is None else one.score)
    assert found.given == 1 and found.best == best.number
    taken = found.trial(found.chosen)
    assert (result.settings["learning_rate"], result.settings["rank"]) == tuple(taken.settings.values())
    assert result.settings["alpha"] == 2 * result.settings["rank"] and result.facts.search_trials == 4
    assert "batch_size" in found.fixed and found.rows in (0, 12)


def test_a_search_goes_on_where_it_was_killed_in_a_helper_on_another_device(prepared, tmp_path, worked):
    run_dir = prepared(tmp_path / "killed-search", search_trials=3, search_rows=32, epochs=1)
    launch.start(run_dir)
    wait_for(run_dir, Trial, 1)
    kill(run_dir)
    assert searcher.main([str(run_dir), "1"]) == 0  # as the worker would start it on its second GPU
    events = worked(run_dir)
    assert isinstance(events[-1], Done), events[-1]
    numbers = [event.number for event in events if isinstance(event, Trial)]
    assert numbers == [1, 2, 3]  # the trial that was cut is tried again and does not count
    assert sum(event.given for event in events if isinstance(event, Trial)) == 1
    assert len(launch.result(run_dir).search.tried) == 3


def test_rows_that_are_all_too_long_name_the_setting(prepared, tmp_path, worked):
    last = worked(prepared(tmp_path / "long", max_length=8))[-1]
    assert isinstance(last, Failed) and "nothing to learn" in last.what and "max_length" in last.do
    with pytest.raises(InputError, match="no result"):
        launch.result(tmp_path / "long")


def test_a_loss_that_is_no_number_ends_the_run_at_once(prepared, tmp_path, damaged, worked):
    model = damaged()
    weights = load_file(model / "model.safetensors")
    weights["model.norm.weight"][0] = float("inf")
    save_file(weights, model / "model.safetensors", {"format": "pt"})
    events = worked(prepared(tmp_path / "broken", model=model))
    assert isinstance(events[-1], Failed) and "not a number" in events[-1].what and "weights" in events[-1].do
    assert not any(isinstance(event, Saved) for event in events)


def test_a_second_worker_leaves_a_run_alone(prepared, tmp_path):
    run_dir = prepared(tmp_path / "taken")
    with (run_dir / "worker.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert worker.main([str(run_dir)]) == 2
    assert not (run_dir / "events.jsonl").exists()


def test_the_worker_lives_in_a_session_of_its_own(prepared, tmp_path):
    run_dir = prepared(tmp_path / "own")
    pid = launch.start(run_dir)
    assert os.getsid(pid) == pid != os.getsid(0)
    assert psutil.Process(pid).cwd() == str(launch.ROOT)
    kill(run_dir)
    assert launch.status(run_dir) == "failed"


def test_two_runs_take_turns_and_one_that_stands_still_gives_way(
    undisturbed, prepared, own_home, tmp_path, monkeypatch
):
    first, second = prepared(tmp_path / "first"), prepared(tmp_path / "second")
    (tmp_path / "third").mkdir()
    launch.start(first)
    launch.start(second)
    wait_for(first, Progress)
    waiting = read(second / "events.jsonl")[0][-1]
    assert launch.status(second) == "queued" and waiting.place == 1 and "taken by the first" in waiting.why
    os.kill(json.loads((first / "worker.json").read_text())["pid"], signal.SIGSTOP)
    monkeypatch.setattr(turn, "LEASE_S", 3.0)
    line = Line(own_home)
    token, going = line.enter((tmp_path / "third").resolve(), 1)
    with ThreadPoolExecutor() as pool:  # a third one, whose patience is short
        got = pool.submit(turn.wait, tmp_path / "third", line, token, 0)
        while not isinstance(read(first / "events.jsonl")[0][-1], Failed):  # said a moment after its process is gone
            time.sleep(0.02)
        monkeypatch.setattr(turn, "LEASE_S", lease.LEASE_S)
        assert launch.status(first) == "failed" and "did not move" in read(first / "events.jsonl")[0][-1].what
        assert finish(second)[-1].why == "finished"  # by itself, before the third
        assert got.result(60)
    launch.resume(first)
    assert launch.status(first) == "queued"
    os.close(going)  # as if the third one had ended
    assert finish(first)[-1].why == "finished"
    assert same(adapter(first), adapter(undisturbed)) and same(adapter(second), adapter(undisturbed))
