"""A person walks from an empty app to a trained, served, timed model and its report, with data of their own."""

import re
from pathlib import Path

import pytest
from browser_app import App, fits_a_phone, open_step, press, shot
from mails import SCRIPT, mails, spoiled, write
from playwright.sync_api import Page, expect
from trained import EXPERT, GOAL

from backend import Blocked, Judgement, Reading, Workbench
from backend.domain import Evaluation, Goal
from rules.rule import STEPS


def clear_gates(page: Page, app: App, bench: Workbench, step: str) -> None:
    """Set aside, in the browser and as the expert, what may be set aside before a step."""
    for _ in range(8):
        try:
            bench.require(step)
            return
        except Blocked as blocked:
            assert blocked.findings and not blocked.missing, blocked
            found = blocked.findings[0]
            assert found.waivable, blocked
            open_step(page, app, bench, found.step)
            form = page.locator("#waive")
            form.get_by_role("button", name=re.compile("This is fine because")).click()
            form.get_by_label("Your name").fill(EXPERT)
            form.get_by_label("Why it is acceptable here").fill("Acceptable for a model of two layers.")
            press(page, "Set it aside", "Set aside in writing")
    raise AssertionError(f"{step} is still blocked")


def test_from_the_empty_app_to_clean_data(page: Page, app: App, tmp_path: Path) -> None:
    expect(page.get_by_text("Start here")).to_be_visible()
    shot(page, "01-start")
    page.get_by_label("Name of a new project").fill("Bike shop mails")
    page.get_by_role("button", name="Start here").click()
    page.wait_for_url("**/goal?project=*")
    expect(page.locator(".tw-head .stand")).to_be_visible()
    page.get_by_label("The goal in one sentence").fill(GOAL.sentence)
    press(page, "Save the goal", "Saved")
    expect(page.get_by_text("No expert is named").first).to_be_visible()
    for number, (mail, team) in enumerate(mails(3), 1):
        page.get_by_label(f"Good example {number}: what goes in").fill(mail)
        page.get_by_label(f"Good example {number}: what should come out").fill(team)
    page.get_by_label("A bad example: what goes in").fill("I paid twice.")
    page.get_by_label("A bad example: an answer you would not accept").fill("Thank you.")
    page.get_by_label("Good enough (target)").fill("90 %")
    page.get_by_label("Smallest gain worth the effort").fill("0,1")
    page.get_by_label("What makes an answer good").fill(GOAL.definition_of_good)
    page.get_by_label("Who knows the subject").fill(EXPERT)
    page.get_by_label("Who does the training").fill("Bob")
    press(page, "Save the goal", "Nothing to complain about")
    shot(page, "02-goal")
    bench = Workbench.open(page.url.rpartition("=")[2], app.home)
    assert bench.fresh(Goal).target == 0.9
    assert bench.fresh(Goal).smallest_gain == 0.1

    page.get_by_role("link", name="On to: Give and check your examples").click()
    page.wait_for_url("**/data?project=*")
    expect(page.locator(".tw-head .stand")).to_be_visible()
    page.locator("input[type=file]").first.set_input_files(write(tmp_path / "mails.csv", spoiled(1400)))
    expect(page.get_by_text("Check that each column")).to_be_visible()
    press(page, "Use and check these examples", "Checked: version 1")
    expect(page.get_by_text("Some rows have no answer").first).to_be_visible()
    expect(page.get_by_text("window.__xss=1").first).to_be_visible()  # shown as text, not run
    shot(page, "03-data-blocked")
    open_step(page, app, bench, "prompt")
    expect(page.get_by_text("This can't start yet")).to_be_visible()
    shot(page, "04-prompt-refused")

    open_step(page, app, bench, "data")
    press(page, "Make these changes", "Made, and checked anew")
    assert not bench.standing().blocks
    press(page, "Undo: back to the version before", "Back at version 1")
    assert bench.standing().blocks
    press(page, "Make these changes", "Made, and checked anew")
    shot(page, "05-data-clean")
    expect(page.locator(".tw-steps .done")).not_to_have_count(0)


@pytest.mark.timeout(1800)
def test_all_ten_steps(page: Page, app: App, bench: Workbench, tmp_path: Path, tiny_model: Path) -> None:
    bench.set_goal(GOAL)
    bench.add_data(write(tmp_path / "mails.csv", mails(1400)))

    open_step(page, app, bench, "prompt")
    page.get_by_label("Base model").fill(str(tiny_model))
    page.get_by_label("Validation rows to measure on").fill("40")
    press(page, "Measure these prompts", "Measured")
    expect(page.locator("svg.tw-chart")).to_be_visible()
    shot(page, "06-prompt")

    clear_gates(page, app, bench, "plan")
    open_step(page, app, bench, "plan")
    page.get_by_role("button", name=re.compile("Change a setting yourself")).click()
    page.get_by_label("Step size").fill("0.005")
    page.get_by_label("Passes over the data").fill("3")
    press(page, "Make the plan", "Planned")
    expect(page.get_by_text("Every setting, and why")).to_be_visible()
    shot(page, "07-plan")

    clear_gates(page, app, bench, "signoff")
    open_step(page, app, bench, "signoff")
    press(page, "Start, or go on", "Row 1 of")
    press(page, "Accept", "Row 2 of")
    press(page, "Reject", "A rejection needs a reason")
    press(page, "Accept", "Row 3 of")
    shot(page, "08-review")
    for row in bench.start_review().sample:
        bench.review(Judgement(row=row, decision="accept", reviewer=EXPERT))
    open_step(page, app, bench, "signoff")
    page.get_by_label("Your name, as named in step 1").fill("Bob")
    page.get_by_label("What you checked").fill("I read the whole sample and it may be learned.")
    press(page, "Sign", "Only the named domain expert can sign")
    page.get_by_label("Your name, as named in step 1").fill(EXPERT)  # what was written stays after a refusal
    expect(page.locator("#warnings").get_by_role("checkbox").first).to_be_visible()
    for box in page.locator("#warnings").get_by_role("checkbox").all():
        box.check()
    press(page, "Sign", "Signed by Ann")
    shot(page, "09-signed")

    clear_gates(page, app, bench, "train")
    open_step(page, app, bench, "train")
    press(page, "Start training", "Started: run")
    page.goto("about:blank")  # the training does not need the page
    open_step(page, app, bench, "train")
    expect(page.get_by_text("Finished: run")).to_be_visible(timeout=300_000)
    expect(page.get_by_text("The best state is kept")).to_be_visible()
    shot(page, "10-train")

    clear_gates(page, app, bench, "evaluate")
    open_step(page, app, bench, "evaluate")
    press(page, "Open the test rows and compare", "Compared on")
    expect(page.get_by_text("What the tuning brought")).to_be_visible()
    press(page, "Start, or go on", "Answer 1 of")
    press(page, "Good", "Answer 2 of")
    shot(page, "11-evaluate")
    for example, _ in bench.outputs_to_read(30):
        bench.read_output(Reading(row=example.row, mark="good", reader=EXPERT))
    for group in bench.fresh(Evaluation).error_groups[1:]:
        bench.explain_errors(group.name, "Two layers cannot know better.", EXPERT)
    if bench.fresh(Evaluation).error_groups:
        page.get_by_label("Why they happen").fill("Two layers cannot know better.")
        press(page, "Write it down", "Written down")

    open_step(page, app, bench, "play")
    page.get_by_label("What both should answer").fill(mails(1)[0][0])
    page.get_by_role("button", name="Ask both").click()
    expect(page.get_by_text("one copy on this computer answers for both")).to_be_visible()
    expect(page.get_by_text("Both are done.")).to_be_visible()
    expect(page.get_by_role("heading", name="Left answer")).to_be_visible()
    press(page, "Both are bad", "Left was the")
    expect(page.get_by_role("button", name="Left is better")).to_be_disabled()  # one vote an answer
    page.get_by_role("checkbox", name=re.compile("^Blind")).uncheck()
    page.get_by_role("button", name="Ask both").click()
    expect(page.get_by_role("button", name="Left is better")).to_be_enabled()
    expect(page.get_by_text("First token")).to_have_count(2)
    shot(page, "12-play")
    press(page, "Left is better", "Left was the base model")
    assert (bench.playground.tally().both_bad, bench.playground.tally(blind=False).base) == (1, 1)

    clear_gates(page, app, bench, "serve")
    open_step(page, app, bench, "serve")
    try:
        page.get_by_role("button", name="Start serving, and check", exact=True).click()
        expect(page.get_by_text("Starting:")).to_be_visible()
        expect(page.get_by_text("Server: ready")).to_be_visible(timeout=300_000)
        expect(page.get_by_text("Served as it was trained")).to_be_visible()
        page.get_by_label("Users at once").fill("1, 2")
        page.get_by_role("button", name=re.compile("^More")).click()
        page.get_by_label("Requests a level").fill("10")
        page.get_by_role("button", name="Measure the waiting times").click()
        expect(page.get_by_text("Every load that was measured")).to_be_visible()
        shot(page, "13-serve")
        open_step(page, app, bench, "play")
        page.get_by_role("button", name="Ask both").click()
        expect(page.get_by_text("from the same vLLM server")).to_be_visible()
        expect(page.get_by_text("Both are done.")).to_be_visible()
        open_step(page, app, bench, "serve")
        press(page, "Stop serving", "Stopped")
    finally:
        bench.stop_server()

    open_step(page, app, bench, "report")
    press(page, "Write the report", "Written")
    shot(page, "14-report")
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Open the report").click()
    expect(opened.value.locator("body")).to_contain_text(bench.project.name)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download it as Markdown").click()
    assert bench.project.name in Path(download.value.path()).read_text(encoding="utf-8")


def test_a_script_anywhere_stays_text(page: Page, app: App, tmp_path: Path) -> None:
    bench = Workbench.new(f"{SCRIPT[:120]}", app.home)
    said = {"sentence": f"Sort. {SCRIPT}", "expert": SCRIPT, "definition_of_good": SCRIPT}
    bench.set_goal(GOAL.model_copy(update=said))
    rows = [(f"{mail} {SCRIPT}", f"{team}{SCRIPT if n % 9 == 0 else ''}") for n, (mail, team) in enumerate(mails(300))]
    file = write(tmp_path / "<img src=x onerror=window.__xss=4>.csv", [*rows, (SCRIPT, ""), rows[0]])
    bench.add_data(file)
    page.goto(app.base)
    expect(page.get_by_text("window.__xss=1").first).to_be_visible()
    for step in ("goal", "data", "prompt", "signoff", "report"):
        open_step(page, app, bench, step)
        assert page.evaluate("window.__xss") is None, step
    open_step(page, app, bench, "signoff")
    press(page, "Start, or go on", "Row 1 of")
    page.get_by_label("Your name, as named in step 1").fill("<img src=x onerror=window.__xss=5>")
    press(page, "Sign", "Only the named domain expert can sign")
    open_step(page, app, bench, "data")
    page.locator("input[type=file]").first.set_input_files(file)
    expect(page.get_by_text("The first rows of")).to_be_visible()
    assert page.evaluate("window.__xss") is None


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_hangs_over_the_edge_of_a_phone(
    page: Page, app: App, bench: Workbench, tmp_path: Path, scheme: str
) -> None:
    bench.set_goal(GOAL)
    bench.add_data(write(tmp_path / "mails.csv", spoiled(300)))
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 390, "height": 844})
    for step in STEPS:
        open_step(page, app, bench, step)
        expect(page.locator(".tw-end")).to_be_visible()
        fits_a_phone(page)
        if step == "data":
            shot(page, f"phone-{step}-{scheme}")
