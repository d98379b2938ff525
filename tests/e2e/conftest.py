"""One server and one browser for all browser tests; each test has a page of its own that must log no error."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import trained as making
from browser_app import PATIENCE_MS, App
from playwright.sync_api import Browser, Page, expect, sync_playwright

from backend import Workbench

HERE = Path(__file__).parent
CHROMIUM = "/usr/bin/chromium"
LEFT_BEHIND = ("AbortError", "Connection errored out", "Error: Connection", "Unexpected error Connection errored out")
"""What Gradio's page says of requests under way when the person goes to another page; nothing went wrong."""


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    home = tmp_path_factory.mktemp("app-home")
    log = home / "server.txt"
    environment = {
        **os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", "PYTHONUNBUFFERED": "1",
        "TUNEWISE_HOME": str(home),
    }  # fmt: skip
    with log.open("wb") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "advisor.app", "--home", str(home), "--no-browser"],
            stdout=out, stderr=subprocess.STDOUT, env=environment, cwd=HERE.parents[1],
        )  # fmt: skip
    try:
        deadline = time.monotonic() + PATIENCE_MS / 1000
        link = None
        while link is None and time.monotonic() < deadline and server.poll() is None:
            link = re.search(r"http://\S+", log.read_text())
            time.sleep(0.2)
        assert link, log.read_text()
        base = link.group(0).partition("/?")[0]
        while time.monotonic() < deadline:
            try:
                httpx.get(base, timeout=5)
                break
            except httpx.TransportError:
                time.sleep(0.2)
        yield App(base, link.group(0), home)
    finally:
        server.terminate()
        server.wait(timeout=30)
    assert not (home / "app.log").exists(), (home / "app.log").read_text()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def page(app: App, browser: Browser) -> Iterator[Page]:
    """A fresh window, let in by the link. What the console calls an error fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    errors: list[str] = []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(app.link)
    yield page
    xss = page.evaluate("window.__xss")
    context.close()
    assert xss is None
    assert [error for error in errors if not error.startswith(LEFT_BEHIND)] == []


@pytest.fixture(scope="session")
def trained(app: App, tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """A project that is trained, evaluated and read, made once without the browser."""
    bench = making.make("Trained", app.home, tiny_model, tmp_path_factory.mktemp("trained"))
    yield bench
    bench.stop_server()


@pytest.fixture
def served(trained: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workbench:
    """The same behind a stand-in for vLLM that answers at a known pace; it goes on for the next test."""
    if trained.server.phase() is None:
        script = tmp_path / "talking-python"
        script.write_text(f"#!{sys.executable}\n" + (HERE / "talking_vllm.py").read_text(encoding="utf-8"))
        script.chmod(0o755)
        monkeypatch.setenv("TUNEWISE_VLLM_PYTHON", str(script))
        trained.serve()
    return trained


@pytest.fixture
def bench(app: App, request: pytest.FixtureRequest) -> Workbench:
    """An empty project in the app's home, named after the test."""
    return Workbench.new(request.node.name, app.home)
