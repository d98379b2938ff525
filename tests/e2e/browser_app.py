"""The running app as the browser tests see it, and what a person does on any of its pages."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

import httpx
from playwright.sync_api import Page, expect

from backend import Workbench

SHOTS = os.environ.get("TUNEWISE_SCREENSHOTS", "")
OVER_THE_EDGE = """() => [...document.querySelectorAll('body *')]
  .filter(e => e.getBoundingClientRect().right > 391 && e.getBoundingClientRect().width > 0)
  .filter(e => !e.closest('.tw-scroll, .tw-steps ol, #advisor'))  // these scroll, or wait outside until opened
  .map(e => e.outerHTML.slice(0, 160))"""
PATIENCE_MS = 300_000
PACE_MS = 1000
"""A person's pace: Gradio loses a click made while its page is still taking in the answer before."""
"""How long a page may take; generous, because a test machine does other things too."""


@dataclass(frozen=True)
class App:
    """A running app: where it is, the link that was printed, and the home it works in."""

    base: str
    link: str
    home: Path

    def client(self) -> httpx.Client:
        """A client that came in by the link, as the browser does."""
        client = httpx.Client(base_url=self.base, timeout=60)
        client.cookies = httpx.get(self.link).cookies
        return client

    def call(self, endpoint: str, *data: object) -> str:
        """Call a handler's endpoint as a program would, past every button; the raw stream of events."""
        with self.client() as client:
            asked = client.post(f"/gradio_api/call/{endpoint}", json={"data": list(data)})
            assert asked.status_code == 200, asked.text
            return client.get(f"/gradio_api/call/{endpoint}/{asked.json()['event_id']}").text


def open_step(page: Page, app: App, bench: Workbench, step: str) -> None:
    """Go to a step of a project and wait until it shows where the project stands."""
    page.goto(f"{app.base}/{step}?project={bench.project.id}")
    expect(page.locator(".tw-head .stand")).to_be_visible()
    page.wait_for_timeout(PACE_MS)


def press(page: Page, name: str, said: str) -> None:
    """Press a button and wait for what the page says then."""
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.get_by_text(re.compile(said)).first).to_be_visible()
    page.wait_for_timeout(PACE_MS)


def shot(page: Page, name: str) -> None:
    """Keep a picture where TUNEWISE_SCREENSHOTS names a folder."""
    if SHOTS:
        page.wait_for_timeout(400)
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def fits_a_phone(page: Page) -> None:
    """Nothing hangs over the edge of a window 390 px wide."""
    assert page.evaluate(OVER_THE_EDGE) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, page.url
