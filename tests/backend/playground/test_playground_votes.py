"""Votes: which count, what they add up to, what of them can be learnt from; and the history they are about."""

from __future__ import annotations

import json

import pytest

from backend.decisions import Vote
from backend.domain import Message
from backend.errors import InputError
from backend.journal import Journal
from backend.playground import votes
from backend.playground.asked import Asked, History, Said, Settings

READ = (Message(role="system", content="Sort."), Message(role="user", content="Which?"))


def vote(winner: str, **other) -> Vote:
    given = {"prompt": "Which?", "left": "a", "right": "b", "left_model": "base", "messages": READ, "asked": "1"}
    return Vote.model_validate({**given, "winner": winner, **other})


def asked(number: str, **other) -> Asked:
    given = {
        "id": number, "at": "2026-01-01T00:00:00+00:00", "text": f"question {number}", "settings": Settings(),
        "messages": READ, "left": "base", "blind": True, "engine": "vLLM", "in_turn": False,
        "base": Said(model="base", end="stop"), "tuned": Said(model="tuned", end="stop"),
    }  # fmt: skip
    return Asked.model_validate({**given, **other})


def test_ties_are_counted_beside_the_share_and_open_votes_apart():
    given = [vote("tuned"), vote("tuned"), vote("base"), vote("tie"), vote("both bad"), vote("base", blind=False)]
    counted = votes.tally(given)
    assert (counted.decided, counted.ties, counted.both_bad, counted.votes) == (3, 1, 1, 5)
    assert counted.share is not None
    assert counted.share.value == pytest.approx(2 / 3)
    assert counted.share.low < 0.5 < counted.share.high
    assert votes.tally(given, blind=False).base == 1
    assert votes.tally([vote("tie")]).share is None


def test_a_vote_taken_back_no_longer_counts_but_its_names_were_seen(tmp_path):
    journal = Journal(tmp_path / "journal.jsonl")
    for one in (vote("tuned", asked="1"), vote("base", asked="2")):
        journal.add("vote", one)
    assert votes.undo_last(journal).asked == "2"
    assert [one.asked for _, one in votes.valid_votes(journal)] == ["1"]
    assert votes.undo_last(journal).asked == "1"
    assert votes.seen(journal) == {"1", "2"}
    with pytest.raises(InputError, match="no vote to take back"):
        votes.undo_last(journal)


def test_pairs_are_in_trl_s_form_and_say_what_is_left_out():
    given = [
        vote("tuned"), vote("base", blind=False), vote("tie"), vote("both bad"), vote("tuned", right="a"),
        vote("tuned", messages=(), left_model=""), vote("base", prompt="A test row"), vote("tuned", right=" "),
    ]  # fmt: skip
    found = votes.preferences(given, {"A test row"})
    assert json.loads(found.lines[0]) == {
        "prompt": [{"role": "system", "content": "Sort."}, {"role": "user", "content": "Which?"}],
        "chosen": [{"role": "assistant", "content": "b"}],
        "rejected": [{"role": "assistant", "content": "a"}],
    }
    assert json.loads(found.lines[1])["chosen"][0]["content"] == "a"
    assert len(found.lines) == 3
    assert (found.ties, found.both_bad, found.unusable, found.open_votes, found.test_rows) == (1, 1, 3, 1, 1)
    assert len(votes.preferences(given, {"A test row"}, test_rows=False).lines) == 2


def test_a_speed_needs_two_tokens_at_two_times():
    assert Said(model="base", tokens=11, first_s=0.5, seconds=1.5).tokens_per_s == pytest.approx(10)
    for said in (Said(model="base", tokens=1, first_s=0.5, seconds=0.5), Said(model="base", tokens=None, first_s=0.1)):
        assert said.tokens_per_s is None


def test_the_history_is_cleared_and_comes_back_before_what_was_asked_since(tmp_path):
    history = History(tmp_path / "play")
    for number in ("1", "2"):
        history.add(asked(number))
    assert history.clear() == 2
    assert history.all() == ()
    with pytest.raises(InputError, match="no longer in the history"):
        history.find("1")
    history.add(asked("3"))
    assert history.bring_back() == 2
    assert [one.id for one in history.all()] == ["1", "2", "3"]
    with pytest.raises(InputError, match="nothing to bring back"):
        history.bring_back()


def test_half_a_line_of_a_killed_write_is_left_out(tmp_path):
    history = History(tmp_path)
    history.add(asked("1"))
    with (tmp_path / "history.jsonl").open("a") as file:
        file.write('{"id": "2", "at')
    assert [one.id for one in history.all()] == ["1"]
    history.add(asked("3"))
    assert [one.id for one in history.all()] == ["1", "3"]


@pytest.mark.parametrize(
    "wrong", [{"temperature": -1}, {"temperature": float("nan")}, {"top_p": 0}, {"max_tokens": 0}, {"seed": -1}]
)
def test_settings_out_of_range_are_named(wrong):
    with pytest.raises(InputError, match="must be between"):
        Settings(**wrong).check()
