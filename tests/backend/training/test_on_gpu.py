"""What only a GPU can show: 4-bit training, and memory that really runs out. Run by hand where there is one."""

from __future__ import annotations

import gc
import shutil
import signal

import pytest
import torch
from safetensors.torch import load_file

from backend.events import Done, Measured, Progress, Reduced, read
from backend.models.generate import LocalModel
from backend.models.load import load_model
from backend.training import launch, worker

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")]


@pytest.fixture(scope="module")
def wider(tiny_model, tmp_path_factory):
    """The tiny model's tokenizer on eight layers of 1,024: large enough for its memory to be measured."""
    from transformers import LlamaConfig, LlamaForCausalLM

    folder = tmp_path_factory.mktemp("models") / "wider"
    shutil.copytree(tiny_model, folder)
    config = LlamaConfig.from_pretrained(tiny_model)
    config.update({"hidden_size": 1024, "intermediate_size": 4096, "num_hidden_layers": 8, "num_attention_heads": 8,
                   "num_key_value_heads": 8, "head_dim": 128, "initializer_range": 0.02})  # fmt: skip
    torch.manual_seed(1)
    LlamaForCausalLM(config).to(torch.bfloat16).save_pretrained(folder)
    return folder


def worked(run_dir):
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1)}
    gc.collect()
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats()
    worker.main([str(run_dir)])
    for number, handler in before.items():
        signal.signal(number, handler)
    return read(run_dir / "events.jsonl")[0]


def losses(events):
    return {event.step: event.loss for event in events if isinstance(event, Progress)}


def gib(model):
    gc.collect()
    before = torch.cuda.memory_allocated()
    loaded = model()
    taken = (torch.cuda.memory_allocated() - before) / 2**30
    del loaded
    return taken


def test_four_bits_take_a_third_of_the_memory_learn_and_answer_on_sixteen(prepared, tmp_path, wider):
    pytest.importorskip("bitsandbytes")
    packed, plain = gib(lambda: load_model(wider, in_4_bits=True)), gib(lambda: load_model(wider))
    print(f"weights: {packed:.3f} GiB in 4 bits, {plain:.3f} in 16")
    assert packed < 0.4 * plain
    run_dir = prepared(
        tmp_path / "packed", model=wider, method="qlora", learning_rate=1e-3, dropout=0.0, epochs=4, score_rows=0
    )
    events = worked(run_dir)
    assert isinstance(events[-1], Done), (events[-1], (run_dir / "events.jsonl").read_text()[-2000:])
    seen = losses(events)
    print("qlora losses", [round(loss, 2) for loss in seen.values()])
    assert seen[max(seen)] < 0.5 * seen[1]
    result = launch.result(run_dir)
    assert result.facts.largest_logit_change > 0.1 and result.settings["method"] == "qlora"
    assert all(
        part.dtype == torch.float32 for part in load_file(run_dir / "adapter/adapter_model.safetensors").values()
    )
    assert LocalModel(wider, adapter=run_dir / "adapter").generate([], 4) == []


def test_memory_that_really_runs_out_is_lived_with(prepared, tmp_path, wider):
    settings = {
        "model": wider,
        "dropout": 0.0,
        "fit_memory": False,
        "score_rows": 0,
        "batch_size": 16,
        "micro_batch": 16,
    }
    plain = worked(prepared(tmp_path / "plain", **settings))
    assert isinstance(plain[-1], Done), plain[-1]
    (measured,) = [event for event in plain if isinstance(event, Measured)]
    weights = gib(lambda: load_model(wider))
    limit = weights + 0.7 * (measured.memory_gib - weights)
    total = torch.cuda.get_device_properties(0).total_memory / 2**30
    torch.cuda.set_per_process_memory_fraction(limit / total)
    try:
        events = worked(prepared(tmp_path / "tight", **settings))
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
    reduced = [
        (event.step, event.rows_before, event.rows_now, event.twice) for event in events if isinstance(event, Reduced)
    ]
    print(f"peak {measured.memory_gib:.2f} GiB, limit {limit:.2f}, reduced {reduced}")
    assert isinstance(events[-1], Done), events[-1]
    assert reduced
    assert losses(events) == pytest.approx(losses(plain), rel=0.02)
