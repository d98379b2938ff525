"""A latency test in the browser: it grows while one looks, outlives the page, and ends without losing anything."""

import json
import re

from browser_app import App, fits_a_phone, open_step, shot
from playwright.sync_api import Page, expect

from backend import Workbench
from backend.domain import LatencyRecord

COUNT = re.compile(r"(\d+) of [\d,]+ requests")


def test_a_test_grows_outlives_the_page_and_is_cancelled(page: Page, app: App, served: Workbench) -> None:
    open_step(page, app, served, "serve")
    expect(page.get_by_text("Nothing is measured yet")).to_be_visible()
    page.get_by_label("Users at once").fill("2")
    page.get_by_role("button", name=re.compile("^More")).click()
    page.get_by_label("Requests a level").fill("400")
    page.get_by_role("button", name="Measure the waiting times").click()
    live = page.locator("#live-waits")
    expect(live.locator("svg.tw-chart").first).to_be_visible()
    expect(live).to_contain_text("2 at once")
    shot(page, "13b-latency-live")
    page.goto("about:blank")  # the test does not need the page
    open_step(page, app, served, "serve")
    seen = int(COUNT.search(live.inner_text())[1])
    expect(live).not_to_contain_text(f"{seen} of ")
    assert int(COUNT.search(live.inner_text())[1]) > seen
    page.get_by_role("button", name="Stop, and keep what was measured").click()
    expect(page.get_by_text("Every load that was measured")).to_be_visible()
    expect(live.locator("svg")).to_have_count(0)
    record = served.project.fresh(LatencyRecord)
    assert record.report["stopped"] is True
    measured = sum(level["requests"] for level in record.report["levels"])
    assert seen <= measured < 400
    with page.expect_download() as report:
        page.get_by_role("link", name="Download the report").click()
    with open(report.value.path(), encoding="utf-8") as file:
        assert json.load(file) == record.report
    with page.expect_download() as requests:
        page.get_by_role("link", name="Download every request").click()
    with open(requests.value.path(), encoding="utf-8") as file:
        assert len([json.loads(line) for line in file]) >= measured
    page.set_viewport_size({"width": 390, "height": 844})
    fits_a_phone(page)


def test_what_cannot_be_is_said(page: Page, app: App, served: Workbench) -> None:
    open_step(page, app, served, "serve")
    page.get_by_label("Users at once").fill("none")
    page.get_by_role("button", name="Measure the waiting times").click()
    expect(page.get_by_role("alert")).to_contain_text("is not a number")
    page.get_by_label("Users at once").fill("1")
    page.get_by_label("Fast enough means").click()
    page.get_by_role("option", name="My own").click()
    page.get_by_role("textbox", name="First token within").fill("")
    page.get_by_role("button", name="Measure the waiting times").click()
    expect(page.get_by_role("alert")).to_contain_text("at least one target")
    page.get_by_role("button", name="Stop serving").click()
    expect(page.get_by_text("Server: not running")).to_be_visible()
    page.get_by_role("textbox", name="First token within").fill("300")
    page.get_by_role("button", name="Measure the waiting times").click()
    expect(page.get_by_role("alert")).to_contain_text("The server is not running")
