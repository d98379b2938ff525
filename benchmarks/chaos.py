"""Kills without mercy: short runs on two pretended GPUs, whose processes are killed at random instants until they end.

    .venv/bin/python -m benchmarks.chaos [--kills 300] [--runs 4] [--seed 0] [--json OUT]

Who is killed: workers and those who wait, from outside at a random moment or by themselves right before a random
opening, renaming or deleting of a file or a folder or a connection to the line; launchers, likewise; and workers that
were stopped (SIGSTOP), by whoever waits for their device. After each death it is looked whether every checkpoint that
was said to be saved is still whole. Dead runs are started again, until as many kills have been made as were asked for;
then the rest are left alone to come to their ends. Every adapter must be the one of an undisturbed run to the last bit.

The processes are forked from this one, which has loaded torch already; from there on they are the real ones. Two
locks that only the kernel can give back tell whether a device, or a run, was ever in two hands.
"""

from __future__ import annotations

import argparse
import ctypes
import fcntl
import hashlib
import json
import os
import random
import re
import resource
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

os.environ.update(OMP_NUM_THREADS="1", HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="false")

import psutil
import torch
from tqdm import tqdm

import backend.evaluation.score
import backend.training.run
import backend.training.search  # noqa: F401 - all that a worker imports, once
from backend.database import transaction
from backend.domain import Example, Prompt
from backend.errors import InputError
from backend.events import Failed, Phase, Resumed, Saved, Waiting, read
from backend.training import launch, lease, turn, worker
from backend.training.checkpoints import MANIFEST, flaw
from backend.training.config import TrainingConfig
from backend.training.going import LOCK, is_going, kill, process
from benchmarks.tiny_model import make

SMI = """#!/bin/sh
case "$1" in
  --query-gpu*) echo "0, GPU-aaaaaaaa, pretended, 1000"; echo "1, GPU-bbbbbbbb, pretended, 1000";;
esac
"""
SETTINGS = {
    "rank": 4, "alpha": 8, "batch_size": 8, "micro_batch": 8, "epochs": 2, "learning_rate": 5e-3, "dropout": 0.1,
    "warmup_steps": 1, "evaluate_every": 2, "validation_rows": 8, "score_rows": 2, "early_stopping": False,
    "max_length": 64, "preflight_steps": 1,
}  # fmt: skip
FILES = ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.utime", "sqlite3.connect")
"""What Python tells before it does it: there a process kills itself."""
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
WAITING = "in the line"
PATIENCE_S = 900.0


class Chaos:
    """Runs in a home of their own; `hits` counts the kills by where they struck."""

    def __init__(self, root: Path, kills: int, at_once: int, seed: int) -> None:
        self.root, self.home, self.asked, self.at_once = root, root / "home", kills, at_once
        self.chance = random.Random(seed)
        self.struck: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.runs: list[Path] = []
        self.launchers: dict[int, Path] = {}
        self.stopped: dict[Path, float] = {}
        self.life_s = 0.0
        self.due: dict[int, float] = {}
        self.files = 0
        for folder in ("locks", "bin"):
            (root / folder).mkdir()
        smi = root / "bin" / "nvidia-smi"
        smi.write_text(SMI)
        smi.chmod(0o755)
        os.environ["PATH"] = f"{smi.parent}:{os.environ['PATH']}"
        self.model = root / "tiny"
        if not os.fork():  # what makes it starts threads, which this process must not have when it forks
            make(self.model)
            os._exit(0)
        os.wait()

    @property
    def hits(self) -> Counter[str]:
        """All kills so far: from outside, by the killed themselves, and of those that stood still."""
        own = Counter((self.root / "hits").read_text().splitlines()) if (self.root / "hits").exists() else Counter()
        ends = (event for run in self.runs for event in read(run / "events.jsonl")[0] if isinstance(event, Failed))
        still = sum("did not move" in event.what for event in ends)
        return self.struck + own + Counter({"stopped, then ended by one that waited": still})

    # --- the processes ---------------------------------------------------------------------------------------
    def prepare(self) -> Path:
        """One more run, the same as all others."""
        run_dir = self.home / "projects" / "chaos" / "runs" / f"run-{len(self.runs)}"
        config = TrainingConfig.model_validate(
            {"run_id": run_dir.name, "model": str(self.model), "metric": "accuracy", "labels": ("good", "bad"),
             "prompt": Prompt(name="p", user="good or bad? {input}"), "settings": SETTINGS}
        )  # fmt: skip
        words = ("rich", "dull", "helpful", "lifeless")
        rows = [Example(row=n, input=f"a {words[n % 4]} film {n}", answer=("good", "bad")[n % 2]) for n in range(56)]
        launch.prepare(run_dir, config, rows[:48], rows[48:])
        self.runs.append(run_dir)
        return run_dir

    def start(self, run_dir: Path, own: int = 0, its: int = 0) -> int:
        """A launcher, as the command line or the app is one; `own` and `its` worker's last file, if not 0."""
        pid = os.fork()
        if pid:
            return pid
        launch.spawn = lambda *told: self._spawn(*told, its)
        self._count_files("launcher", own)
        with suppress(InputError):  # somebody was quicker
            launch.start(run_dir, self.home)
        os._exit(0)

    def _spawn(self, run_dir: Path, home: Path, token: int, held: int, last: int) -> int:
        starter = os.getpid()
        pid = os.fork()
        if pid:
            return pid
        os.setsid()
        log = os.open(run_dir / "worker.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.execve = lambda _, __, environment: self._work(run_dir, environment)
        self._count_files("worker", last)
        os._exit(turn.main([str(run_dir), str(home), str(token), str(starter)]))

    def _work(self, run_dir: Path, environment: dict[str, str]) -> NoReturn:
        os.environ.update(environment)
        for name in (environment["CUDA_VISIBLE_DEVICES"], run_dir.name):
            descriptor = os.open(self.root / "locks" / name, os.O_RDWR | os.O_CREAT)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                (self.root / f"two-at-{name}").touch()
        code = worker.main([str(run_dir)])
        if not self.files:
            (self.root / "files").write_text(str(self.seen))
        os._exit(code)

    def _count_files(self, who: str, last: int) -> None:
        """From now on this process counts the files it changes, and kills itself right before the last one."""
        self.seen, home = 0, str(self.home)
        hits = os.open(self.root / "hits", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

        def hook(event: str, told: tuple[Any, ...]) -> None:
            if event not in FILES or not str(told[0]).startswith(home) or (event == "open" and not told[2] & WRITING):
                return
            name = Path(str(told[0])).name
            if name == LOCK:  # beats and looks, far more than all else
                return
            self.seen += 1
            if self.seen == last:
                name = re.sub(r"[0-9]+", "N", re.sub(r"\.\w{8}\.tmp$", "", name.lstrip(".")))
                os.write(hits, f"{who}, at {event} of {name}\n".encode())
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)

    # --- the course ------------------------------------------------------------------------------------------
    def undisturbed(self) -> Path:
        """The run to compare with; how long it computes and how many files it changes is what kills are drawn from."""
        run_dir = self.prepare()
        self.start(run_dir)
        with suppress(ChildProcessError):  # the launcher, then the worker, which falls to us
            while True:
                os.waitpid(-1, 0)
        spent = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.life_s = spent.ru_utime + spent.ru_stime
        self.files = int((self.root / "files").read_text())
        return run_dir

    def carry_out(self) -> None:
        """Kill until it is enough; then let them end."""
        reference = self.undisturbed()
        print(f"undisturbed: {self.life_s:.1f} CPU seconds, {self.files} files changed", file=sys.stderr, flush=True)
        told = 0
        while (now := sum(self.hits.values())) < self.asked:
            if now >= told + 20:
                done = sum(map(_done, self.runs))
                print(f"{now} kills, {done} of {len(self.runs)} runs done", file=sys.stderr, flush=True)
                told = now
            while sum(not _done(run) for run in self.runs) < self.at_once:
                self.prepare()
            self._start_the_dead(mercy=False)
            time.sleep(self.chance.uniform(0, 0.1))
            for run in self.runs:
                self._strike(run)
            self._reap()
        deadline = time.monotonic() + PATIENCE_S
        while not all(map(_done, self.runs)) and time.monotonic() < deadline:
            self._start_the_dead(mercy=True)
            self._wake_the_stopped(after=0.0)
            self._reap()
            time.sleep(0.2)
        for run in self.runs:
            self._compare(run, reference)
        self.wrong += [f"two processes: {trace.name}" for trace in self.root.glob("two-at-*")]
        with transaction(self.home / "queue.db") as db:
            self.wrong += [line for (line,) in db.execute("pragma integrity_check") if line != "ok"]

    def _start_the_dead(self, mercy: bool) -> None:
        if self.chance.random() < 0.2:
            launch.spawn = lambda *told: self._spawn(*told, 0)
            launch.wake(self.home)  # somebody looks: what waited in the line goes on waiting
        for run in self.runs:
            if run in self.launchers.values() or is_going(run) or _done(run):
                continue
            self._look_at_what_was_confirmed(run)
            draw = 1.0 if mercy else self.chance.random()
            own = self.chance.randint(1, 10) if draw < 0.15 else 0
            its = self.chance.randint(1, self.files) if 0.15 <= draw < 0.6 else 0
            pid = self.start(run, own, its)
            self.launchers[pid] = run
            if 0.6 <= draw < 0.7:
                time.sleep(self.chance.uniform(0, 0.1))
                if os.waitpid(pid, os.WNOHANG) == (0, 0):
                    os.kill(pid, signal.SIGKILL)
                    self.struck["launcher, at any moment"] += 1
                else:
                    del self.launchers[pid]

    def _strike(self, run: Path) -> None:
        """Kill a process whose time has come, or stop it so that somebody who waits must find it.

        The time is drawn in CPU seconds, so that as much is done between kills on a busy machine as on an idle one.
        """
        self._wake_the_stopped(after=4 * lease.LEASE_S)
        first = None if run in self.stopped or _done(run) else process(run)
        if first is None:
            return
        with suppress(psutil.NoSuchProcess, ProcessLookupError):
            spent, where = first.cpu_times(), _where(run)
            due = self.due.setdefault(first.pid, self.chance.uniform(0, 1.2 * self.life_s))
            waits_no_more = where == WAITING and self.chance.random() < 0.01
            if spent.user + spent.system < due and not waits_no_more:
                return
            if self.chance.random() < 0.1 and where != WAITING:
                os.kill(first.pid, signal.SIGSTOP)
                self.stopped[run] = time.monotonic()
                return
            os.kill(first.pid, signal.SIGKILL)
            self.struck[f"{where}, at any moment"] += 1

    def _wake_the_stopped(self, after: float) -> None:
        for run, since in list(self.stopped.items()):
            if time.monotonic() - since > after or not is_going(run):
                first = process(run)
                if first is not None:
                    first.send_signal(signal.SIGCONT)
                del self.stopped[run]

    def _reap(self) -> None:
        with suppress(ChildProcessError):
            while (pid := os.waitpid(-1, os.WNOHANG)[0]) != 0:
                self.launchers.pop(pid, None)

    def _look_at_what_was_confirmed(self, run: Path) -> None:
        saved = [event for event in read(run / "events.jsonl")[0] if isinstance(event, Saved)]
        if saved and (lost := flaw(run / saved[-1].folder)):
            self.wrong.append(f"{run.name}: a confirmed checkpoint is lost: {saved[-1].folder}: {lost}")

    def _compare(self, run: Path, reference: Path) -> None:
        if not _done(run):
            self.wrong.append(f"{run.name}: lost, it is {launch.status(run)}")
        elif _adapter(run) != _adapter(reference):
            self.wrong.append(f"{run.name}: another adapter than the undisturbed run's")
        elif asdict(launch.result(run).facts) != asdict(launch.result(reference).facts):
            self.wrong.append(f"{run.name}: other results than the undisturbed run's")


def _done(run: Path) -> bool:
    return (run / "result.json").exists() and launch.status(run) == "done"


def _where(run: Path) -> str:
    """What a run is at, in words."""
    events = read(run / "events.jsonl")[0]
    if any(not (folder / MANIFEST).exists() for folder in (run / "checkpoints").glob("checkpoint-*")):
        return "worker, saving a checkpoint"
    if events and isinstance(events[-1], Waiting):
        return WAITING
    phases = [event.name for event in events if isinstance(event, Phase)]
    return f"worker, {phases[-1]}" if phases else "worker"


def _adapter(run: Path) -> str:
    return hashlib.sha256((run / "adapter" / "adapter_model.safetensors").read_bytes()).hexdigest()


def main() -> int:
    """Exit code 1 when anything was lost, shared or different."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--runs", type=int, default=4, help="how many are under way at a time")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    tqdm.set_lock(threading.RLock())  # its own lock is shared by all that are forked, and dies with who holds it
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER: orphans fall to us, who collect them
    turn.POLL_S, lease.BEAT_S = 0.1, 0.2
    lease.LEASE_S = turn.LEASE_S = 6.0
    with tempfile.TemporaryDirectory() as folder:
        chaos, began = Chaos(Path(folder), asked.kills, asked.runs, asked.seed), time.monotonic()
        try:
            chaos.carry_out()
        finally:
            for run in chaos.runs:
                kill(run)
        torn = sum(len(list((run / "checkpoints").glob("*.torn"))) for run in chaos.runs)
        resumed = sum(isinstance(event, Resumed) for run in chaos.runs for event in read(run / "events.jsonl")[0])
        report = {
            "kills": sum(chaos.hits.values()), "runs": len(chaos.runs), "minutes": (time.monotonic() - began) / 60,
            "resumed": resumed, "torn": torn, "wrong": chaos.wrong, "hits": dict(chaos.hits.most_common()),
        }  # fmt: skip
    words = json.dumps(report, indent=1)
    print(words)
    if asked.json:
        asked.json.write_text(words)
    return bool(report["wrong"])


if __name__ == "__main__":
    sys.exit(main())
