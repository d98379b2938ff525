"""The real vLLM: base and adapter from one server agree with transformers, and nothing outlives it."""

from __future__ import annotations

import os
import signal

import psutil
import pytest

from backend.latency import run_latency
from backend.serving import Reference, check_parity, complete, find_running, start, stream
from backend.serving.state import read_state

pytestmark = pytest.mark.slow

CHATS = [
    [{"role": "user", "content": "Is this review positive or negative? 'A rich and intelligent film.'"}],
    [{"role": "system", "content": "Answer in one word."}, {"role": "user", "content": "The capital of France?"}],
]
TOKENS = 12


@pytest.fixture(scope="module")
def trained(smollm2, tmp_path_factory):
    """(adapter folder, references of the base, references of the adapter): a random adapter, greedy in float32."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM, AutoTokenizer

    torch.manual_seed(0)
    tokenizer = AutoTokenizer.from_pretrained(smollm2)
    base = AutoModelForCausalLM.from_pretrained(smollm2, dtype=torch.float32)

    def references(model):
        made = []
        for chat in CHATS:
            prompt = tokenizer.apply_chat_template(chat, add_generation_prompt=True, return_tensors="pt")
            ids = prompt["input_ids"][0]
            out = model.generate(**prompt, max_new_tokens=TOKENS, do_sample=False)
            made.append(Reference(chat, tuple(ids.tolist()), tuple(out[0][len(ids) :].tolist())))
        return made

    of_base = references(base)
    lora = LoraConfig(r=8, lora_alpha=16, target_modules="all-linear", task_type="CAUSAL_LM", init_lora_weights=False)
    tuned = get_peft_model(base, lora)
    folder = tmp_path_factory.mktemp("adapter")
    tuned.save_pretrained(folder)
    return folder, of_base, references(tuned), tokenizer.eos_token_id


def test_base_and_adapter_from_one_server_then_killed(smollm2, trained, folder):
    adapter, of_base, of_tuned, end_id = trained
    phases = []
    server = start(folder, smollm2, adapter, length=512, dtype="float32", on_phase=phases.append)
    assert phases[-1] == "ready" and len(phases) > 2
    assert server.models == ("base", "tuned")

    answers = {name: complete(server.endpoint, name, CHATS[0], 8).text for name in server.models}
    assert answers["base"] != answers["tuned"]
    assert complete(server.endpoint, "base", CHATS[0], 8, choice=["yes", "no"]).text in ("yes", "no")
    pieces = list(stream(server.endpoint, "tuned", CHATS[0], 8))
    assert "".join(piece.text for piece in pieces) == answers["tuned"]
    assert pieces[-1].completion_tokens is not None

    for name, references in (("base", of_base), ("tuned", of_tuned)):
        parity = check_parity(server.endpoint, name, references, TOKENS, end_ids=(end_id,))
        assert parity.agrees, (name, parity)
    assert check_parity(server.endpoint, "base", of_tuned, TOKENS, end_ids=(end_id,)).output_mismatches > 0

    report = run_latency(
        server.endpoint.url, "tuned", users=(2,), requests=6, max_tokens=8, api_key=server.endpoint.key,
        targets={"ttft_ms": 60_000},
    )  # fmt: skip
    (level,) = report.levels
    assert (level.requests, level.completed, level.failed) == (6, 6, 0)
    assert 0 < level.ttft_ms.p50 < level.e2e_ms.p50 and level.tpot_ms.count > 0
    assert level.output_tokens_per_s > 0
    assert report.verdict in ("borderline", "invalid")  # six requests cannot show 95 %

    state = read_state(folder)
    processes = [process.find() for process in (state.supervisor, state.server, *state.descendants)]
    assert any("EngineCore" in process.name() for process in processes)
    os.kill(state.server.pid, signal.SIGKILL)
    _, left = psutil.wait_procs(processes, timeout=90)
    assert left == [] and find_running(folder) is None


def test_a_single_model_under_its_own_name_is_stopped(smollm2, folder):
    server = start(folder, smollm2, name="tuned", length=512)
    state = read_state(folder)
    processes = [process.find() for process in (state.supervisor, state.server, *state.descendants)]
    assert complete(server.endpoint, "tuned", CHATS[1], 4).completion_tokens >= 1
    server.stop()
    _, left = psutil.wait_procs(processes, timeout=5)
    assert left == [] and find_running(folder) is None
