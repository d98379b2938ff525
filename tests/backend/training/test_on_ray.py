"""A run on a Ray cluster of two machines, both made here: submitted, followed, a worker killed, stopped, gone on."""

from __future__ import annotations

import signal

import psutil
import pytest

from backend.errors import InputError
from backend.events import Done, Failed, Phase, Progress, Resumed
from backend.training import launch, on_ray
from tests.backend.training.watch import adapter, finish, wait_for


def test_a_cluster_without_a_token_and_a_computer_without_ray_are_told_what_to_do(monkeypatch):
    monkeypatch.delenv("RAY_AUTH_MODE", raising=False)
    with pytest.raises(InputError, match="token") as refused:
        on_ray.require_ray()
    assert "ray get-auth-token --generate" in refused.value.do
    monkeypatch.setattr(on_ray, "find_spec", lambda name: None)
    with pytest.raises(InputError, match="not installed") as refused:
        on_ray.require_ray()
    assert "pip install 'tunewise[ray]'" in refused.value.do


@pytest.fixture
def cluster(tmp_path, monkeypatch):
    """The address of a cluster of two machines with one processor each."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("RAY_AUTH_MODE", "token")
    monkeypatch.setenv("RAY_AUTH_TOKEN", "a-token-for-this-test-only-0123456789")
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    monkeypatch.setenv("RAY_memory_monitor_refresh_ms", "0")  # else a neighbour that fills the memory would end it
    utils = pytest.importorskip("ray.cluster_utils")  # only now: Ray reads what is set when it is imported
    small = {"num_cpus": 1, "object_store_memory": 80 * 2**20, "include_dashboard": False}
    before = signal.getsignal(signal.SIGTERM)
    made = utils.Cluster(initialize_head=True, head_node_args=small)
    made.add_node(**{name: value for name, value in small.items() if name != "include_dashboard"})
    yield made.address
    made.shutdown()
    signal.signal(signal.SIGTERM, before)  # Ray had put its own in the place


def worker_of(run_dir, rank):
    """The process of that rank, wherever Ray has started it."""
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or ()
        if launch.WORKER in words and str(run_dir) in words and process.environ()["RANK"] == str(rank):
            return process
    raise AssertionError("no such process")


@pytest.mark.slow
def test_on_a_cluster_a_worker_killed_and_a_stop_change_nothing_about_the_adapter(prepared, ran, tmp_path, request):
    settings = {"rows": 96, "micro_batch": 4, "processes": 2}
    here = prepared(tmp_path / "here", **settings)
    assert isinstance(ran(here, 2)[-1], Done)  # to compare with
    cluster = request.getfixturevalue("cluster")  # only now: who is forked beside Ray's threads may wait for ever
    run_dir = prepared(tmp_path / "there", **settings, cluster=cluster)
    launch.start(run_dir)
    wait_for(run_dir, Progress, 4)
    assert launch.status(run_dir) == "running"
    lost = worker_of(run_dir, 1)
    psutil.Process(lost.ppid()).kill()  # Ray's process on the second machine, and with it ours
    wait_for(run_dir, Resumed)
    assert not lost.is_running() or lost.status() == psutil.STATUS_ZOMBIE
    wait_for(run_dir, Progress, 8)
    launch.stop(run_dir)
    events = finish(run_dir)
    assert isinstance(events[-1], Done) and events[-1].why == "stopped" and events[-1].steps < 24, events[-1]
    assert any(isinstance(event, Phase) and "lost" in event.detail for event in events)
    launch.resume(run_dir)
    events = finish(run_dir)
    assert isinstance(events[-1], Done) and events[-1].why == "finished", events[-1]
    first, second = (adapter(run) for run in (here, run_dir))
    assert first.keys() == second.keys() and all((first[name] == second[name]).all() for name in first)


@pytest.mark.slow
def test_a_cluster_that_is_not_there_is_said(prepared, tmp_path, monkeypatch):
    pytest.importorskip("ray")
    monkeypatch.setenv("RAY_AUTH_MODE", "token")
    monkeypatch.setenv("RAY_AUTH_TOKEN", "x" * 32)
    run_dir = prepared(tmp_path / "run", cluster="127.0.0.1:1")
    launch.start(run_dir)
    last = finish(run_dir)[-1]
    assert isinstance(last, Failed) and "127.0.0.1:1 does not answer" in last.what and "ray status" in last.do
