"""At a terminal: questions one by one, progress in words, a run that is watched."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import pytest

from advisor.commands.train import watch
from advisor.terminal import Output, _Lines
from backend.events import AnyEvent, Done, Phase, Progress, Resumed, Trial, Validated


class Terminal(io.StringIO):
    """Standard input as a person types it."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    return lambda text: monkeypatch.setattr("sys.stdin", Terminal(text))


def test_the_expert_judges_row_by_row(typed: Callable, tunewise: Callable, made):
    typed("a\nx\nr\nnot a review\nf\nnegative\nthe label is wrong\nq\n")
    ended = tunewise("review", made.id)
    assert ended.code == 0
    assert "row" in ended.out and "answer:" in ended.out
    judged = {one.decision: one for one in made.open().judgements()}
    assert set(judged) == {"accept", "reject", "fix"}
    assert judged["reject"].why == "not a review"
    assert judged["fix"].fixed_answer == "negative"
    typed("q\n")
    assert "4 of 60" in tunewise("review", made.id).out


def test_chat_goes_on_until_an_empty_line(typed: Callable, tunewise: Callable, made):
    typed("where do I stand?\nwhat does recall mean?\n\n")
    ended = tunewise("chat", made.id)
    assert "Project Reviews." in ended.out and "recall: Of what should have been found" in ended.out


def test_a_question_is_needed_without_a_terminal(tunewise: Callable, made):
    assert tunewise("chat", made.id).code == 2


def test_a_run_is_told_in_words():
    events: list[AnyEvent] = [
        Phase(name="loading", detail="the model"),
        Progress(step=5, of=20, loss=2.5, learning_rate=1e-4, tokens_per_s=812.4, memory_gib=1.5, eta_s=90, epoch=0.2),
        Validated(step=10, loss=1.9, score=0.75, metric="accuracy", best=True),
        Progress(step=10, of=20, loss=1.5, learning_rate=1e-4, tokens_per_s=800, memory_gib=1.5, eta_s=60, epoch=0.5),
        Trial(number=2, of=3, settings={"learning_rate": 2e-4, "rank": 8}, score=None, state="pruned", eta_s=40),
        Resumed(step=10, folder="x"),
        Done(why="finished", steps=20),
    ]
    told: list[tuple[str, float]] = []
    assert watch(events, lambda words, done: told.append((words, done))) == events[-1]
    assert told == [
        ("loading the model", 0.0),
        ("step 5 of 20, loss 2.500, 812 tokens/s, 2 min left", 0.25),
        ("step 10 of 20, loss 1.500, 800 tokens/s, best accuracy 75.0% at step 10, 60 s left", 0.5),
        ("Trial 2 of 3 given up: worse than others at the same rows: learning rate 0.0002, rank 8, no result; about "
         "40 s for the rest.", 2 / 3),
        ("going on from step 10", 0.5),
    ]


def test_json_to_standard_output_silences_the_words(capsys: pytest.CaptureFixture[str]):
    out = Output("-")
    out.say("words")
    out.result({"infinite": float("inf"), "missing": float("nan"), "rows": (1, 2)})
    assert json.loads(capsys.readouterr().out) == {"infinite": None, "missing": None, "rows": [1, 2]}


def test_words_are_shown_as_they_are(capsys: pytest.CaptureFixture[str]):
    Output().say("[bold]not markup[/bold] :smile: \x1b[31mred")
    assert capsys.readouterr().out == "[bold]not markup[/bold] :smile: �[31mred\n"


def test_the_time_left_of_a_new_piece_of_work_starts_anew(monkeypatch, capsys):
    clock = iter([0.0, 1000.0, 1100.0, 1110.0])
    monkeypatch.setattr("advisor.terminal.time.monotonic", lambda: next(clock))
    tell = _Lines()
    tell("first", 0.9)
    tell("second", 0.0)
    tell("second", 0.5)
    assert "second (50%, about 10 s left)" in capsys.readouterr().err
