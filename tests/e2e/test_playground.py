"""The playground as people use it: both at once, stopped, asked again, blind, voted on, looked back at, exported."""

import json
import re

from browser_app import App, fits_a_phone, open_step, press, shot
from playwright.sync_api import Page, expect

from backend import Workbench

SIDES = ("#left-answer", "#right-answer")


def ask(page: Page, text: str, *, blind: bool, limit: str = "300") -> None:
    if not page.get_by_label("Longest answer").is_visible():
        page.get_by_role("button", name=re.compile("^Settings")).click()
    page.get_by_label("Longest answer").fill(limit)
    page.get_by_label("What both should answer").fill(text)
    page.get_by_role("checkbox", name=re.compile("^Blind")).set_checked(blind)
    page.get_by_role("button", name="Ask both").click()


def said(page: Page) -> list[str]:
    return [page.locator(f"{side} .said").text_content() or "" for side in SIDES]


def test_both_write_at_the_same_time_stop_together_and_can_be_asked_again(
    page: Page, app: App, served: Workbench
) -> None:
    served.playground.clear_history()  # the answers of a test before this one would be shown at first
    open_step(page, app, served, "play")
    ask(page, "Answer slowly.", blind=False, limit="2000")
    for side in SIDES:
        expect(page.locator(f"{side} .said")).to_contain_text("word3")  # neither waits for the other to end
    page.get_by_role("button", name="Stop both").click()
    expect(page.get_by_text("Stopped by you")).to_have_count(2)
    left, right = said(page)
    assert "word3" in left and "word3" in right
    assert "word1999" not in left + right
    *_, stopped = served.playground.history()
    counts = [one.tokens for one in stopped.sides]
    assert [len(text.split("word")) for text in (left, right)] == counts  # counted by the server, also when stopped
    expect(page.get_by_role("button", name="Left is better")).to_be_disabled()
    page.get_by_label("What both should answer").fill("Something else")
    page.get_by_label("Longest answer").fill("3")
    page.get_by_role("button", name="Ask the same again").click()
    expect(page.get_by_label("What both should answer")).to_have_value("Answer slowly.")
    expect(page.get_by_text("Both are done.")).to_be_visible()
    again = served.playground.history()[-1]
    assert again.text == stopped.text
    assert again.settings.seed != stopped.settings.seed
    assert str(again.settings.seed) == page.get_by_label("Seed").input_value()
    assert str(again.settings.seed) in said(page)[0]
    page.get_by_role("button", name="Back to the trained settings").click()
    expect(page.get_by_label("Seed")).to_have_value("0")
    expect(page.get_by_label("System prompt")).to_have_value("You sort mails for a bicycle shop.")


def test_one_that_breaks_off_says_so_and_the_other_goes_on(page: Page, app: App, served: Workbench) -> None:
    open_step(page, app, served, "play")
    ask(page, "Please break.", blind=False)
    expect(page.locator("#right-answer")).to_contain_text("broke off")
    expect(page.locator("#right-answer .said")).to_contain_text("billing")  # what came is kept
    expect(page.locator("#left-answer .said")).to_contain_text("word3")
    expect(page.get_by_role("button", name="Left is better")).to_be_disabled()


def test_blind_until_the_vote_then_undone_and_exported(page: Page, app: App, served: Workbench) -> None:
    raw = app.call("play_ask", served.project.id, "Which one?", "", "0", "1", "9", "0", True)
    sent = [json.loads(line.removeprefix("data: ")) for line in raw.splitlines() if "Left answer" in line]
    assert sent
    for _, status, _, left, right, *_ in sent:  # all that the browser gets of a blind question
        assert not re.search("base|tuned", str(status)), status
        assert not re.search(r"base|tuned|token|\d s\b", left + right), (left, right)

    open_step(page, app, served, "play")
    ask(page, "Which one?", blind=True)
    expect(page.get_by_text("Both are done.")).to_be_visible()
    left, right = (page.locator(f"{side} section").inner_html() for side in SIDES)
    same = [re.sub(r"<div class=\"tw-plain said\">.*?</div>", "", html, flags=re.S) for html in (left, right)]
    assert same[0] == same[1].replace("Right", "Left").replace("right", "left")
    assert not re.search(r"[Bb]ase|[Tt]uned|tokens", left + right)
    expect(page.get_by_role("radio", name=re.compile("blind, not voted on yet")).first).to_be_visible()
    page.reload()  # a question still open is still blind
    expect(page.get_by_text("Both are done.")).to_be_visible()
    expect(page.get_by_role("heading", name="Left answer")).to_be_visible()
    asked = served.playground.history()[-1]
    tuned_left = asked.left == "tuned"
    press(page, "Left is better" if tuned_left else "Right is better", "Left was the")
    expect(page.get_by_role("heading", name="Tuned model")).to_be_visible()
    expect(page.get_by_text("First token")).to_have_count(2)
    expect(page.get_by_text("the tuned model won 1 of 1")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the preference pairs").click()
    with open(download.value.path(), encoding="utf-8") as file:
        pairs = [json.loads(line) for line in file]
    assert [set(pair) for pair in pairs] == [{"prompt", "chosen", "rejected"}]
    assert pairs[0]["prompt"] == [message.model_dump() for message in asked.messages]
    assert pairs[0]["chosen"] == [{"role": "assistant", "content": asked.tuned.text}]
    assert pairs[0]["rejected"] == [{"role": "assistant", "content": asked.base.text}]

    press(page, "Take the last vote back", "Taken back: Which one")
    assert served.playground.tally().votes == 0
    press(page, "Both are good", "does not count among the blind ones")
    expect(page.get_by_text("not in the share: 1 tie.")).to_be_visible()
    expect(page.get_by_role("link", name="Download the preference pairs")).to_have_count(0)
    assert served.playground.preferences().ties == 1
    shot(page, "12b-play-voted")


def test_the_history_outlives_reloads_and_is_cleared_with_a_way_back(page: Page, app: App, served: Workbench) -> None:
    open_step(page, app, served, "play")
    for text in ("First question", "Second question"):
        ask(page, text, blind=False)
        expect(page.get_by_text("Both are done.")).to_be_visible()
        expect(page.get_by_role("radio", name=re.compile(text))).to_be_checked()
    page.reload()
    expect(page.get_by_label("What both should answer")).to_have_value("Second question")
    expect(page.locator("#left-answer .said")).to_contain_text("delivery")
    page.get_by_role("radio", name=re.compile("First question")).first.check()
    expect(page.get_by_label("What both should answer")).to_have_value("First question")
    count = len(served.playground.history())
    press(page, "Clear the history", f"Cleared {count}")
    expect(page.get_by_role("radio", name=re.compile("question"))).to_have_count(0)
    assert served.playground.history() == ()
    press(page, "Bring the cleared history back", f"Brought back {count}")
    expect(page.get_by_role("radio", name=re.compile("Second question")).first).to_be_visible()


def test_examples_copying_by_keyboard_and_a_phone_in_the_dark(page: Page, app: App, served: Workbench) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_step(page, app, served, "play")
    page.get_by_label("Or take an example (from the test rows)").click()
    page.get_by_role("option").first.click()
    source, texts = served.playground.examples()
    expect(page.get_by_label("What both should answer")).to_have_value(texts[0])
    assert source == "test"
    page.get_by_role("button", name="Ask both").click()
    # "Both are done." may still be said of the question before.
    expect(page.get_by_role("radio", name=re.compile(re.escape(texts[0][:12]))).first).to_be_checked()
    expect(page.get_by_text("Both are done.")).to_be_visible()
    page.get_by_role("button", name="Copy the left answer").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Copied the left answer.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == said(page)[0]
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 844})
    fits_a_phone(page)
    shot(page, "phone-play-dark")
