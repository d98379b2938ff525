"""The real vLLM: base and adapter from one server agree with transformers, and nothing outlives it."""

from __future__ import annotations

import json
import os
import signal
import subprocess

import psutil
import pytest

from backend.latency import run_latency
from backend.models.folder import inspect
from backend.serving import Reference, Wanted, check_parity, complete, find_running, find_vllm, start, stream
from backend.serving.merge import merged_folder
from backend.serving.state import read_state
from backend.serving.vllm import Launch, options

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
            out = model.generate(**prompt, max_new_tokens=TOKENS, do_sample=False)[0][len(ids) :].tolist()
            ended = out[-1] == tokenizer.eos_token_id
            made.append(Reference(chat, tuple(ids.tolist()), tuple(out[:-1] if ended else out), ended))
        return made

    of_base = references(base)
    lora = LoraConfig(r=8, lora_alpha=16, target_modules="all-linear", task_type="CAUSAL_LM", init_lora_weights=False)
    tuned = get_peft_model(base, lora)
    folder = tmp_path_factory.mktemp("adapter")
    tuned.save_pretrained(folder)
    return folder, of_base, references(tuned), tokenizer.eos_token_id


PARSES = """
import json, sys
from vllm.entrypoints.launchers.cli_args import make_arg_parser, validate_parsed_serve_args
from vllm.utils.argparse_utils import FlexibleArgumentParser
parser = make_arg_parser(FlexibleArgumentParser())
for argv in json.loads(sys.argv[1]):
    given = parser.parse_args(argv)
    validate_parsed_serve_args(given)
    print(json.dumps([given.gpu_memory_utilization, given.max_lora_rank, given.enforce_eager, given.dtype]))
"""


def test_vllms_own_parser_takes_what_both_builds_are_started_with(smollm2, trained):
    """One parser serves both builds: the CPU build's knows the GPU's arguments too, of this version (0.32)."""
    launch = Launch(python=find_vllm(), build="cpu", model=smollm2, adapter=trained[0], rank=8, dtype="bfloat16",
                    template=smollm2 / "chat_template.jinja", memory_share=0.85)  # fmt: skip
    both = [options(launch.model_copy(update={"build": build}), 8123) for build in ("cpu", "gpu")]
    done = subprocess.run(
        [find_vllm(), "-c", PARSES, json.dumps(both)], capture_output=True, text=True, check=False,
        env={"PATH": os.environ["PATH"], "VLLM_NO_USAGE_STATS": "1", "HF_HUB_OFFLINE": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    cpu, gpu = map(json.loads, done.stdout.splitlines()[-2:])
    assert cpu[1:] == [8, True, "bfloat16"] and gpu == [0.85, 8, False, "bfloat16"]


def test_base_and_adapter_from_one_server_then_killed(smollm2, trained, folder):
    adapter, of_base, of_tuned, end_id = trained
    phases = []
    server = start(folder, Wanted(smollm2, adapter, length=512, dtype="float32"), on_phase=phases.append)
    names = [phase.name for phase in phases]
    assert names[-1] == "ready" and "loading the model" in names and phases[-1].elapsed_s > 1
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
    other = check_parity(server.endpoint, "base", of_tuned, TOKENS, end_ids=(end_id,))
    (parting, *_) = other.partings
    assert other.different and parting.endpoint is not None  # both words' log-probabilities, by the endpoint itself
    assert parting.endpoint[1] >= parting.endpoint[0] and parting.endpoint[1] > -20

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
    processes = [process.find() for process in state.processes]
    assert any("EngineCore" in process.name() for process in processes)
    os.kill(state.server.pid, signal.SIGKILL)
    _, left = psutil.wait_procs(processes, timeout=90)
    assert left == [] and find_running(folder) is None


def test_the_merged_model_answers_like_the_tuned_one_and_goes_with_its_supervisor(smollm2, trained, folder, tmp_path):
    adapter, _, of_tuned, end_id = trained
    told = []
    merged = merged_folder(inspect(smollm2), adapter, tmp_path / "merged", told.append)
    assert told and merged_folder(inspect(smollm2), adapter, tmp_path / "merged", told.append) == merged
    assert len(told) == 1 and list(merged.glob("*.safetensors")) and not list(merged.glob("*.bin"))
    server = start(folder, Wanted(merged, name="tuned", length=512, dtype="float32"))
    assert server.models == ("tuned",)
    parity = check_parity(server.endpoint, "tuned", of_tuned, TOKENS, end_ids=(end_id,))
    assert parity.other_tokens == () and all(parting.place > 0 for parting in parity.partings)
    state = read_state(folder)
    processes = [process.find() for process in state.processes]
    os.kill(state.supervisor.pid, signal.SIGKILL)
    _, left = psutil.wait_procs(processes, timeout=90)
    assert left == [] and find_running(folder) is None
