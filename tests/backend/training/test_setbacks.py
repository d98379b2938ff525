"""What goes wrong in a run costs nothing that was confirmed: memory, disk, divergence, another model, a sudden stop."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
import time

import pytest
import torch
from peft import PeftModel
from safetensors.torch import load_file, save_file

from backend.domain import EXAMPLE, Example
from backend.events import Done, Failed, Measured, Phase, Progress, Reduced, Resumed, Saved, Validated, read
from backend.models.load import load_model
from backend.training import launch
from backend.training.memory import smaller, with_room
from tests.backend.training.watch import adapter, finish, losses, wait_for

pytestmark = pytest.mark.slow
NUMBERS = (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1)


@pytest.fixture(autouse=True)
def _one_thread(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


@pytest.fixture
def narrow(monkeypatch):
    """narrow(rows, from_pass): from that training pass on, more rows at once ask for memory that is not there.

    torch itself asks for it, and the machine itself refuses it.
    """
    from transformers import LlamaModel

    plain = LlamaModel.forward

    def make(rows, from_pass=0):
        passes = 0

        def forward(self, *given, **named):
            nonlocal passes
            if torch.is_grad_enabled() and len(named["input_ids"]) > rows:
                passes += 1
                if passes > from_pass:
                    torch.empty(2**52, dtype=torch.uint8)
            return plain(self, *given, **named)

        monkeypatch.setattr(LlamaModel, "forward", forward)

    return make


def test_the_trial_before_the_start_measures_and_changes_nothing(prepared, tmp_path, worked):
    with_trial = worked(prepared(tmp_path / "with"))
    without = worked(prepared(tmp_path / "without", preflight_steps=0))
    (measured,) = [event for event in with_trial if isinstance(event, Measured)]
    first = next(place for place, event in enumerate(with_trial) if isinstance(event, Progress))
    assert with_trial.index(measured) < first and not any(isinstance(event, Measured) for event in without)
    assert measured.steps == 12 and measured.step_s > 0 and measured.validation_s > 0
    assert measured.eta_s == pytest.approx(12 * measured.step_s + 4 * measured.validation_s)
    assert losses(with_trial) == losses(without)
    first, second = adapter(tmp_path / "with"), adapter(tmp_path / "without")
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_memory_that_runs_out_halves_the_rows_and_changes_no_loss(prepared, tmp_path, worked, narrow):
    plain = worked(prepared(tmp_path / "plain", dropout=0.0))
    run_dir = prepared(tmp_path / "narrow", dropout=0.0)
    narrow(4, from_pass=1 + 3 + 4)  # after the trial before the start and four steps
    events = worked(run_dir)
    assert isinstance(events[-1], Done), events[-1]
    (reduced,) = [event for event in events if isinstance(event, Reduced)]
    assert (reduced.step, reduced.rows_before, reduced.rows_now) == (4, 8, 4)
    (resumed,) = [event for event in events if isinstance(event, Resumed)]
    assert resumed.step == 4  # not from the checkpoint of step 3
    assert losses(events) == pytest.approx(losses(plain), rel=5e-3)
    assert [event.step for event in events if isinstance(event, Progress)] == list(range(1, 13))
    assert launch.result(run_dir).settings["micro_batch"] == 4 and launch.result(run_dir).settings["batch_size"] == 8
    assert [event.loss for event in events if isinstance(event, Validated)] == pytest.approx(
        [event.loss for event in plain if isinstance(event, Validated)], rel=5e-3
    )


def test_memory_may_run_out_on_the_first_batch_and_more_than_once(prepared, tmp_path, worked, narrow):
    plain = worked(prepared(tmp_path / "plain", dropout=0.0))
    narrow(2)
    events = worked(prepared(tmp_path / "narrow", dropout=0.0))
    assert isinstance(events[-1], Done), events[-1]
    assert [(event.step, event.rows_now) for event in events if isinstance(event, Reduced)] == [(0, 4), (0, 2)]
    assert losses(events) == pytest.approx(losses(plain), rel=5e-3)


def test_when_not_even_one_row_fits_the_settings_are_named(prepared, tmp_path, worked, narrow):
    narrow(0)
    events = worked(prepared(tmp_path / "none"))
    assert isinstance(events[-1], Failed)
    assert all(name in events[-1].do for name in ("max_length", "rank", "smaller model"))
    assert [event.twice for event in events if isinstance(event, Reduced)] == [False, False, False, True]


def test_portions_get_smaller_until_nothing_is_left():
    assert smaller(6, False).micro_batch == 3 and smaller(3, False).micro_batch == 1
    assert smaller(1, False).gradient_checkpointing and smaller(1, True) is None
    tried = []

    def act(rows):
        tried.append(rows)
        if rows > 3:
            torch.empty(2**52, dtype=torch.uint8)
        return rows

    assert with_room(act, 16) == 2 and tried == [16, 8, 4, 2]
    with pytest.raises(RuntimeError, match="can't allocate memory"):
        with_room(lambda rows: torch.empty(2**52, dtype=torch.uint8), 4)


@pytest.fixture
def small_disk(tmp_path):
    """A disk of its own, of 2 MiB; skipped where nobody may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(folder)], capture_output=True)
    if mounted.returncode:
        pytest.skip("no right to mount a disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_disk_that_fills_up_while_saving_costs_nothing(prepared, tmp_path, small_disk, worked):
    whole = prepared(tmp_path / "whole")
    worked(whole)
    run_dir = prepared(small_disk / "run")
    size = sum(path.stat().st_size for path in (whole / "checkpoints" / "checkpoint-12").iterdir())
    ballast = small_disk / "ballast"

    def fill():
        while not any(isinstance(event, Saved) for event in read(run_dir / "events.jsonl")[0]):
            time.sleep(0.005)
        ballast.write_bytes(b"x" * (shutil.disk_usage(small_disk).free - size // 2))  # half a checkpoint fits

    filling = threading.Thread(target=fill)
    filling.start()
    events = worked(run_dir)
    filling.join()
    assert isinstance(events[-1], Failed) and "disk is full" in events[-1].what and "resume" in events[-1].do
    assert [event.step for event in events if isinstance(event, Saved)] == [3]
    assert [path.name for path in (run_dir / "checkpoints").iterdir()] == ["checkpoint-3"]
    ballast.unlink()
    events = worked(run_dir)
    assert isinstance(events[-1], Done) and [event.step for event in events if isinstance(event, Resumed)] == [3]
    first, second = adapter(whole), adapter(run_dir)
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_a_checkpoint_of_another_base_model_is_refused(prepared, tmp_path, damaged, worked):
    model = damaged()
    run_dir = prepared(tmp_path / "run", model=model)
    worked(run_dir)
    (run_dir / "result.json").unlink()
    weights = load_file(model / "model.safetensors")
    weights["model.norm.weight"] *= 1.5
    save_file(weights, model / "model.safetensors", {"format": "pt"})
    last = worked(run_dir)[-1]
    assert isinstance(last, Failed) and "another base model" in last.what and "new run" in last.do
    assert (run_dir / "checkpoints" / "checkpoint-12").is_dir()


def test_a_loss_that_grows_is_said_within_a_few_steps_and_the_best_state_is_kept(
    prepared, tmp_path, tiny_model, worked
):
    learnt = prepared(tmp_path / "learnt", epochs=12, learning_rate=1e-2, dropout=0.0)
    worked(learnt)
    model = tmp_path / "knows"
    shutil.copytree(tiny_model, model)
    merged = PeftModel.from_pretrained(load_model(tiny_model, as_="float32"), learnt / "adapter").merge_and_unload()
    merged.save_pretrained(model)
    run_dir = prepared(
        tmp_path / "wild", model=model, learning_rate=0.1, clip=1e6, warmup_steps=20, epochs=10, rank=64, alpha=1024,
        schedule="constant_with_warmup", preflight_steps=0,
    )  # fmt: skip
    events = worked(run_dir)
    last = events[-1]
    assert isinstance(last, Failed) and "learning_rate" in last.do, losses(events)
    assert "grows instead of falling" in last.what and max(losses(events)) < 30
    tries = {event.step: event.loss for event in events if isinstance(event, Validated)}
    best = min(tries, key=tries.__getitem__)
    assert f"checkpoints/checkpoint-{best}" in last.what
    assert (run_dir / "checkpoints" / f"checkpoint-{best}" / "MANIFEST.json").exists()


def test_stopped_at_once_it_keeps_the_last_checkpoint_and_can_go_on(prepared, tmp_path, worked):
    whole = prepared(tmp_path / "whole")
    worked(whole)
    run_dir = prepared(tmp_path / "stopped")
    launch.start(run_dir)
    wait_for(run_dir, Progress, 4)
    launch.stop(run_dir, save=False)
    last = finish(run_dir)[-1]
    assert isinstance(last, Done) and last.why == "stopped" and last.steps % 3 == 0
    assert launch.status(run_dir) == "stopped"
    assert not (run_dir / "adapter").exists()
    launch.resume(run_dir)
    assert finish(run_dir)[-1].why == "finished"
    first, second = adapter(whole), adapter(run_dir)
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert os.path.exists(run_dir / "result.json")


def test_answers_that_are_all_empty_are_refused(prepared, tmp_path, worked):
    run_dir = prepared(tmp_path / "empty")
    rows = [Example(row=row, input=f"film {row}", answer="") for row in range(20)]
    for name in ("train.jsonl", "validation.jsonl"):
        (run_dir / name).write_text("".join(EXAMPLE.dump_json(row).decode() + "\n" for row in rows))
    last = worked(run_dir)[-1]
    assert isinstance(last, Failed) and "nothing to learn" in last.what


def test_the_adapter_is_looked_at_before_the_run_is_done(prepared, tmp_path, worked):
    run_dir = prepared(tmp_path / "looked", epochs=12, learning_rate=1e-2, dropout=0.0)
    events = worked(run_dir)
    facts = launch.result(run_dir).facts
    assert (facts.asked, facts.recalled_of) == (8, 8)
    assert facts.ended == 8 and facts.recalled >= 6  # one word, learnt twelve times over
    assert any(isinstance(event, Phase) and "answers end" in event.detail for event in events)


def test_a_model_that_does_not_fit_says_how_much_is_free(prepared, tmp_path, worked, monkeypatch):
    from transformers import LlamaForCausalLM

    monkeypatch.setattr(
        LlamaForCausalLM, "from_pretrained", lambda *given, **named: torch.empty(2**52, dtype=torch.uint8)
    )
    last = worked(prepared(tmp_path / "large"))[-1]
    assert isinstance(last, Failed) and "does not fit" in last.what and "GiB" in last.what and "qlora" in last.do
