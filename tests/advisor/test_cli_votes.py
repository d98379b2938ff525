"""`tunewise votes`: what people preferred, how sure that is, and the same as preference pairs in a file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from backend import Vote, Workbench
from backend.domain import Message


@pytest.fixture
def bench() -> Workbench:
    bench = Workbench.new("Mails")
    for winner in ("tuned", "tuned", "base", "tie"):
        bench.project.journal.add("vote", Vote(
            prompt="Which?", left="a", right="b", winner=winner, left_model="base", asked=winner,
            messages=(Message(role="user", content="Which?"),),
        ))  # fmt: skip
    return bench


def test_votes_are_told_exported_and_taken_back(bench: Workbench, tunewise: Callable, tmp_path: Path):
    said = tunewise("votes", "Mails", "--export", tmp_path / "pairs.jsonl")
    assert said.code == 0
    assert "the tuned model won 2 of 3 (67%, 95% interval 21% to 94%)" in said.out
    assert "1 tied" in said.out
    pairs = [json.loads(line) for line in (tmp_path / "pairs.jsonl").read_text().splitlines()]
    assert [pair["chosen"][0]["content"] for pair in pairs] == ["b", "b", "a"]
    told = json.loads(tunewise("votes", "Mails", "--undo", "--json", "-").out)
    assert (told["blind"]["ties"], told["pairs"]) == (0, 3)


def test_nothing_is_asked_before_the_evaluation(bench: Workbench, tunewise: Callable):
    assert tunewise("play", "Mails", "Hello", "--max-tokens", "4").code in {2, 3}
    assert "no text" in tunewise("play", "Mails").err
    assert tunewise("play", "Mails", "--again").code == 2
    assert json.loads(tunewise("play", "Mails", "--history", "--json", "-").out) == []
