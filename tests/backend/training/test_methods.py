"""Training all weights, 4-bit training, and the combinations that are refused before anything runs."""

from __future__ import annotations

import json

import pytest
import torch
from safetensors.torch import load_file

from backend.domain import Message
from backend.errors import InputError
from backend.events import Done, Failed, Resumed, Saved
from backend.models.estimate import estimates
from backend.models.folder import inspect
from backend.models.generate import LocalModel
from backend.models.machine import machine
from backend.training import launch
from backend.training.config import Knobs
from backend.training.methods import Here, refuse_impossible
from backend.training.settings import derive_settings, overridden

GPU, CPU = Here(True, True), Here(False, True)


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        (("qlora", CPU, 2e-4), "NVIDIA"),
        (("qlora", Here(True, False), 2e-4), "bitsandbytes"),
        (("qlora", GPU, 2e-4, True), "sharded"),
        (("full", CPU, 2e-4), "forget"),
    ],
)
def test_what_cannot_work_is_refused_with_its_reason(asked, where):
    with pytest.raises(InputError, match=where) as refused:
        refuse_impossible(*asked)
    assert (refused.value.do and refused.value.where) or "bitsandbytes" in refused.value.do
    refuse_impossible("lora", CPU, 2e-4)
    refuse_impossible("qlora", GPU, 2e-4)
    refuse_impossible("full", CPU, 2e-5)


@pytest.mark.parametrize("method", ["lora", "qlora", "full"])
def test_every_method_has_settings_with_reasons_of_its_own(method):
    made = {
        one.name: one
        for one in overridden(
            derive_settings(1600, [(60, 2)] * 1600, 0.1, 8192, True, method), {"method": method, "epochs": 1}
        )
    }
    assert all(one.reason and one.source for one in made.values()) and len(made["method"].reason) > 60
    knobs = Knobs.model_validate({name: one.value for name, one in made.items()})
    assert knobs.method == method
    assert knobs.learning_rate == (2e-5 if method == "full" else 2e-4)
    assert ("rank" in made) == (method != "full")
    refuse_impossible(method, GPU, knobs.learning_rate)


def test_all_weights_take_no_rank():
    with pytest.raises(InputError, match="no rank"):
        overridden(derive_settings(1600, [(60, 2)] * 1600, 0.1, 8192, True, "full"), {"method": "full", "rank": 8})


def test_the_memory_estimate_follows_the_method(tiny_model):
    shape = inspect(tiny_model).shape.__class__(8.0, 32, 4096, 32, 8, 128, 14336, 128_256, 8192)
    need = {
        method: next(
            one.typical for one in estimates(shape, machine("H100"), method=method, length=2048)
            if one.name == "train_memory"
        )
        for method in ("qlora", "lora", "full")
    }  # fmt: skip
    assert need["qlora"] < 0.6 * need["lora"] < need["lora"] < 0.2 * need["full"]


@pytest.mark.slow
def test_all_weights_are_trained_saved_resumed_and_answer_beside_the_base(prepared, tmp_path, worked, tiny_model):
    settings = {"method": "full", "learning_rate": 1e-4, "epochs": 4, "dropout": 0.0}
    whole = prepared(tmp_path / "whole", **settings)
    events = worked(whole)
    assert isinstance(events[-1], Done), events[-1]
    result = launch.result(whole)
    model = inspect(whole / "adapter")
    assert result.trainable_parameters == pytest.approx(1e9 * inspect(tiny_model).billions, rel=0.01)
    assert result.facts.largest_logit_change > 0.01 and result.facts.validation_loss < 9
    assert not model.unsafe_files and model.own_template
    assert not (whole / "adapter" / "adapter_config.json").exists()
    assert {path.suffix for path in (whole / "adapter").iterdir()} <= {".safetensors", ".json", ".jinja", ".md"}

    local = LocalModel(tiny_model, adapter=whole / "adapter")
    asked = [[Message(role="user", content="a rich film")]]
    with local.base():
        before = local.generate(asked, 6)
    assert before == LocalModel(tiny_model).generate(asked, 6)
    assert local.generate(asked, 6) == LocalModel(whole / "adapter").generate(asked, 6)

    again = prepared(tmp_path / "again", **settings)
    lines = (whole / "events.jsonl").read_bytes()
    assert lines
    (again / "checkpoints").mkdir()
    last = max(event.step for event in events if isinstance(event, Saved))
    half = sorted((whole / "checkpoints").glob("checkpoint-*"), key=lambda path: int(path.name.split("-")[1]))[0]
    assert int(half.name.split("-")[1]) < last
    half.rename(again / "checkpoints" / half.name)
    events = worked(again)
    assert isinstance(events[-1], Done) and any(isinstance(event, Resumed) for event in events)
    first, second = (load_file(run / "adapter" / "model.safetensors") for run in (whole, again))
    assert all(torch.equal(first[name], second[name]) for name in first)


@pytest.mark.slow
def test_a_run_that_cannot_be_says_why_before_it_loads_anything(prepared, tmp_path, worked):
    if torch.cuda.is_available():
        pytest.skip("here it could")
    run_dir = prepared(tmp_path / "q", method="qlora")
    last = worked(run_dir)[-1]
    assert isinstance(last, Failed) and "QLoRA" in last.what and "method=lora" in last.do
    assert json.loads((run_dir / "config.json").read_text())["settings"]["method"] == "qlora"
