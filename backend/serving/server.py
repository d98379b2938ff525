"""Start, find again and stop the server of a folder. How long it lives is up to its keepers (`keepers`)."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from backend.deployed import Setting
from backend.errors import InputError
from backend.serving import phases
from backend.serving.chat import Endpoint, complete, is_healthy, list_models
from backend.serving.failures import ADDRESS_IN_USE, ENGINE_DIED, SAID, explain, tail
from backend.serving.keepers import forget, keep, let_go, remaining_stay
from backend.serving.phases import ENDED, READY, Phase, last_start_s, phase_in, remember
from backend.serving.processes import Process, descendants, end
from backend.serving.sizing import Wanted, size
from backend.serving.state import (
    State,
    log_path,
    new_key,
    read_key,
    read_launch,
    read_settings,
    read_state,
    remove_state,
    write_launch,
)
from backend.serving.vllm import Launch
from backend.store import disk_errors

QUIET_S = 180.0
"""How long the log may stay as it is before the start counts as failed: 90 s were seen on a busy machine."""
LONGEST_S, A_GIB_S = 1800.0, 20.0
STOP_S = 60.0
PORT_TRIES = 3
LOOK_EVERY_S, LAST_WORDS_S = 0.5, 5.0
DISK_NEEDED = 64 * 2**20
"""Bytes for state and log. vLLM writes about 30 KiB while it starts; what it says afterwards comes on top."""

Tell = Callable[[Phase], None]


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
        return read_launch(self.folder)

    @property
    def settings(self) -> tuple[Setting, ...]:
        """What it was started with, each with the reason of that time."""
        return read_settings(self.folder)

    @property
    def log(self) -> Path:
        return log_path(self.folder)

    def alive(self) -> bool:
        server = self.state.server
        return self.state.guard.find() is not None and (server is None or server.find() is not None)

    def phase(self) -> Phase:
        """How far it is, for anybody who looks: the process that started it or another one."""
        elapsed = max(0.0, time.time() - self.state.guard.created)
        try:
            endpoint = self.endpoint
        except InputError:
            return Phase(ENDED, elapsed)
        if not self.alive():
            return Phase(ENDED, elapsed)
        if is_healthy(endpoint):
            return Phase(READY, elapsed)
        took = last_start_s(self.folder, self.launch)
        return Phase(phase_in(tail(self.log)), elapsed, None if took is None else took - elapsed)

    def stop(self) -> None:
        stop(self.folder)


def start(
    folder: Path,
    wanted: Wanted,
    *,
    port: int | None = None,
    stay: float | None = 0.0,
    key: str | None = None,
    on_phase: Tell | None = None,
) -> Server:
    """Serve what is wanted on loopback; return when it is ready. State, log and key live in `folder`.

    The server lives as long as this process, and `stay` seconds longer (None: until it is stopped). `port` None:
    any free one; `key` None: a new one. Ready means: alive, healthy, lists all models, and each has answered one real
    request. Raises InputError with cause and next step when it does not come up, and leaves nothing running then.
    """
    if sys.platform != "linux":
        raise InputError("Serving needs Linux.", do="Use Linux, a container or a virtual machine.")
    folder = folder.resolve()
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    with _only_one(folder):
        if find_running(folder) is not None:
            raise InputError("A server is already running here.", where=str(folder), do="Use it, or stop it first.")
        _check_disk(folder)
        sized = size(wanted)
        if port is not None:
            _check_port(port)
        write_launch(folder, sized.launch, sized.settings)
        for _ in range(PORT_TRIES):
            try:
                keep(folder, stay)
                _write_key(folder, key)
                return _start_once(folder, sized.launch, port or _free_port(), on_phase or (lambda _: None))
            except BaseException:
                stop(folder)
                if port is not None or not ADDRESS_IN_USE.search(tail(log_path(folder))):
                    raise
        raise InputError("No free port could be kept.", do="Start again, or name one with --port.")


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


def release(folder: Path) -> bool:
    """This process needs the server no longer: it is stopped, unless somebody else keeps it. True when it stopped."""
    let_go(folder.resolve())
    if remaining_stay(folder.resolve()) is not None:
        return False
    stop(folder)
    return True


def wait_for_end(folder: Path) -> InputError | None:
    """Block while the server of this folder runs; then why it ended by itself, or None when it was stopped."""
    folder = folder.resolve()
    state = read_state(folder)
    while state is not None and Server(folder, state).alive():
        time.sleep(LOOK_EVERY_S)
        state = read_state(folder)
    if state is None:
        return None
    _let_it_speak(Server(folder, state))
    stop(folder)
    return explain(log_path(folder), "The server ended.")


def stop(folder: Path) -> None:
    """End the server of this folder and everything it started, and see that it is gone. Harmless when none runs."""
    folder = folder.resolve()
    state = read_state(folder)
    if state is None:
        return
    guard = state.guard.find()
    if guard is not None:
        end([guard], grace_s=STOP_S)  # it ends all below it; the rest is for when it could not
    latest = read_state(folder) or state
    left = {found.pid: found for found in map(Process.find, (*latest.processes, *state.processes)) if found is not None}
    for process in list(left.values()):
        left.update((child.pid, child) for child in descendants(process))
    survivors = end(left.values(), grace_s=5.0)
    if survivors:
        raise RuntimeError(f"could not end the processes {[process.pid for process in survivors]} of {folder}")
    remove_state(folder)
    forget(folder)


def _write_key(folder: Path, key: str | None) -> None:
    with disk_errors(folder):
        log_path(folder).write_bytes(b"")
        new_key(folder, key)


def _start_once(folder: Path, launch: Launch, port: int, tell: Tell) -> Server:
    log = log_path(folder)
    root = str(Path(__file__).parents[2])
    with log.open("ab") as out:
        # Returns at once: the guard steps out of our family and goes on by itself.
        subprocess.run(
            [sys.executable, "-m", "backend.serving.supervise", str(folder), str(port)],
            env={**os.environ, "PYTHONPATH": root},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            check=True,
        )
    return _wait_until_ready(folder, launch, tell)


def _wait_until_ready(folder: Path, launch: Launch, tell: Tell) -> Server:
    log, began = log_path(folder), time.monotonic()
    weights = sum(file.stat().st_size for file in launch.model.glob("*.safetensors")) / 2**30
    size_before, grown = -1, began
    while True:
        now, size_now = time.monotonic(), log.stat().st_size
        if size_now != size_before:
            size_before, grown = size_now, now
        if now - grown > QUIET_S + A_GIB_S * weights or now - began > LONGEST_S + A_GIB_S * weights:
            do = "Start again on a less busy machine, or read the log."
            raise InputError(f"vLLM was not ready after {now - began:.0f} s.", where=str(log), do=do)
        state = read_state(folder)
        if state is None:
            raise InputError("The server was stopped while it was starting.", where=str(folder))
        server = Server(folder, state)
        phase = server.phase()
        if phase.name == ENDED:
            _let_it_speak(server)
            raise explain(log)
        if phase.name == READY:
            tell(Phase(phases.WARMING, phase.elapsed_s, phase.left_s))
            _prove(server, launch)
            took = time.monotonic() - began
            remember(folder, launch, took)
            tell(Phase(READY, took))
            return server
        tell(phase)
        time.sleep(LOOK_EVERY_S)


def _let_it_speak(server: Server) -> None:
    """vLLM has just ended: its supervisor looks twice a second, and then writes how."""
    until = time.monotonic() + LAST_WORDS_S
    while server.state.guard.find() is not None and SAID not in tail(server.log) and time.monotonic() < until:
        time.sleep(0.05)


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


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # one that closed a moment ago is free
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise InputError(
                f"Port {port} is taken by another program." if port > 1023 else f"Port {port} may not be used.",
                where=f"127.0.0.1:{port}",
                why=error.strerror or "",
                do="Name another port, or leave --port out: then a free one is taken.",
            ) from error


def _check_disk(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < DISK_NEEDED:
        raise InputError(
            "The disk is too full to start a server: its log would break off.",
            where=str(folder),
            why=f"{free / 2**20:.0f} MiB are free, {DISK_NEEDED / 2**20:.0f} are needed.",
            do="Free some space, or choose another folder with --home DIR.",
        )


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
