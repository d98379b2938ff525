"""Fixtures for every test: a home of its own, a tiny model made on the spot, and the real small model, made once."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import settings

from backend.store import write_text
from benchmarks.tiny_model import make

REPO = Path(__file__).parents[1]
# A busy machine is no failure. The same examples each time: chance is for the long fuzz, not for who runs the tests.
settings.register_profile("calm", deadline=None, derandomize=True)
settings.load_profile("calm")

KEPT_HOME = Path(os.environ.get("TUNEWISE_HOME") or REPO / ".tunewise")

BY_THE_CLOCK = (REPO / "tests/backend/latency", REPO / "tests/backend/serving")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What waits for real servers, processes or a browser gets a second try, which the summary shows as RERUN.

    A machine that stands still for a second can fail such a test, and says nothing about the code. All others have one.
    """
    for item in items:
        if item.get_closest_marker("slow") or any(folder in item.path.parents for folder in BY_THE_CLOCK):
            item.add_marker(pytest.mark.flaky(reruns=1))
    items.sort(key=lambda item: item.path.name == "test_on_ray.py")  # last: Ray leaves threads, and other tests fork


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing a test does touches the person's home; no test reaches the network."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("TUNEWISE_HOME", str(home))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(home / "hf"))
    return home


@pytest.fixture(scope="session")
def smollm2() -> Path:
    """The folder of SmolLM2-135M, converted once and kept between test runs."""
    from backend.models.resolve import resolve

    return resolve("smollm2-135m", KEPT_HOME).path


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A two-layer Llama with random weights, a real little tokenizer and a chat template; answers nonsense, fast."""
    return make(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture
def damaged(tiny_model: Path, tmp_path: Path):
    """A copy of the tiny model to spoil: `damaged(without=…)` leaves a file out, `config=…` adds to config.json."""
    import shutil

    def make(without: tuple[str, ...] = (), config: dict[str, object] | None = None) -> Path:
        copy = tmp_path / "damaged"
        shutil.copytree(tiny_model, copy)
        for name in without:
            (copy / name).unlink()
        if config:
            old = json.loads((copy / "config.json").read_text())
            write_text(copy / "config.json", json.dumps({**old, **config}))
        return copy

    return make
