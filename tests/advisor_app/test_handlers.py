"""Handlers are plain functions: they gather, call the workbench, and say what happened."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.failures import answer_safely, log_file, stream_safely
from advisor.steps import data, goal, signoff
from backend import Blocked, Goal, InputError, Workbench
from backend.domain import Dataset


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    return Workbench.new("Mails", tmp_path)


def form(**changes: object) -> list[object]:
    empty = goal.Form(*[""] * len(goal.Form._fields))._replace(task="classify", metric="accuracy", complex_task=False)
    return [*empty._replace(**changes), *[""] * 2 * goal.GOOD_EXAMPLES]


def test_the_goal_is_saved_as_it_was_typed_and_comes_back(bench: Workbench):
    typed = form(
        sentence="Sort mails.", target="90 %", smallest_gain="0,05", users="3", groups="young, old", bad_input="x"
    )
    typed[-12:-10] = ["Where is it?", "delivery"]
    assert "Saved" in goal.save(bench, *typed)
    saved = bench.fresh(Goal)
    assert (saved.target, saved.smallest_gain, saved.users) == (0.9, 0.05, 3)
    assert saved.groups == ("young", "old")
    assert [example.good for example in saved.examples] == [True, False]
    shown = goal.fill(bench)
    back = goal.Form(*shown[: len(goal.Form._fields)])
    assert back.target == "0.9"
    assert back.groups == "young, old"
    assert shown[len(goal.Form._fields)] == "Where is it?"


def test_an_untouched_form_is_an_unfinished_goal_not_a_crash(bench: Workbench):
    with pytest.raises(InputError, match="one sentence"):
        goal.save(bench, "classify", *[None] * (len(goal.Form._fields) - 1 + 2 * goal.GOOD_EXAMPLES))


@pytest.mark.parametrize(
    ("field", "typed"), [("target", "1.5"), ("target", "high"), ("users", "0.5"), ("ttft_ms", "-3")]
)
def test_a_number_that_cannot_be_is_named(bench: Workbench, field: str, typed: str):
    with pytest.raises(InputError) as error:
        goal.save(bench, *form(sentence="Sort mails.", **{field: typed}))
    assert error.value.what
    assert bench.fresh(Goal) is None


@pytest.mark.parametrize("task", [task for _, task in goal.TASKS])
def test_every_task_offers_a_metric(task: str):
    offered = goal.metrics_for(task)
    assert offered.value in [name for _, name in offered.choices]


def test_a_file_is_shown_before_it_is_used(bench: Workbench, tmp_path: Path):
    file = tmp_path / "rows.csv"
    file.write_text("a,b,c\n" + "\n".join(f"text {n} of some length,{n},label {n % 2}" for n in range(20)))
    told, preview, *dropdowns = data.look(bench, str(file))
    assert "Read." in told
    assert "text 4 of some length" in preview
    assert len(dropdowns) == len(data.ROLES)
    assert bench.fresh(Dataset) is None


def test_nothing_is_done_without_a_file_or_a_choice(bench: Workbench):
    with pytest.raises(InputError, match="Choose a file"):
        data.look(bench, None)
    with pytest.raises(InputError, match="Choose a file"):
        data.add(bench, lambda words, done: None, None, None, *[""] * len(data.ROLES))
    with pytest.raises(InputError, match="at least one kind"):
        data.fix(bench, lambda words, done: None, [])


def test_signing_is_refused_by_the_workbench_not_by_a_hidden_button(bench: Workbench):
    bench.set_goal(Goal(task="classify", sentence="Sort mails.", expert="Ann"))
    with pytest.raises(Blocked):
        signoff.sign(bench, "Ann", "I have checked all of it.", [])


def test_what_a_person_can_mend_becomes_a_message_and_the_rest_stays(bench: Workbench):
    def act(workbench: Workbench, text: str) -> tuple[str, str]:
        raise InputError("That <b>cannot</b> be.", do="Do this.")

    said, kept = answer_safely(act, bench.home, 1, long=False)(None, bench.project.id, "x")
    assert "That &lt;b&gt;cannot&lt;/b&gt; be." in said
    assert kept == {"__type__": "update"}
    assert not log_file(bench.home).exists()


def test_our_own_fault_goes_to_the_log_and_says_where(bench: Workbench):
    from advisor.failures import log_to

    def act(workbench: Workbench) -> str:
        raise ZeroDivisionError("secret detail")

    log_to(bench.home)
    (said,) = answer_safely(act, bench.home, 0, long=False)(None, bench.project.id)
    assert "on our side" in said
    assert str(log_file(bench.home)) in said
    assert "secret detail" not in said
    assert "ZeroDivisionError: secret detail" in log_file(bench.home).read_text()


def test_a_stream_that_is_refused_ends_in_words(bench: Workbench):
    def act(workbench: Workbench) -> object:
        yield workbench.playground.ask("x")

    ((said, _),) = list(stream_safely(act, bench.home, 1)(bench.project.id))
    assert "start yet" in said


def test_long_work_tells_how_far_it_is(bench: Workbench):
    seen: list[tuple[float, str]] = []

    def act(workbench: Workbench, tell, text: str) -> str:
        tell("Half way", 0.5)
        tell("Past the end", 1.2)
        return f"Done with {text}."

    said = answer_safely(act, bench.home, 0, long=True)(
        lambda done, desc: seen.append((done, desc)), bench.project.id, "it"
    )
    assert seen == [(0.5, "Half way"), (1.0, "Past the end")]
    assert "Done with it." in said[0]


@pytest.mark.parametrize("project", ["", "../..", "nope", "a\0b"])
def test_an_unknown_project_is_refused(bench: Workbench, project: str):
    (said,) = answer_safely(lambda workbench: "never", bench.home, 0, long=False)(None, project)
    assert "never" not in said
    assert "is-block" in said
