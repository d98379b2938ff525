"""Start, find again, stop: with a fake vLLM whose worker outlives it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from backend.errors import InputError
from backend.serving import find_running, start, stop
from backend.serving import server as module
from backend.serving.failures import explain
from backend.serving.state import read_state


def everything(server):
    state = read_state(server.folder)
    found = [process.find() for process in (state.supervisor, state.server, *state.descendants)]
    assert len(found) >= 3 and None not in found  # supervisor, API server, worker
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
    server = start(folder, model, adapter, on_phase=phases.append)
    assert phases[-1] == "ready"
    wait_for_worker(server)
    return server


def test_starts_answers_and_stops(running):
    assert running.models == ("base", "tuned") and running.phase() == "ready"
    assert running.endpoint.url.startswith("http://127.0.0.1:")
    assert running.launch.dtype in ("float32", "auto")
    assert (running.folder / "server.key").stat().st_mode & 0o777 == 0o600
    key = running.endpoint.key
    processes = everything(running)
    for process in processes:
        assert key not in " ".join(process.cmdline())
    for file in running.folder.iterdir():
        assert file.name == "server.key" or key not in file.read_text()
    running.stop()
    assert_gone(processes)
    assert find_running(running.folder) is None and running.phase() == "ended"
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


def test_a_killed_api_server_takes_its_workers_along(deaf, running):
    processes = everything(running)
    os.kill(running.state.server.pid, signal.SIGKILL)
    psutil.wait_procs(processes, timeout=60)  # by itself, nobody looks at the folder
    assert_gone(processes)
    assert find_running(running.folder) is None
    assert not (running.folder / "server.json").exists()


def test_a_killed_supervisor_leaves_nothing_after_the_next_look(deaf, running):
    processes = everything(running)
    os.kill(running.state.supervisor.pid, signal.SIGKILL)
    psutil.wait_procs(processes[:2], timeout=60)  # the supervisor, and the API server with it
    assert all(p.is_running() for p in processes[2:] if p.pid != running.state.server.pid)
    assert find_running(running.folder) is None
    assert_gone(processes)


def test_survives_its_starter(fake_vllm, folder, model, tmp_path):
    code = (
        "import sys; from pathlib import Path; from backend.serving import start;"
        "start(Path(sys.argv[1]), Path(sys.argv[2]), name='tuned')"
    )
    subprocess.run([sys.executable, "-c", code, folder, model], check=True, cwd=tmp_path, start_new_session=True)
    server = find_running(folder)
    assert server is not None and server.models == ("tuned",) and server.phase() == "ready"


def test_a_stale_state_never_hits_a_stranger(running):
    state, key = read_state(running.folder), running.endpoint.key
    running.stop()
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        reused = state.server.model_copy(update={"pid": stranger.pid})  # the pid, but not the start time
        module.write_text(
            running.folder / "server.json",
            state.model_copy(update={"supervisor": reused, "server": reused}).model_dump_json(),
        )
        (running.folder / "server.key").write_text(key)
        assert find_running(running.folder) is None
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_only_one_server_a_folder(running, model):
    with pytest.raises(InputError, match="already running"):
        start(running.folder, model)
    assert running.alive()


def test_a_taken_port_is_tried_again(fake_vllm, folder, model, behave):
    behave(taken=True)
    assert start(folder, model).phase() == "ready"
    assert (model / "was-taken").exists()


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        ({"exit": True, "log": "torch.OutOfMemoryError: CUDA out of memory."}, "not enough memory"),
        ({"exit": True, "log": "api_server.py: error: unrecognized arguments: --x"}, "make vllm"),
        ({"exit": True, "log": "KeyError: 'odd'"}, "KeyError: 'odd'"),
        ({"exit": True}, "without a word"),
        ({"refuse": True}, "no chat template"),
    ],
)
def test_a_failed_start_says_why_and_leaves_nothing(fake_vllm, folder, model, behave, behaviour, words):
    behave(**behaviour)
    with pytest.raises(InputError, match=words):
        start(folder, model)
    assert [p.pid for p in psutil.process_iter(["cmdline"]) if str(model) in (p.info["cmdline"] or [])] == []


def test_a_server_that_never_gets_ready_is_given_up(fake_vllm, folder, model, behave, monkeypatch):
    behave(mute=True)
    monkeypatch.setattr(module, "QUIET_S", 3.0)
    with pytest.raises(InputError, match="not ready after"):
        start(folder, model)
    assert find_running(folder) is None


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("(Engine pid=7) ERROR 11-23 22:43:37 [a.py:1] ValueError: No available memory for the cache blocks", "memory"),
        ("ValueError: LoRA rank 64 is greater than max_lora_rank 16.", "adapter"),
        ("ValueError: User-specified max_model_len (9999) is greater than the derived max_model_len", "length"),
        ("ModuleNotFoundError: No module named 'vllm'", "installed vLLM"),
        ("ValueError: something else\nRuntimeError: Engine core initialization failed. See root cause above.", "ended"),
    ],
)
def test_last_words_are_translated(tmp_path, line, words):
    log = tmp_path / "server.log"
    log.write_text("INFO Detected the chat template content format to be 'string'.\n\x1b[36m" + line + "\x1b[0m\nbye\n")
    error = explain(log)
    assert words in error.what and error.do and error.where == str(log)
    assert "pid=" not in error.why and "Engine core initialization" not in error.why
