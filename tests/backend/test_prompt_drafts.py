"""What a prompt leaves unsaid, and the drafts: good prompts stay silent, vague ones do not."""

import pytest

from backend.domain import TASKS, Example, Goal
from backend.prompts.improve import improved_prompts
from backend.prompts.shots import pick_shots
from backend.prompts.wording import lacks, open_wording

GOOD = [
    ("classify", "Is this film review positive or negative? Answer with one word."),
    ("classify", "Classify the ticket as billing, technical or other. Reply with the label only."),
    ("extract", "Extract all drug names from the note. Return only a JSON list."),
    ("summarise", "Summarise the article for a busy reader in at most two sentences."),
    ("translate", "Translate the sentence into French. Write only the translation."),
    ("structured", "Turn the order into JSON with the keys item, amount and date. Return nothing else."),
    ("answer", "You are a bank's support agent. Answer the customer's question politely in at most 80 words."),
]
VAGUE = ["Please do something with this text.", "Text:", "Handle this.", "", "be creative"]


@pytest.mark.parametrize(("task", "text"), GOOD)
def test_a_good_prompt_lacks_nothing(task, text):
    assert lacks(text, task) == ()
    assert open_wording(text) == ()


@pytest.mark.parametrize("text", VAGUE)
def test_a_vague_prompt_lacks_what_matters(text):
    found = lacks(text, "classify")
    assert {"task", "output form"} <= set(found) or open_wording(text)


@pytest.mark.parametrize("text", ["Fasse den Artikel in höchstens zwei Sätzen zusammen.", "この文を要約してください。"])
def test_what_is_not_english_is_not_judged(text):
    assert lacks(text, "summarise") is None


@pytest.mark.parametrize("task", TASKS)
def test_the_drafts_of_every_task_are_not_vague(task):
    answer = '{"item": "tea", "amount": 2}' if task in ("structured", "extract") else "good"
    train = [Example(row=n, input=f"text number {n}", answer=answer) for n in range(40)]
    goal = Goal(task=task, sentence="Tell what the text says about the weather", domain="weather")
    drafts = improved_prompts(goal, train, ("good", "bad") if task == "classify" else ())
    assert len({draft.name for draft in drafts}) == len(drafts) >= 4
    assert all(draft.user.count("{input}") == 1 for draft in drafts)
    for draft in drafts[2:]:
        assert lacks(draft.user.replace("{input}", ""), task) == ()


def test_shots_are_balanced_seeded_and_short():
    train = [Example(row=n, input="x" * (n + 1), answer="yes" if n < 30 else "no") for n in range(60)]
    shots = pick_shots(train, ("yes", "no"), 4, seed=1)
    assert sorted(shot.answer for shot in shots) == ["no", "no", "yes", "yes"]
    assert shots == pick_shots(train, ("yes", "no"), 4, seed=1)
    assert {shot.row for shot in shots} <= {*range(15), *range(30, 45)}
    assert pick_shots(train[:1], (), 4, seed=1) == (train[0],)
