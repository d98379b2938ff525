"""Two runs beside each other in the browser: curves over each other, what differs, answers side by side."""

from browser_app import App, fits_a_phone, open_step, press, shot
from playwright.sync_api import Page, expect
from trained import train_again

from backend import Workbench


def test_runs_are_chosen_and_compared(page: Page, app: App, trained: Workbench) -> None:
    open_step(page, app, trained, "train")
    expect(page.get_by_text("With a second run you can compare")).to_be_visible()
    expect(page.get_by_role("button", name="Compare runs")).to_have_count(0)
    train_again(trained, rows=160, learning_rate=1e-3, rank=8)

    open_step(page, app, trained, "train")
    page.get_by_role("checkbox", name="Run 1").check()
    press(page, "Compare runs", "Two to 6 runs can be compared, not 1")
    page.get_by_role("checkbox", name="Run 2").check()
    press(page, "Compare runs", "Run 1 and Run 2 beside each other")
    charts = page.locator(".tw-beside svg.tw-chart")
    expect(charts).to_have_count(7)
    for kind in ("look-0", "look-1"):
        expect(charts.first.locator(f"path.line.{kind}").first).to_be_visible()
    differ = page.get_by_role("region", name="What differs")
    for name in ("rank", "learning_rate", "rows learnt", "training rows"):
        expect(differ.get_by_role("cell", name=name, exact=True)).to_be_visible()
    expect(differ.get_by_role("cell", name="epochs", exact=True)).to_have_count(0)
    expect(page.locator(".tw-beside .tw-answers li")).to_have_count(5)
    shot(page, "10b-compare")
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 844})
    fits_a_phone(page)
    shot(page, "phone-compare-dark")
