"""Runs of several processes on this computer (gloo): the numbers of one process, whole saves, one end for all."""

from __future__ import annotations

import json
import os
from contextlib import nullcontext

import psutil
import pytest
import torch
from peft import PeftModel
from transformers import LlamaModel

from backend.events import Done, Failed, Phase, Progress, Reduced, Resumed, Validated
from backend.models.load import load_model
from backend.training import launch
from tests.backend.training.watch import adapter, finish, losses, wait_for

pytestmark = pytest.mark.slow
EXACT = {"dropout": 0.0, "rows": 45, "micro_batch": 2, "preflight_steps": 0}
"""45 rows in steps of 8: the last step of an epoch has 5, which two processes cannot share evenly."""


@pytest.fixture(autouse=True)
def _one_thread(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


@pytest.fixture
def in_32_bits(monkeypatch):
    """As on a processor that has no 16-bit arithmetic: rounding is then small enough to see a mistake."""
    monkeypatch.setattr(torch.cpu, "get_capabilities", dict)


def tries(events):
    return [number for event in events if isinstance(event, Validated) for number in (event.loss, event.score)]


def far(first, second):
    """The largest difference between two adapters that hold the same tensors."""
    assert first.keys() == second.keys()
    return max(float((first[name] - second[name]).abs().max()) for name in first)


def next_word(model, adapter_dir, off=False):
    tuned = PeftModel.from_pretrained(load_model(model), adapter_dir)
    with torch.no_grad(), tuned.disable_adapter() if off else nullcontext():
        return tuned(input_ids=torch.tensor([[3, 4, 5]])).logits


@pytest.fixture(scope="module")
def alone(prepared, ran, tmp_path_factory):
    """The same run by one process, to compare with: its folder and its events."""
    run_dir = prepared(tmp_path_factory.mktemp("runs") / "alone", **EXACT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMP_NUM_THREADS", "1")
        patch.setattr(torch.cpu, "get_capabilities", dict)
        return run_dir, ran(run_dir)


def test_two_processes_learn_what_one_learns_step_by_step_and_save_it_whole(
    prepared, ran, tmp_path, alone, tiny_model, in_32_bits
):
    one, expected = alone
    for spread in ("copies", "shards"):
        run_dir = prepared(tmp_path / spread, **EXACT, processes=2, spread=spread)
        events = ran(run_dir, 2)
        assert isinstance(events[-1], Done), events[-1]
        assert losses(events) == pytest.approx(losses(expected), rel=1e-5)
        assert tries(events) == pytest.approx(tries(expected), rel=1e-5)
        assert far(adapter(run_dir), adapter(one)) < 1e-5 < max(float(x.abs().max()) for x in adapter(one).values())
        tuned = run_dir / "adapter"
        torch.testing.assert_close(next_word(tiny_model, tuned), next_word(tiny_model, one / "adapter"))
        untouched = load_model(tiny_model)(input_ids=torch.tensor([[3, 4, 5]])).logits
        assert torch.equal(next_word(tiny_model, tuned, off=True), untouched)
        facts = launch.result(run_dir).facts
        assert facts.used_best_checkpoint and facts.largest_logit_change > 0.1
        for name in ("loading", "training", "saving"):  # one process talks
            assert [event.name for event in events if isinstance(event, Phase)].count(name) == 1


def test_fewer_processes_than_planned_are_refused(prepared, ran, tmp_path):
    last = ran(prepared(tmp_path / "run", micro_batch=4, processes=2))[-1]
    assert isinstance(last, Failed) and "planned for 2 processes" in last.what and "started with 1" in last.what
    assert "torchrun --nproc_per_node=2" in last.do


@pytest.fixture
def short_of_memory(monkeypatch):
    """In the second process more than one row at once asks for memory that is not there, from the fourth time on."""
    plain, passes = LlamaModel.forward, []

    def forward(self, *given, **named):
        if torch.is_grad_enabled() and os.environ.get("RANK") == "1" and len(named["input_ids"]) > 1:
            passes.append(1)
            if len(passes) > 3:
                torch.empty(2**52, dtype=torch.uint8)
        return plain(self, *given, **named)

    monkeypatch.setattr(LlamaModel, "forward", forward)


def test_memory_that_runs_out_in_one_process_makes_all_go_on_in_smaller_portions(
    prepared, ran, tmp_path, alone, short_of_memory, in_32_bits
):
    events = ran(prepared(tmp_path / "short", **EXACT, processes=2), 2)
    assert isinstance(events[-1], Done), events[-1]
    (reduced,) = [event for event in events if isinstance(event, Reduced)]
    assert (reduced.rows_before, reduced.rows_now) == (2, 1) and reduced.step > 0
    assert [event.step for event in events if isinstance(event, Progress)] == list(range(1, 13))
    assert losses(events) == pytest.approx(losses(alone[1]), rel=1e-5)


def test_where_the_others_wait_within_the_model_the_first_one_hears_why_and_resuming_goes_on(
    prepared, ran, tmp_path, alone, short_of_memory, in_32_bits
):
    run_dir = prepared(tmp_path / "short", **EXACT, processes=2, spread="shards")
    events = ran(run_dir, 2)
    assert isinstance(events[-1], Failed) and "not enough memory" in events[-1].what and "1 rows" in events[-1].do
    events = ran(run_dir, 2)
    assert isinstance(events[-1], Done), events[-1]
    assert losses(events) == pytest.approx(losses(alone[1]), rel=1e-5)


def workers(run_dir):
    """The worker processes under torchrun, by rank."""
    launcher = psutil.Process(json.loads((run_dir / "worker.json").read_text())["pid"])
    found = [child for child in launcher.children() if launch.WORKER in child.cmdline()]
    return sorted(found, key=lambda child: int(child.environ()["RANK"]))


def test_through_torchrun_killed_and_stopped_it_ends_with_the_adapter_of_an_undisturbed_run(prepared, ran, tmp_path):
    settings = {"rows": 96, "micro_batch": 4, "processes": 2}
    undisturbed, run_dir = (prepared(tmp_path / name, **settings) for name in ("undisturbed", "disturbed"))
    assert isinstance(ran(undisturbed, 2)[-1], Done)
    launch.start(run_dir)
    wait_for(run_dir, Progress, 5)
    first, second = workers(run_dir)
    second.kill()
    last = finish(run_dir)[-1]
    assert isinstance(last, Failed) and launch.status(run_dir) == "failed"
    assert not first.is_running() or first.status() == psutil.STATUS_ZOMBIE
    launch.resume(run_dir)
    wait_for(run_dir, Resumed)
    left = workers(run_dir)
    left[0].parent().kill()  # torchrun itself: nobody would tell its workers
    assert isinstance(finish(run_dir)[-1], Failed)
    assert not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in left)
    launch.resume(run_dir)
    wait_for(run_dir, Resumed, 2)
    wait_for(run_dir, Progress, 12)
    launch.stop(run_dir)
    events = finish(run_dir)
    assert isinstance(events[-1], Done) and events[-1].why == "stopped" and events[-1].steps < 24, events[-1]
    assert [event.step for event in events if isinstance(event, Resumed)] == [3, 3]
    launch.resume(run_dir)
    assert finish(run_dir)[-1].why == "finished"
    assert far(adapter(run_dir), adapter(undisturbed)) == 0  # dropout and all: each process has its own chance again
