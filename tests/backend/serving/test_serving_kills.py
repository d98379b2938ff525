"""The kill matrix: whoever dies, however, nothing of a server is left after a few seconds, by itself.

Nobody looks at the folder in these tests. What is ours is looked for in /proc by session, environment, command line
and the worker's own pid, not in what the server wrote down. The fake's workers ignore SIGTERM and have left family,
session and environment, as vLLM's overwrite theirs with a new name.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from pathlib import Path

import psutil
import pytest

from backend.serving import find_running
from backend.serving.state import read_key, read_state

PATIENCE_S = 25.0  # vLLM's own shutdown is given 20
LAUNCHER = """
import signal, sys
from pathlib import Path
from backend.serving import Wanted, start
from backend.serving.server import find_running
from backend.serving.keepers import keep
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have had it ignored
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # nohup too
folder, model, stay = Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])
if find_running(folder):
    keep(folder, stay)
else:
    start(folder, Wanted(model), stay=stay)
print("ready", flush=True)
signal.pause()
"""


class Launched:
    """A launcher as the command line or the app is one, and every way to find what belongs to it."""

    def __init__(self, folder: Path, model: Path, stay: float = 0.0) -> None:
        self.folder, self.model, self.mark = folder, model, uuid.uuid4().hex
        self.process = subprocess.Popen(
            [sys.executable, "-c", LAUNCHER, str(folder), str(model), str(stay)],
            env={**os.environ, "TEST_MARK": self.mark}, stdout=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip

    def until_ready(self) -> Launched:
        assert self.process.stdout.readline() == "ready\n"
        self.state, self.key = read_state(self.folder), read_key(self.folder)
        return self

    def pid(self, who: str) -> int:
        own = {"launcher": lambda: self.process.pid, "worker": lambda: int((self.model / "worker").read_text())}
        return own[who]() if who in own else getattr(self.state, who).pid

    def left(self) -> list[str]:
        worker = self.model / "worker"
        pids = {int(worker.read_text())} if worker.exists() else set()
        return [
            f"{process.pid} {process.info['name']}"
            for process in psutil.process_iter(["name", "status", "cmdline"])
            if process.info["status"] != psutil.STATUS_ZOMBIE and (process.pid in pids or self._is_ours(process))
        ]

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            told = Path(f"/proc/{process.pid}/environ").read_bytes().decode(errors="replace")
            session = os.getsid(process.pid)
        except OSError:
            return False  # gone, or another user's
        words = " ".join(process.info["cmdline"] or ())
        marks = [self.mark, *([self.key] if hasattr(self, "key") else [])]
        ours = {self.process.pid, *([self.state.guard.pid] if hasattr(self, "state") else [])}
        return session in ours or any(mark in told for mark in marks) or str(self.model) in words

    def nothing_is_left(self, within: float = PATIENCE_S) -> None:
        until = time.monotonic() + within
        while (left := self.left()) and time.monotonic() < until:
            time.sleep(0.1)
        assert left == []
        if hasattr(self, "state"):
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", self.state.port))


@pytest.fixture
def launch(fake_vllm, folder, model, behave):
    launched: list[Launched] = []

    def make(stay: float = 0.0, **behaviour: object) -> Launched:
        behave(deaf=True, escaped=True, **behaviour)
        launched.append(Launched(folder, model, stay))
        return launched[-1]

    yield make
    for one in launched:
        one.process.kill()
        one.process.wait()


@pytest.mark.parametrize(
    ("who", "how"),
    [
        *[(who, "KILL") for who in ("launcher", "guard", "supervisor", "server", "worker")],
        *[("launcher", how) for how in ("TERM", "INT", "HUP")],
        *[("server", how) for how in ("TERM", "HUP")],
        ("guard", "TERM"), ("supervisor", "HUP"),
    ],
)  # fmt: skip
def test_whoever_dies_nothing_is_left(launch, who, how):
    launched = launch().until_ready()
    assert len(launched.left()) >= 5  # launcher, guard, supervisor, API server, worker
    os.kill(launched.pid(who), getattr(signal, f"SIG{how}"))
    if who != "launcher":
        until = time.monotonic() + PATIENCE_S
        while len(launched.left()) > 1 and time.monotonic() < until:
            time.sleep(0.1)
        assert [pid.split()[0] for pid in launched.left()] == [str(launched.process.pid)]
        launched.process.kill()
    launched.process.wait(PATIENCE_S)
    launched.nothing_is_left()


def test_a_launcher_killed_while_the_model_loads_leaves_nothing(launch):
    launched = launch(mute=True)
    until = time.monotonic() + 30
    while len(launched.left()) < 5:
        assert time.monotonic() < until
        time.sleep(0.05)
    launched.process.kill()
    launched.process.wait()
    launched.nothing_is_left()


def test_an_app_that_is_started_again_finds_its_server_and_one_that_is_not_leaves_nothing(launch):
    first = launch(stay=6.0).until_ready()
    server = first.state.server
    first.process.kill()
    first.process.wait()
    second = launch(stay=1.0).until_ready()
    assert second.state.server == server and find_running(second.folder).phase().name == "ready"
    time.sleep(7.0)  # longer than the first one's stay: the second one keeps it now
    assert find_running(second.folder) is not None
    second.process.kill()
    second.process.wait()
    assert first.left() != []  # it may be found again for a moment
    first.nothing_is_left()
    second.nothing_is_left()
