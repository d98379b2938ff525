"""Start, find again and stop the server of a folder; a server outlives whoever started it."""

from __future__ import annotations

import fcntl
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from backend.errors import InputError
from backend.serving.chat import Endpoint, complete, is_healthy, list_models
from backend.serving.failures import ADDRESS_IN_USE, ENGINE_DIED, explain, tail
from backend.serving.processes import Process, descendants, end
from backend.serving.state import (
    State,
    launch_path,
    log_path,
    new_key,
    read_key,
    read_state,
    remove_state,
)
from backend.serving.vllm import Dtype, Launch, build_of, check, cpu_flags, dtype_for, require_vllm
from backend.store import write_text

QUIET_S = 180.0
"""How long the log may stay as it is before the start counts as failed: 90 s were seen on a busy machine."""
LONGEST_S = 1800.0
STOP_S = 60.0
PORT_TRIES = 3
LOOK_EVERY_S = 0.5

_PHASES = (
    (re.compile(r"Application startup complete|Starting vLLM server"), "warming up"),
    (re.compile(r"KV cache size|init engine|Capturing"), "preparing memory"),
    (re.compile(r"Starting to load model|Loading safetensors"), "loading the model"),
)


@dataclass(frozen=True)
class Server:
    """A vLLM that is running, though perhaps not ready yet. `models` are the names it answers to."""

    folder: Path
    state: State

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(f"http://127.0.0.1:{self.state.port}", read_key(self.folder))

    @property
    def models(self) -> tuple[str, ...]:
        return self.state.models

    @property
    def launch(self) -> Launch:
        """What was really started: paths, lengths, number format."""
        return Launch.model_validate_json(launch_path(self.folder).read_text(encoding="utf-8"))

    @property
    def log(self) -> Path:
        return log_path(self.folder)

    def alive(self) -> bool:
        server = self.state.server
        return self.state.supervisor.find() is not None and (server is None or server.find() is not None)

    def phase(self) -> str:
        """In words: starting, loading the model, preparing memory, warming up, ready or ended."""
        if not self.alive():
            return "ended"
        if is_healthy(self.endpoint):
            return "ready"
        text = tail(self.log)
        return next((words for pattern, words in _PHASES if pattern.search(text)), "starting")

    def stop(self) -> None:
        stop(self.folder)


def start(
    folder: Path,
    model: Path,
    adapter: Path | None = None,
    *,
    name: str = "base",
    length: int = 2048,
    users: int = 8,
    dtype: Dtype | None = None,
    on_phase: Callable[[str], None] | None = None,
) -> Server:
    """Serve `model` (answering as "base") and the same with `adapter` ("tuned") on loopback; return when ready.

    Without an adapter the model answers as `name`. `dtype` is chosen for the hardware when None. State, log and
    key live in `folder`. Ready means: alive, healthy, lists all models, and each has answered one real request.
    Raises InputError with cause and next step when it does not come up, and leaves nothing running then.
    """
    if sys.platform != "linux":
        raise InputError("Serving needs Linux.", do="Use Linux, a container or a virtual machine.")
    python = require_vllm()
    build = build_of(python) or "cpu"
    launch = Launch(
        python=python,
        build=build,
        model=model.resolve(),
        adapter=adapter.resolve() if adapter is not None else None,
        name=name,
        length=length,
        users=users,
        dtype=dtype or dtype_for(build, cpu_flags()),
    )
    check(launch)
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    with _only_one(folder):
        if find_running(folder) is not None:
            raise InputError("A server is already running here.", where=str(folder), do="Use it, or stop it first.")
        write_text(launch_path(folder), launch.model_dump_json(indent=1) + "\n")
        for _ in range(PORT_TRIES):
            try:
                return _start_once(folder, launch, on_phase or (lambda _: None))
            except BaseException:
                stop(folder)
                if not ADDRESS_IN_USE.search(tail(log_path(folder))):
                    raise
        raise InputError("No free port could be kept.", do="Start again.")


def find_running(folder: Path) -> Server | None:
    """The server of this folder, whoever started it. Leftovers of one that died are cleaned up first."""
    folder = folder.resolve()
    state = read_state(folder)
    if state is None:
        return None
    server = Server(folder, state)
    if server.alive():
        return server
    stop(folder)
    return None


def stop(folder: Path) -> None:
    """End the server of this folder and everything it started, and see that it is gone. Harmless when none runs."""
    folder = folder.resolve()
    state = read_state(folder)
    if state is None:
        return
    supervisor = state.supervisor.find()
    if supervisor is not None:
        end([supervisor], grace_s=STOP_S)  # it ends all below it; the rest is for when it could not
    latest = read_state(folder) or state
    recorded = (*((latest.server,) if latest.server else ()), *latest.descendants, *state.descendants)
    left = {found.pid: found for found in map(Process.find, recorded) if found is not None}
    for process in list(left.values()):
        left.update((child.pid, child) for child in descendants(process))
    survivors = end(left.values(), grace_s=5.0)
    if survivors:
        raise RuntimeError(f"could not end the processes {[process.pid for process in survivors]} of {folder}")
    remove_state(folder)


def _start_once(folder: Path, launch: Launch, tell: Callable[[str], None]) -> Server:
    log = log_path(folder)
    log.write_bytes(b"")
    new_key(folder)
    root = str(Path(__file__).parents[2])
    with log.open("ab") as out:
        # Returns at once: the supervisor steps out of our family and goes on by itself.
        subprocess.run(
            [sys.executable, "-m", "backend.serving.supervise", str(folder), str(_free_port())],
            env={**os.environ, "PYTHONPATH": root},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            check=True,
        )
    return _wait_until_ready(folder, launch, tell)


def _wait_until_ready(folder: Path, launch: Launch, tell: Callable[[str], None]) -> Server:
    log, began = log_path(folder), time.monotonic()
    size, grown, told = -1, began, ""
    while True:
        now, bytes_now = time.monotonic(), log.stat().st_size
        if bytes_now != size:
            size, grown = bytes_now, now
        if now - grown > QUIET_S or now - began > LONGEST_S:
            do = "Start again on a less busy machine, or read the log."
            raise InputError(f"vLLM was not ready after {now - began:.0f} s.", where=str(log), do=do)
        state = read_state(folder)
        if state is None:
            raise InputError("The server was stopped while it was starting.", where=str(folder))
        server = Server(folder, state)
        phase = server.phase()
        if phase == "ended":
            raise explain(log)
        if phase == "ready":
            _prove(server, launch)
        if phase != told:
            told = phase
            tell(phase)
        if phase == "ready":
            return server
        time.sleep(LOOK_EVERY_S)


def _prove(server: Server, launch: Launch) -> None:
    """A healthy server may still fail at the first prompt: let every model answer once."""
    missing = set(launch.names) - set(list_models(server.endpoint))
    if missing:
        raise InputError(f"vLLM is up but does not list {', '.join(sorted(missing))}.", where=str(server.log))
    for name in launch.names:
        try:
            complete(server.endpoint, name, [{"role": "user", "content": "Hello"}], max_tokens=1)
        except InputError as error:
            # An engine that died answers "500" or nothing; its log knows why.
            raise explain(server.log) if ENGINE_DIED.search(tail(server.log)) else error from error


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    """Two starts in one folder would overwrite each other's state."""
    with (folder / "server.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InputError("A server is just being started here.", where=str(folder), do="Wait for it.") from error
        yield
