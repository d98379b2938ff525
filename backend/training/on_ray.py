"""A run on a Ray cluster: `python -m backend.training.on_ray RUN_DIR ADDRESS`, in the place of torchrun.

Started, followed and stopped like a run on this computer: this process is what `launch` knows, it asks the cluster for
a place for each rank, starts the same worker there, and starts all of them again when one is lost. Every machine must
see the run's folder and the model's at the same path, and have Tunewise installed.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import traceback
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from backend.errors import InputError
from backend.events import Done, Event, Failed, Phase, append, read
from backend.training.asked import STOP_NOW, Asked, StopNow
from backend.training.checkpoints import steps_kept
from backend.training.company import LOST
from backend.training.config import read_config
from backend.training.launch import ROOT, WORKER
from backend.training.lease import CLUSTER

TRIES = 4
"""Starts after which a run that loses a process again is given up (our choice): what kills every try is no accident."""
ANSWER_S = 5.0
PATIENCE_S = 30.0
"""Seconds that the other processes have to end by themselves when one has, or all were told to stop at once."""


def require_ray() -> None:
    """Raises InputError when Ray is not installed, or everybody who reaches the cluster may run programs on it."""
    if find_spec("ray") is None:
        raise InputError(
            "Runs on a cluster need the package Ray, which is not installed.",
            do="Install it here and on every machine of the cluster: pip install 'tunewise[ray]'",
        )
    if os.environ.get("RAY_AUTH_MODE") != "token":
        raise InputError(
            "The Ray cluster is not protected by a token.",
            where="RAY_AUTH_MODE",
            why="Without one everybody who can reach its ports can run programs on it.",
            do="Make one with `ray get-auth-token --generate`, put it on every machine, and set RAY_AUTH_MODE=token "
            "there and here before `ray start` and `tunewise`.",
        )


def _ray() -> Any:
    """Imported where it is used: it takes a second, and is an optional extra. It has hardly any types."""
    return import_module("ray")


class Place:
    """One rank's process, on whatever machine the cluster put it (a Ray actor)."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None

    def meeting_point(self) -> tuple[str, int]:
        """This machine's address and a free port, where the ranks find each other."""
        ray = _ray()
        with socket.socket() as free:
            free.bind(("", 0))
            return str(ray.util.get_node_ip_address()), int(free.getsockname()[1])

    def work(self, run_dir: str, told: dict[str, str]) -> int:
        """The worker's exit code. It ends with this actor: it looks whether its parent is still there."""
        if not (Path(run_dir) / "config.json").exists():
            raise InputError(
                f"The machine {socket.gethostname()} does not see the run's folder.", where=run_dir,
                do="Keep Tunewise's home (TUNEWISE_HOME) in a folder that all machines share, at the same path.",
            )  # fmt: skip
        with (Path(run_dir) / "worker.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", WORKER, run_dir], cwd=ROOT, env={**os.environ, **told}, stdout=log, stderr=log
            )
        return self.process.wait()

    def tell(self, number: int) -> None:
        """Send the worker a signal."""
        if self.process is not None:
            self.process.send_signal(number)


def main(argv: list[str]) -> int:
    """Exit code 0 when the run ended as it should or was stopped, else 1 or 2; the run's events say why."""
    asked, run_dir, address = Asked(), Path(argv[0]).resolve(), argv[1]

    def say(event: Event) -> None:
        append(run_dir / "events.jsonl", event)

    try:
        return _run(run_dir, address, say, asked)
    except StopNow:
        say(Done(why="stopped", steps=steps_kept(run_dir / "checkpoints")))
        return 0
    except Exception as error:  # whatever it is, the reader must learn that the run has ended
        traceback.print_exc()
        log = str(run_dir / "worker.log")
        if isinstance(error, InputError):
            say(Failed(what=f"{error.what} {error.why}".strip(), do=error.do, log=log))
            return 2
        say(Failed(what=f"The run on the cluster failed: {type(error).__name__}: {error}", do="Report it.", log=log))
        return 1


def _run(run_dir: Path, address: str, say: Any, asked: Asked) -> int:
    ray = _ray()
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=ANSWER_S).close()  # Ray itself would try for minutes
        ray.init(address=address, log_to_driver=False)
    except (OSError, RuntimeError, ValueError) as error:
        raise InputError(
            f"The Ray cluster at {address} does not answer.", why=str(error).splitlines()[0],
            do="Give HOST:PORT (the port is usually 6379). Look whether it is running (`ray status`), and whether this "
            "computer is part of it (`ray start`).",
        ) from error  # fmt: skip
    before, asked = asked, Asked()  # Ray has put its own listening in the place of ours
    asked.stop = before.stop
    processes = read_config(run_dir).knobs.processes
    needs = {"CPU": 1.0, **({"GPU": 1.0} if ray.cluster_resources().get("GPU") else {})}
    group = ray.util.placement_group([needs] * processes, strategy="PACK")
    try:
        for _ in range(TRIES):
            if not _placed(group, processes, say, asked):
                say(Done(why="stopped", steps=steps_kept(run_dir / "checkpoints")))
                return 0
            code = _once(run_dir, address, group, needs, processes, asked)
            if code is not None:
                return code
            say(Phase(name="loading", detail="a process of the run was lost: all start again from the last checkpoint"))
        last = read(run_dir / "events.jsonl")[0][-1]
        if not isinstance(last, Failed):
            say(Failed(what=f"The run lost a process {TRIES} times.", do="Resume it.", log=str(run_dir / "worker.log")))
        return 1
    finally:
        ray.util.remove_placement_group(group)


def _placed(group: Any, processes: int, say: Any, asked: Asked) -> bool:
    """Whether the cluster has made room for all; False when the run was asked to stop before."""
    ray = _ray()
    ready = group.ready()
    told = False
    while not asked.stop:
        if ray.wait([ready], timeout=1.0)[0]:
            return True
        if not told:
            say(Phase(name="queued", detail=f"waiting for room for {processes} processes on the cluster"))
            told = True
    return False


def _once(
    run_dir: Path, address: str, group: Any, needs: dict[str, float], processes: int, asked: Asked
) -> int | None:
    """Start all ranks and wait for them: the first one's exit code, or None when one was lost."""
    ray = _ray()
    bundle = import_module("ray.util.scheduling_strategies").PlacementGroupSchedulingStrategy
    made: Any = ray.remote(Place)
    places = [
        made.options(
            num_cpus=needs["CPU"], num_gpus=needs.get("GPU", 0), max_concurrency=2,
            scheduling_strategy=bundle(group, placement_group_bundle_index=rank),
        ).remote()
        for rank in range(processes)
    ]  # fmt: skip
    try:
        host, port = ray.get(places[0].meeting_point.remote())
        running = []
        for rank, place in enumerate(places):
            told = {"RANK": str(rank), "WORLD_SIZE": str(processes), "LOCAL_RANK": "0", "MASTER_ADDR": host,
                    "MASTER_PORT": str(port), CLUSTER: address}  # fmt: skip
            running.append(place.work.remote(str(run_dir), told))
        return _ended(running, places, asked)
    except ray.exceptions.RayActorError:
        return None
    except ray.exceptions.RayTaskError as error:
        raise error.cause from error
    finally:
        for place in places:
            ray.kill(place)


def _ended(running: list[Any], places: list[Any], asked: Asked) -> int | None:
    """Wait for all ranks, and pass on what they are asked: the exit code, or None when one was lost."""
    ray = _ray()
    told = False
    try:
        while running:
            done, _ = ray.wait(running, timeout=0.5)
            for one in done:
                running.remove(one)
                code = int(ray.get(one))
                if code < 0 or code == LOST:
                    return None
                if code:  # the first process hears why, and says it
                    ray.wait(running, num_returns=len(running), timeout=PATIENCE_S)
                    return code
            if asked.stop and not told:
                told = True
                for place in places:
                    place.tell.remote(int(signal.SIGTERM))
    except StopNow:
        for place in places:
            place.tell.remote(int(STOP_NOW))
        ray.wait(running, num_returns=len(running), timeout=PATIENCE_S)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
