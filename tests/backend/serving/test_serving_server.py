"""Start, find again, stop: with a fake vLLM whose worker outlives it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from itertools import pairwise

import numpy
import psutil
import pytest
from safetensors.numpy import save_file

from backend.errors import InputError
from backend.serving import Wanted, find_running, start, stop
from backend.serving import server as module
from backend.serving.failures import explain
from backend.serving.phases import phase_in
from backend.serving.state import read_state, write_state


def everything(server):
    state = read_state(server.folder)
    found = [process.find() for process in state.processes]
    assert len(found) >= 4 and None not in found  # guard, supervisor, API server, worker
    return found


def assert_gone(processes):
    assert [p for p in processes if p.is_running() and p.status() != psutil.STATUS_ZOMBIE] == []


def wait_for_worker(server):
    """The supervisor writes new descendants down twice a second."""
    until = time.monotonic() + 30
    while len(read_state(server.folder).descendants) < 2:
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.fixture
def deaf(behave):
    """Workers that have to be killed."""
    behave(deaf=True)


@pytest.fixture
def running(fake_vllm, folder, model, adapter):
    phases = []
    server = start(folder, Wanted(model, adapter), on_phase=phases.append)
    assert phases[-1].name == "ready" and all(a.elapsed_s <= b.elapsed_s for a, b in pairwise(phases[:-1]))
    wait_for_worker(server)
    return server


def test_starts_answers_and_stops(running):
    assert running.models == ("base", "tuned") and running.phase().name == "ready"
    assert running.endpoint.url.startswith("http://127.0.0.1:")
    assert running.launch.dtype in ("float32", "bfloat16")
    assert {setting.name for setting in running.settings} == {"length", "users", "dtype", "rank", "cache_gib"}
    assert all(setting.reason for setting in running.settings)
    assert (running.folder / "server.key").stat().st_mode & 0o777 == 0o600
    key = running.endpoint.key
    processes = everything(running)
    for process in processes:
        assert key not in " ".join(process.cmdline())
    for file in running.folder.iterdir():
        assert file.is_dir() or file.name == "server.key" or key not in file.read_text()
    running.stop()
    assert_gone(processes)
    assert find_running(running.folder) is None and running.phase().name == "ended"
    assert not (running.folder / "server.json").exists() and not (running.folder / "server.key").exists()
    stop(running.folder)  # harmless


def test_is_found_again_by_another_process(running):
    code = (
        "import sys; from pathlib import Path; from backend.serving import find_running, complete;"
        "s = find_running(Path(sys.argv[1]));"
        "print(complete(s.endpoint, 'tuned', [{'role': 'user', 'content': 'x'}], 5).text)"
    )
    said = subprocess.check_output([sys.executable, "-c", code, running.folder], encoding="utf-8")
    assert said.strip() == "Grüße aus tuned"
    assert running.alive()


def test_guard_and_supervisor_killed_at_once_leave_nothing_after_the_next_look(deaf, running):
    """Each covers the death of the other; for the death of both there is what they wrote down."""
    processes = everything(running)
    state = read_state(running.folder)
    os.kill(state.guard.pid, signal.SIGSTOP)  # so that it cannot notice in between
    os.kill(state.supervisor.pid, signal.SIGKILL)
    os.kill(state.guard.pid, signal.SIGKILL)
    psutil.wait_procs(processes[:3], timeout=60)
    assert find_running(running.folder) is None
    assert_gone(processes)
    assert not (running.folder / "server.json").exists()


def test_a_stale_state_never_hits_a_stranger(running):
    state, key = read_state(running.folder), running.endpoint.key
    running.stop()
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        reused = state.server.model_copy(update={"pid": stranger.pid})  # the pid, but not the start time
        everywhere = {"guard": reused, "supervisor": reused, "server": reused, "descendants": (reused,)}
        write_state(running.folder, state.model_copy(update=everywhere))
        (running.folder / "server.key").write_text(key)
        assert find_running(running.folder) is None
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_only_one_server_a_folder(running, model):
    with pytest.raises(InputError, match="already running"):
        start(running.folder, Wanted(model))
    assert running.alive()


def test_a_taken_port_is_tried_again(fake_vllm, folder, model, behave):
    behave(taken=True)
    assert start(folder, Wanted(model)).phase().name == "ready"
    assert (model / "was-taken").exists()


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        ({"exit": True, "log": "torch.OutOfMemoryError: CUDA out of memory."}, "not enough memory"),
        ({"exit": True, "log": "api_server.py: error: unrecognized arguments: --x"}, "make vllm"),
        ({"exit": True, "log": "KeyError: 'odd'"}, "KeyError: 'odd'"),
        ({"exit": True}, "said nothing"),
        ({"dies": signal.SIGKILL}, "killed from outside|memory ran out"),
        ({"dies": signal.SIGILL}, "lacks an instruction"),
        ({"exit": True, "log": "ImportError: libcudart.so.12: cannot open shared object file"}, "library that vLLM"),
        ({"refuse": True}, "no chat template"),
    ],
)
def test_a_failed_start_says_why_and_leaves_nothing(fake_vllm, folder, model, behave, behaviour, words):
    behave(**behaviour)
    with pytest.raises(InputError, match=words):
        start(folder, Wanted(model))
    assert [p.pid for p in psutil.process_iter(["cmdline"]) if str(model) in (p.info["cmdline"] or [])] == []


def test_a_server_that_never_gets_ready_is_given_up(fake_vllm, folder, model, behave, monkeypatch):
    behave(mute=True)
    monkeypatch.setattr(module, "QUIET_S", 3.0)
    with pytest.raises(InputError, match="not ready after"):
        start(folder, Wanted(model))
    assert find_running(folder) is None


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("(Engine pid=7) ERROR 11-23 22:43:37 [a.py:1] ValueError: No available memory for the cache blocks", "memory"),
        ("ValueError: LoRA rank 64 is greater than max_lora_rank 16.", "rank is above the limit"),
        ("RuntimeError: The size of tensor a (96) must match the size of tensor b (64)", "another base model"),
        ("ValueError: Loading lora tuned failed: no adapter_config.json found", "cannot load the adapter"),
        ("ValueError: User-specified max_model_len (9999) is greater than the derived max_model_len", "length"),
        ("pydantic ValidationError: Model architectures ['Odd'] are not supported for now.", "kind of model"),
        ("ERROR OSError: Can't load tokenizer for '/m'.", "tokenizer cannot be read"),
        ("OSError: [Errno 98] Address already in use", "port is taken"),
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("ModuleNotFoundError: No module named 'vllm'", "installed vLLM"),
        ("ImportError: libiomp5.so: cannot open shared object file: No such file or directory", "program library"),
        ("OSError: /lib/libc.so.6: version `GLIBC_2.38' not found", "program library"),
        ("FileNotFoundError: [Errno 2] No such file or directory: '/gone/bin/python'", "Python cannot be run"),
        ("RuntimeError: Failed to infer device type, please set VLLM_LOGGING_LEVEL=DEBUG", "GPU or its driver"),
        (
            "RuntimeError: Engine core initialization failed. Failed core proc(s): {'EngineCore_0': -9}",
            "memory ran out",
        ),
        ("RuntimeError: Engine core initialization failed. Failed core proc(s): {'EngineCore': -4}", "instruction"),
        ("[tunewise] vLLM was ended by signal SIGSEGV", "crashed"),
        ("OSError: [Errno 24] Too many open files", "enough files"),
        ("(A pid=1) WARNING 11-24 Found ulimit, like `OSError: Too many open files`\nKeyError: 'odd'", "ended while"),
        ('  File "/v/transformers/tokenization_utils_base.py", line 1\nKeyError: \'added_tokens\'', "tokenizer"),
        ("ValueError: something else\nRuntimeError: Engine core initialization failed. See root cause above.", "ended"),
    ],
)
def test_last_words_are_translated(tmp_path, line, words):
    log = tmp_path / "server.log"
    log.write_text("INFO Detected the chat template content format to be 'string'.\n\x1b[36m" + line + "\x1b[0m\nbye\n")
    error = explain(log)
    assert words in error.what and error.do and error.where == str(log)
    assert "pid=" not in error.why


def test_a_port_that_is_taken_is_told_at_once(fake_vllm, folder, model):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"Port {port} is taken") as refused:
            start(folder, Wanted(model), port=port)
    assert "--port" in refused.value.do and not (folder / "server.log").exists()
    assert start(folder, Wanted(model), port=port).state.port == port


def test_a_full_disk_is_told_before_anything_starts(fake_vllm, tmp_path, model):
    small = tmp_path / "small"
    small.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "none", small], capture_output=True, check=False
    ).returncode:
        pytest.skip("only root may make a small disk")
    try:
        with pytest.raises(InputError, match=r"disk is too full.*\n.*\n.*1 MiB are free"):
            start(small / "serving", Wanted(model))
    finally:
        subprocess.run(["umount", small], check=True)


def test_a_broken_interpreter_is_told(tmp_path, folder, model, monkeypatch):
    broken = tmp_path / "python"
    broken.write_text("\x7fELF no program")
    broken.chmod(0o755)
    monkeypatch.setenv("TUNEWISE_VLLM_PYTHON", str(broken))
    with pytest.raises(InputError, match="does not run"):
        start(folder, Wanted(model))


def test_a_model_without_tokenizer_or_with_anothers_adapter_is_refused_at_once(fake_vllm, folder, model, adapter):
    save({"base.layers.0.mlp.weight": (8, 4)}, model)
    save({"base_model.model.base.layers.0.mlp.lora_A.weight": (2, 6)}, adapter)
    with pytest.raises(InputError, match=r"another base model(.|\n)*mlp has 6 inputs.*has 4"):
        start(folder, Wanted(model, adapter))
    save({"base_model.model.base.layers.0.mlp.lora_A.weight": (2, 4)}, adapter)
    (model / "tokenizer.json").unlink()
    with pytest.raises(InputError, match="no tokenizer"):
        start(folder, Wanted(model, adapter))
    assert not (folder / "server.log").exists()


def test_the_last_start_tells_how_long_the_next_one_takes(fake_vllm, folder, model):
    first = start(folder, Wanted(model))
    took = first.phase().elapsed_s
    first.stop()
    phases = []
    start(folder, Wanted(model), on_phase=phases.append)
    assert phases[0].left_s is not None and phases[0].left_s <= took and "left" in phases[0].words
    assert 0 <= phases[0].done < 1 and phases[-1].done == 1


def test_phases_are_read_from_vllms_words():
    """The lines of a GPU's start as vLLM 0.32 words them in its source; it has not been run on one here."""
    lines = (
        "INFO Initializing a V1 LLM engine", "INFO Starting to load model /m...", "INFO Loading weights took 1 s",
        "INFO Compiling a graph for compile range (1, 8192) takes 9 s", "INFO GPU KV cache size: 46,592 tokens",
        "Capturing CUDA graphs (decode, FULL): 5 %", "INFO init engine (profile, create kv cache) took 3 s",
        "INFO:     Application startup complete.",
    )  # fmt: skip
    seen = [phase_in("\n".join(lines[: number + 1])) for number in range(len(lines))]
    assert seen == [
        "starting", "loading the model", "loading the model", "compiling", "preparing memory", "compiling",
        "preparing memory", "warming up",
    ]  # fmt: skip
    assert phase_in("WARNING Enforce eager set, disabling torch.compile, CUDAGraphs") == "starting"


def save(shapes, folder):
    save_file(
        {name: numpy.zeros(shape, dtype="float32") for name, shape in shapes.items()}, folder / "weights.safetensors"
    )
