"""The process that owns one vLLM: `python -m backend.serving.supervise FOLDER PORT`, started by `server.start`.

vLLM's workers outlive an API server that is killed with -9, and keep its memory. So this process makes itself the
one that orphans fall to (PR_SET_CHILD_SUBREAPER): when the API server ends in any way, or this process is told to
end, it ends everything below it. Should this process itself be killed, the kernel ends the API server
(PR_SET_PDEATHSIG), and the recorded descendants are ended by the next look at the folder. Linux only.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import psutil

from backend.serving.processes import Process, descendants, end
from backend.serving.state import State, launch_path, log_path, read_key, write_state
from backend.serving.vllm import Launch, command, environment

LOOK_EVERY_S = 0.5
GRACE_S, WORKER_GRACE_S = 20.0, 5.0
ROUNDS = 3  # what is being ended may start something
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36  # linux/prctl.h


def supervise(folder: Path, launch: Launch, port: int) -> None:
    """Start vLLM, write its state, watch it; end everything when it ends or when we are told to."""
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: told.set())
    kernel = ctypes.CDLL(None)
    kernel.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    me = psutil.Process()

    def end_with_me() -> None:
        kernel.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != me.pid:  # we were killed before the line above
            os._exit(1)

    cores = len(os.sched_getaffinity(0))
    with log_path(folder).open("ab") as log:
        server = subprocess.Popen(
            command(launch, port),
            env=environment(launch, read_key(folder), os.environ, cores),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            process_group=0,
            preexec_fn=end_with_me,  # noqa: PLW1509 - safe: this process has one thread
        )
    try:
        state = _state(me, launch, port).model_copy(update={"server": Process.of(psutil.Process(server.pid))})
        while server.poll() is None and not told.is_set():
            now = tuple(Process.of(child) for child in descendants(me))
            if now != state.descendants:
                state = state.model_copy(update={"descendants": now})
                write_state(folder, state)
            told.wait(LOOK_EVERY_S)
    finally:
        if server.poll() is None:
            end([psutil.Process(server.pid)], GRACE_S)  # asked first, it ends its own workers in order
        for _ in range(ROUNDS):
            end(descendants(me), WORKER_GRACE_S)


def main(folder: Path, port: int) -> None:
    """Step out of the starter's session and family, so that neither its end nor its terminal touches the server.

    The state is on disk before the starter goes on: whatever happens then, the server can be found.
    """
    launch = Launch.model_validate_json(launch_path(folder).read_text(encoding="utf-8"))
    written, write = os.pipe()
    child = os.fork()
    if child:
        write_state(folder, _state(psutil.Process(child), launch, port))
        os.write(write, b"!")
        os._exit(0)
    os.close(write)
    if not os.read(written, 1):
        os._exit(1)  # the state could not be written: nobody would find us
    os.setsid()
    supervise(folder, launch, port)


def _state(supervisor: psutil.Process, launch: Launch, port: int) -> State:
    return State(supervisor=Process.of(supervisor), server=None, descendants=(), port=port, models=launch.names)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
