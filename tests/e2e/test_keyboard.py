"""Everything can be reached and used without a mouse, and everything that takes input has a name."""

from browser_app import App, open_step
from playwright.sync_api import Page, expect

from backend import Workbench
from rules.rule import STEPS

NAMELESS = """() => [...document.querySelectorAll('input, textarea, select, button')]
  .filter(e => e.offsetParent !== null && e.type !== 'hidden' && e.type !== 'file')
  .filter(e => !(e.getAttribute('aria-label') || e.getAttribute('aria-labelledby') || e.title || e.innerText.trim()
                 || (e.labels && [...e.labels].some(l => l.innerText.trim()))))
  .map(e => e.outerHTML.slice(0, 200))"""
FOCUSED = "() => (document.activeElement.getAttribute('aria-label') || document.activeElement.innerText || '').trim()"


def test_a_project_is_begun_with_the_keyboard_alone(page: Page) -> None:
    name = page.get_by_label("Name of a new project")
    expect(name).to_be_visible()
    for _ in range(30):
        page.keyboard.press("Tab")
        if name.evaluate("e => e === document.activeElement"):
            break
    page.keyboard.type("By keyboard")
    page.keyboard.press("Enter")
    page.wait_for_url("**/goal?project=*")
    expect(page.locator(".tw-head .name")).to_have_text("By keyboard")


def test_the_steps_and_the_button_are_reached_with_tab(page: Page, app: App, bench: Workbench) -> None:
    open_step(page, app, bench, "goal")
    seen = []
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(FOCUSED))
        if seen[-1] == "Save the goal":
            break
    assert seen[-1] == "Save the goal"
    assert "Skip to this step" in seen
    for number in range(1, 11):
        assert any(f"{number}. " in text for text in seen), number
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("The goal needs one sentence")


def test_everything_that_takes_input_has_a_name(page: Page, app: App, bench: Workbench) -> None:
    for step in STEPS:
        open_step(page, app, bench, step)
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        assert page.evaluate(NAMELESS) == [], step
        expect(page.locator(".tw-steps a[aria-current=page]")).to_have_count(1)
