"""Starting, and telling how a run is, without training anything."""

from __future__ import annotations

import errno
import os

import pytest

from backend.errors import InputError
from backend.events import Done, Progress, Waiting, append
from backend.training import launch
from backend.training.choice import kept, worn_out
from backend.training.config import Knobs, TrainingConfig, read_config
from backend.training.failures import explain
from backend.training.finish import working_seconds
from backend.training.going import hold
from backend.training.settings import derive_settings, overridden
from backend.training.watch import Diverged


def test_a_run_is_queued_until_it_is_started(prepared, tmp_path):
    run_dir = prepared(tmp_path / "run")
    assert launch.status(run_dir) == "queued" and not launch.alive(run_dir)
    assert read_config(run_dir).signed == "abc"


def test_how_a_run_is_told_by_its_processes_and_its_last_word(prepared, tmp_path):
    run_dir = prepared(tmp_path / "run")
    append(run_dir / "events.jsonl", Progress(step=1, of=2, loss=1, learning_rate=1, tokens_per_s=1, memory_gib=1, eta_s=1, epoch=1))  # noqa: E501
    process = hold(run_dir)
    assert launch.status(run_dir) == "running"
    append(run_dir / "events.jsonl", Waiting(place=1, why="The computer is taken."))
    assert launch.status(run_dir) == "queued"
    os.close(process)
    assert launch.status(run_dir) == "failed"
    append(run_dir / "events.jsonl", Done(why="stopped", steps=1))
    assert launch.status(run_dir) == "stopped"


def test_a_run_needs_rows_and_valid_settings(tmp_path):
    from backend.domain import Prompt

    config = TrainingConfig(run_id="x", model="m", prompt=Prompt(name="p"))
    with pytest.raises(InputError, match="rows"):
        launch.prepare(tmp_path / "x", config, [], [])
    wrong = config.model_copy(update={"settings": {"learning_rate": -1.0}})
    with pytest.raises(InputError, match="learning_rate"):
        launch.prepare(tmp_path / "x", wrong, [], [])
    assert not (tmp_path / "x").exists()


def test_a_folder_that_is_no_run_says_so(tmp_path):
    with pytest.raises(InputError, match="not the folder of a training run"):
        launch.start(tmp_path)


def test_several_processes_go_through_torchrun(tmp_path):
    assert "torch.distributed.run" in launch.command(tmp_path, 2)
    assert "torch.distributed.run" not in launch.command(tmp_path, 1)


@pytest.mark.parametrize("rows", [60, 499, 1000, 1600, 3000, 8000])
@pytest.mark.parametrize("gpu", [True, False])
@pytest.mark.parametrize("tokens", [20, 300, 6000])
def test_derived_settings_are_valid_and_every_one_has_a_reason(rows, gpu, tokens):
    lengths = [(tokens + row % 10, 3) for row in range(rows)]
    settings = derive_settings(rows, lengths, 1.7, 8192, gpu)
    knobs = Knobs.model_validate({setting.name: setting.value for setting in settings})
    assert all(setting.reason and setting.source for setting in settings)
    assert knobs.max_length >= tokens + 12 and knobs.early_stopping
    assert knobs.batch_size == (8 if rows < 500 else 16)
    steps = -(-rows // knobs.batch_size) * knobs.epochs
    assert steps / knobs.evaluate_every >= 3 and knobs.warmup_steps < steps / 2


def test_one_monstrous_row_does_not_set_the_length():
    settings = derive_settings(1000, [(50, 2)] * 999 + [(7000, 2)], 1.0, 8192, False)
    length = next(setting for setting in settings if setting.name == "max_length")
    assert length.value == 64 and "1 longer rows are left out" in length.reason


def test_own_settings_replace_derived_ones_and_keep_the_rest_consistent():
    derived = derive_settings(1600, [(60, 2)] * 1600, 0.1, 8192, False)
    made = {s.name: s for s in overridden(derived, {"rank": 8, "batch_size": 6, "search_trials": 4})}
    assert (made["rank"].value, made["alpha"].value, made["rank"].source) == (8, 16, "you")
    assert made["batch_size"].value % made["micro_batch"].value == 0
    assert made["learning_rate"].source != "you"
    with pytest.raises(InputError, match="learning_rat"):
        overridden(derived, {"learning_rat": 1.0})
    with pytest.raises(InputError, match="not valid"):
        overridden(derived, {"epochs": 0})


def test_patience_counts_validations_without_a_new_best():
    history = validated((3.0, 0.1), (2.0, 0.3), (2.5, 0.2), (2.1, 0.3))
    assert worn_out(history, "loss", 2) and worn_out(history, "both", 2)
    assert not worn_out(history, "loss", 3) and not worn_out(history, "loss", None)
    learning = validated((3.0, 0.1), (2.0, 0.3), (2.5, 0.2), (2.1, 0.4))
    assert worn_out(learning, "loss", 2) and not worn_out(learning, "both", 2)  # its score still rises
    unlucky = validated((3.0, 0.4), (2.0, 0.3), (1.5, 0.2))
    assert not worn_out(unlucky, "score", 2)  # its loss still falls
    assert worn_out(validated((1.0, None), (1.2, None)), "both", 1)  # no score is wanted


def test_the_score_decides_what_is_kept_where_it_can_tell_and_the_loss_where_it_cannot():
    near = validated((3.0, 0.50), (2.0, 0.62), (1.5, 0.60), (1.8, 0.65), error=0.08)
    assert kept(near, "both").step == 3  # all three within one error of the highest: the lowest loss among them
    assert kept(near, "score").step == 4 and kept(near, "loss").step == 3
    apart = validated((1.0, 0.40), (2.0, 0.80), (1.9, 0.50), error=0.08)
    assert kept(apart, "both").step == 2  # better at the task for sure, whatever the loss says
    equal = validated((1.5, 0.5), (1.2, 0.5), (1.4, 0.5))
    assert kept(equal, "score").step == 2
    assert kept([], "both") is None and kept(validated((2.0, None), (1.0, None)), "both").step == 2


def validated(*tries, error=0.0):
    """The trainer's history of (loss, score) at steps 1, 2, …, with a training step between them."""
    history = []
    for step, (loss, score) in enumerate(tries, 1):
        scored = {} if score is None else {"eval_score": score, "eval_score_error": error}
        history += [{"loss": 1.0, "step": step}, {"eval_loss": loss, "step": step, **scored}]
    return history


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (MemoryError(), "micro_batch"),
        (RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"), "micro_batch"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"), "micro_batch"),
        (OSError(errno.ENOSPC, "No space left on device"), "Free some space"),
        (RuntimeError("I/O error: No space left on device (os error 28)"), "Free some space"),
        (RuntimeError("[gloo] Read error [::1]:4: Connection reset by peer."), "Resume"),
        (Diverged("The loss is not a number any more."), "learning_rate"),
        (InputError("x", do="do this"), "do this"),
    ],
)
def test_known_failures_name_what_to_change(error, advice):
    known = explain(error)
    assert known is not None and advice in known[1]


def test_our_own_failures_are_not_explained_away():
    assert explain(KeyError("x")) is None and explain(OSError(errno.EIO, "broken")) is None


def test_working_time_leaves_out_the_pause_between_sessions(tmp_path):
    from backend.events import Phase

    for name, at in (("loading", 0), ("training", 10), ("loading", 50), ("saving", 55)):
        append(tmp_path / "events.jsonl", Phase(name=name, at=f"2026-01-01T00:00:{at:02d}+00:00"))
    assert working_seconds(tmp_path) == 15
