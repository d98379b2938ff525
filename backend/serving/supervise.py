"""The processes that own one vLLM: `python -m backend.serving.supervise FOLDER PORT`, started by `server.start`.

    guard ── supervisor ── API server ── engine core, workers

vLLM's workers outlive an API server that is killed with -9, and keep its memory. They also rename themselves over
their own environment, so no mark put there finds them. Therefore the two processes above it are ones that orphans
fall to (PR_SET_CHILD_SUBREAPER), and each ends all that is below it when anything ends, when it is told to, or when
nobody keeps the server any longer (`keepers`). Killed with -9, each is covered by the other: the supervisor's family
falls to the guard, and the guard's death is told to the supervisor by the kernel (PR_SET_PDEATHSIG), as the
supervisor's is to the API server. Linux only.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

from backend.errors import InputError
from backend.parent import end_with
from backend.serving.failures import SAID
from backend.serving.keepers import remaining_stay
from backend.serving.processes import Process, descendants, end
from backend.serving.state import State, log_path, read_key, read_launch, write_state
from backend.serving.vllm import Launch, command, environment

LOOK_EVERY_S = 0.5
GRACE_S, WORKER_GRACE_S = 20.0, 3.0
ROUNDS = 3  # what is being ended may start something
PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h


def guard(folder: Path, launch: Launch, port: int) -> None:
    """Start the supervisor; when it ends, or when we are told to, see that nothing below us is left."""
    told, me = _listen(), psutil.Process()
    child = os.fork()
    if not child:
        end_with(me.pid, signal.SIGTERM)
        supervise(folder, launch, port, told, Process.of(me))
        os._exit(0)
    supervisor = psutil.Process(child)
    while _runs(child) and not told():
        time.sleep(LOOK_EVERY_S)
    end([supervisor], GRACE_S + ROUNDS * WORKER_GRACE_S + 5)  # it ends its own family in order
    _end_family(me)


def supervise(folder: Path, launch: Launch, port: int, told: Callable[[], bool], above: Process) -> None:
    """Start vLLM, write its state, watch it and its keepers; end everything when one of them is gone."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)
    me = psutil.Process()
    cores = len(os.sched_getaffinity(0))
    with log_path(folder).open("ab") as log:
        server = subprocess.Popen(
            command(launch, port),
            env=environment(launch, read_key(folder), os.environ, cores),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            process_group=0,
            preexec_fn=lambda: end_with(me.pid, signal.SIGTERM),  # noqa: PLW1509 - safe: this process has one thread
        )
    starved, kept_until = _starved(), time.monotonic()
    state = State(
        guard=above,
        supervisor=Process.of(me),
        server=Process.of(psutil.Process(server.pid)),
        descendants=(),
        port=port,
        models=launch.names,
    )
    try:
        write_state(folder, state)
        while server.poll() is None and not told():
            stay = remaining_stay(folder)
            if stay is not None:
                kept_until = time.monotonic() + stay
            elif time.monotonic() > kept_until:
                _say(folder, "nobody keeps this server any longer, so it ends")
                break
            state = _written(folder, state, tuple(Process.of(child) for child in descendants(me)))
            time.sleep(LOOK_EVERY_S)
    finally:
        if server.poll() is None:
            end([psutil.Process(server.pid)], GRACE_S)  # asked first, it ends its own workers in order
        elif not told():
            _say(folder, _how_it_ended(server.returncode, _starved() - starved))
        _end_family(me)


def main(folder: Path, port: int) -> None:
    """Step out of the starter's session and family, so that neither its end nor its terminal touches the server.

    The state is on disk before the starter goes on: whatever happens then, the server can be found.
    """
    launch = read_launch(folder)
    written, write = os.pipe()
    child = os.fork()
    if child:
        above = Process.of(psutil.Process(child))
        write_state(
            folder,
            State(guard=above, supervisor=None, server=None, descendants=(), port=port, models=launch.names),
        )
        os.write(write, b"!")
        os._exit(0)
    os.close(write)
    if not os.read(written, 1):
        os._exit(1)  # the state could not be written: nobody would find us
    os.setsid()
    guard(folder, launch, port)


def _written(folder: Path, state: State, below: tuple[Process, ...]) -> State:
    """The state with what is below us now, on disk; a full disk is no reason to end a server, so it is tried again."""
    if below == state.descendants:
        return state
    changed = state.model_copy(update={"descendants": below})
    try:
        write_state(folder, changed)
    except InputError:
        return state
    return changed


def _listen() -> Callable[[], bool]:
    """Become the one orphans fall to; returns whether this process was asked to end."""
    heard: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda received, _: heard.append(received))
    _prctl(PR_SET_CHILD_SUBREAPER, 1)
    return lambda: bool(heard)


def _end_family(me: psutil.Process) -> None:
    for _ in range(ROUNDS):
        end(descendants(me), WORKER_GRACE_S)
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:  # those that fell to us and are only waiting to be collected
            continue
    except ChildProcessError:
        return  # none is left


def _runs(child: int) -> bool:
    try:
        return os.waitpid(child, os.WNOHANG) == (0, 0)
    except ChildProcessError:
        return False


def _say(folder: Path, words: str) -> None:
    """One line at the end of the log, which is where the reason is looked for."""
    with suppress(OSError), log_path(folder).open("a", encoding="utf-8") as log:  # a full disk must not keep us here
        log.write(f"{SAID} {words}\n")


def _how_it_ended(code: int, starved: int) -> str:
    if code >= 0:
        return f"vLLM ended with exit code {code}"
    words = f"vLLM was ended by signal {signal.Signals(-code).name}"
    return f"{words}; the kernel ended {starved} programs for want of memory meanwhile" if starved > 0 else words


def _starved() -> int:
    """How many programs the kernel has ended on this machine because memory ran out; 0 where it does not say."""
    try:
        lines = Path("/proc/vmstat").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
