"""The line for the devices: who gets them, who has lost them, and who may still write; without training anything."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time

import psutil
import pytest

from backend.errors import InputError
from backend.events import Done, Failed, Phase, Waiting, append, read
from backend.training import devices, going, launch, lease, turn
from backend.training.config import Knobs
from backend.training.lease import LEASE, Lost, given, held
from backend.training.line import Line, TakenOut
from backend.training.place import place

TWO = ("GPU-one", "GPU-two")


@pytest.fixture
def line(own_home):
    return Line(own_home)


@pytest.fixture
def enter(line, own_home):
    """enter(name, wants) puts a run into the line, held by this process until the test lets go of `.held`."""
    holds = {}

    def make(name, wants=1):
        folder = own_home / "projects" / "shop" / "runs" / name
        folder.mkdir(parents=True, exist_ok=True)
        token, holds[name] = line.enter(folder, wants)
        return token, folder

    make.dies = lambda name: os.close(holds.pop(name))
    yield make
    for descriptor in holds.values():
        os.close(descriptor)


def restart_the_machine(line):
    """As far as the line can tell."""
    with sqlite3.connect(line.path) as db:
        db.execute("update line set boot = 'the one before'")
    db.close()


def test_devices_go_by_turn_and_nobody_is_passed_over(line, enter):
    (first, _), (second, _), (third, _) = enter("first"), enter("second", wants=2), enter("third")
    assert line.claim(third, TWO) == () and line.claim(second, TWO) == ()  # one is before them
    assert line.claim(first, TWO) == ("GPU-one",)
    assert line.claim(second, TWO) == ()  # it wants two
    assert line.claim(third, TWO) == ()  # one is free, but it is not its turn
    enter.dies("first")
    assert line.claim(second, TWO) == TWO and line.claim(third, TWO) == ()
    enter.dies("second")
    assert line.claim(third, TWO[1:]) == ("GPU-two",)


def test_a_run_is_in_the_line_once(line, enter):
    token, folder = enter("one")
    with pytest.raises(InputError, match="already going"):
        line.enter(folder, 1)
    enter.dies("one")
    again, _ = enter("one")
    assert again > token and len(line.entries()) == 1


def test_what_waited_or_lost_its_machine_keeps_its_place_and_what_died_alone_does_not(line, enter):
    for name in ("trained", "waited", "later"):
        enter(name)
    line.claim(line.entries()[0].token, TWO[:1])
    enter.dies("trained")
    enter.dies("waited")
    assert not line.entries()[0].interrupted and line.entries()[1].interrupted
    enter("waited")
    enter("trained")
    assert [entry.folder.name for entry in line.entries()] == ["waited", "later", "trained"]
    line.claim(line.entries()[0].token, TWO[:1])
    restart_the_machine(line)
    for name in ("trained", "waited", "later"):
        enter.dies(name)
    assert all(entry.interrupted for entry in line.entries())
    enter("waited")
    assert [entry.folder.name for entry in line.entries()] == ["waited", "later", "trained"]


def test_the_place_in_the_line_and_why_in_words(line, enter, own_home):
    machine = [devices.Device(name, f"GPU {number} (H100)", 80.0) for number, name in enumerate(TWO)]
    (first, _), (second, _) = enter("first"), enter("second", wants=2)
    assert place(line, first, machine) is None
    user = devices.User(4321, "python", 61.25)
    taken = place(line, first, machine, {name: (user,) for name in TWO})
    assert "GPU 1 (H100) is taken by python (process 4321, 61.2 GiB)" in taken.why and "end it" in taken.why
    assert place(line, first, machine, {"GPU-one": (user,)}) is None
    before = place(line, second, machine)
    assert before.place == 2 and "the turn of the run first of the project shop" in before.why
    line.claim(first, TWO)
    after = place(line, second, machine)
    assert after.place == 1 and "needs 2 devices" in after.why
    assert "GPU 0 (H100) is taken by the run first of the project shop" in after.why
    line.take_away(second)
    with pytest.raises(TakenOut):
        place(line, second, machine)


def test_a_lost_lease_writes_nothing(line, enter, monkeypatch, tmp_path):
    with held():
        pass  # by hand, without a line: there is nobody to share with
    token, _ = enter("one")
    monkeypatch.setenv(LEASE, given(token, line.path))
    written = []
    with held():
        written.append("mine")
        taker = subprocess.Popen([sys.executable, "-c", TAKE, str(line.path.parent), str(token)])
        time.sleep(0.2)
        assert taker.poll() is None and line.entries()  # it waits until what is being written is written
    assert taker.wait(30) == 0 and not line.entries()
    with pytest.raises(Lost), held():
        written.append("not mine any more")
    enter.dies("one")
    enter("one")  # started again: the old token is worth nothing
    with pytest.raises(Lost), held():
        written.append("not mine either")
    assert written == ["mine"]


TAKE = """
import sys
from pathlib import Path
from backend.training.line import Line
Line(Path(sys.argv[1])).take_away(int(sys.argv[2]))
"""


def test_standing_still_is_seen_by_beats_not_by_clocks(line, enter, monkeypatch):
    (moves, moving), (_, still) = enter("moves"), enter("still")
    watch = turn.Watch()
    monkeypatch.setattr(lease, "LEASE_S", 0.2)
    monkeypatch.setattr(turn, "LEASE_S", 0.2)
    for _ in range(8):
        going.beat(moving)
        watch.look(line.entries())
        time.sleep(0.05)
    assert watch.still == {entry.token for entry in line.entries() if entry.folder == still}
    os.utime(still / going.LOCK, (1, 1))  # a clock set back does not make it dead: any change is a beat
    watch.look(line.entries())
    assert not watch.still
    monkeypatch.setattr(turn, "POLL_S", 0.01)
    watch.looked -= 3600  # who slept an hour itself knows nothing about the others
    watch.look(line.entries())
    assert not watch.still and moves


def test_another_process_with_the_same_number_is_not_the_runs(own_home, tmp_path):
    other = subprocess.Popen(["sleep", "60"])
    descriptor = going.hold(tmp_path)
    try:
        going.record(tmp_path, other.pid)
        assert going.process(tmp_path) == psutil.Process(other.pid)
        about = json.loads((tmp_path / "worker.json").read_text())
        for other_one in ({"born": about["born"] - 1}, {"boot": "another start of the machine"}):
            (tmp_path / "worker.json").write_text(json.dumps(about | other_one))
            assert going.process(tmp_path) is None
    finally:
        os.close(descriptor)
        other.kill()
        other.wait()
    assert not going.is_going(tmp_path) and going.process(tmp_path) is None


@pytest.fixture
def nvidia_smi(tmp_path, monkeypatch):
    """Two GPUs, as the driver's tool tells them; another program has most of the first."""
    program = tmp_path / "bin" / "nvidia-smi"
    program.parent.mkdir()
    program.write_text(
        "#!/bin/sh\ncase $1 in\n"
        "--query-gpu*) echo '0, GPU-one, NVIDIA H100, 81559'; echo '1, GPU-two, NVIDIA H100, 81559';;\n"
        "*) echo 'GPU-one, 4321, /usr/bin/python3, 61440'; echo 'GPU-two, 77, /usr/lib/Xorg, 300';\n"
        "echo 'GPU-two, 78, [Not Found], [N/A]';;\nesac\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)


def test_gpus_are_told_by_the_driver_and_who_is_there_too(nvidia_smi, monkeypatch):
    machine = devices.machine()
    assert [device.name for device in machine] == ["GPU-one", "GPU-two"] and machine[0].words == "GPU 0 (NVIDIA H100)"
    assert devices.taken(machine, starter=0) == {"GPU-one": (devices.User(4321, "python3", 60.0),)}
    assert devices.taken(machine, starter=4321) == {}
    assert devices.needed(machine, Knobs(processes=2, micro_batch=8)) == 2
    assert devices.needed(machine, Knobs(search_at_once=8)) == 1
    searched = Knobs(search_at_once=8, search_trials=4)
    assert devices.needed(machine, searched) == 2  # those that are there
    with pytest.raises(InputError, match="wants 3 GPUs, and there are 2"):
        devices.needed(machine, Knobs(processes=3, batch_size=3, micro_batch=1))
    assert devices.environment(("GPU-two",), Knobs()) == {"CUDA_VISIBLE_DEVICES": "GPU-two"}
    assert devices.environment(TWO, Knobs(processes=2, micro_batch=8)) == {"CUDA_VISIBLE_DEVICES": "GPU-one,GPU-two"}
    told = {"CUDA_VISIBLE_DEVICES": "GPU-one", "SEARCH_DEVICES": "GPU-one,GPU-two"}
    assert devices.environment(TWO, searched) == told
    for visible, left in (("1", ["GPU-two"]), ("GPU-one", ["GPU-one"])):
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
        assert [device.name for device in devices.machine()] == left


def test_without_a_gpu_the_computer_is_the_device(monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    (computer,) = devices.machine()
    assert computer.words == "This computer" and devices.needed([computer], Knobs(processes=2, micro_batch=8)) == 1
    assert devices.environment((computer.name,), Knobs()) == {"CUDA_VISIBLE_DEVICES": ""}
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES")
    assert devices.environment((computer.name,), Knobs()) == {"CUDA_VISIBLE_DEVICES": "0"}
    assert devices.taken([computer], starter=0) == {}


def test_a_run_that_waits_is_told_why_and_can_be_taken_out(prepared, own_home, line, enter):
    token, _ = enter("first")
    line.claim(token, [device.name for device in devices.machine()])
    run_dir = prepared(own_home / "projects" / "shop" / "runs" / "second")
    pid = launch.start(run_dir, own_home)
    assert launch.status(run_dir) == "queued"
    (said,) = read(run_dir / "events.jsonl")[0]
    assert isinstance(said, Waiting) and said.place == 1 and "the run first of the project shop" in said.why
    with pytest.raises(InputError, match="already going"):
        launch.start(run_dir, own_home)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    launch.wake(own_home)  # whoever looks next starts it again, at its place
    assert launch.status(run_dir) == "queued"
    launch.stop(run_dir, home=own_home)
    assert launch.status(run_dir) == "stopped" and not going.is_going(run_dir)
    assert [type(event) for event in read(run_dir / "events.jsonl")[0]] == [Waiting, Waiting, Done]
    launch.wake(own_home)
    assert [entry.folder.name for entry in line.entries()] == ["first"] and launch.status(run_dir) == "stopped"


def test_what_ended_by_itself_or_died_alone_is_not_woken(prepared, own_home, line):
    ends = {"ended": Done(why="stopped", steps=3), "failed": Failed(what="x"), "died": Phase(name="training")}
    for name, last in ends.items():
        run_dir = prepared(own_home / "projects" / "shop" / "runs" / name)
        token, descriptor = line.enter(run_dir, 1)
        line.claim(token, (name,))
        append(run_dir / "events.jsonl", last)
        os.close(descriptor)
        if name != "died":
            restart_the_machine(line)
    launch.wake(own_home)
    assert line.entries() == []


def test_killed_at_any_instant_the_line_stays_in_order(own_home):
    """Four at a time enter, claim and leave as fast as they can, and are killed within milliseconds."""
    line, chance, newest = Line(own_home), random.Random(0), 0
    folders = [own_home / name for name in "abcd"]
    for folder in folders:
        folder.mkdir()
    for _ in range(12):
        busy = [_at_the_line(line, folder) for folder in folders]
        time.sleep(chance.uniform(0, 0.05))
        for number in (signal.SIGSTOP, signal.SIGKILL):  # all are seen as they are at one moment
            for pid in busy:
                os.kill(pid, number)
                os.waitpid(pid, os.WUNTRACED)
        entries = line.entries()
        devices = [device for entry in entries for device in entry.devices]
        assert len(devices) == len(set(devices))
        assert not any(going.is_going(folder) for folder in folders)
        newest, before = max([newest, *(entry.token for entry in entries)]), newest
        assert all(entry.token > before for entry in entries)
        for entry in entries:
            line.take_away(entry.token)
    with sqlite3.connect(line.path) as db:
        assert db.execute("pragma integrity_check").fetchall() == [("ok",)]
    db.close()


def _at_the_line(line, folder):
    pid = os.fork()
    if pid:
        return pid
    try:
        while True:
            token, descriptor = line.enter(folder, 1)
            line.claim(token, TWO)
            line.leave(folder, lambda: None)
            line.take_away(token)
            os.close(descriptor)
    finally:
        os._exit(1)
