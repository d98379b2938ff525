"""Fixes: shown as rows before and after, made in a fixed order in a copy, logged without what is private, undoable."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from backend.audit.fix import write_fixed
from backend.audit.run import examine
from backend.data.changes import Change, preview, row_sha256, write_changes
from backend.data.clean import FIXES, apply, offer, propose
from backend.domain import Example, Goal
from backend.errors import InputError
from backend.workbench import Workbench
from rules.facts import DataFacts
from rules.judge import all_rules

MAIL = "max.muster@gmail.com"
KEY = "ghp_" + "aB3dE5fG7hJ9kL1mN3pQ" + "rS5tU7vW9xY1zA3b"


def facts(**found: object) -> DataFacts:
    return DataFacts(rows=10, usable_rows=10, **found)  # type: ignore[arg-type]


def rows(*texts: str, answer: str = "yes") -> list[Example]:
    return [Example(row=n, input=text, answer=answer) for n, text in enumerate(texts)]


def test_every_fix_is_of_a_rule_and_the_order_is_fixed() -> None:
    assert set(FIXES) <= {rule.id for rule in all_rules()}
    order = list(FIXES)
    for first, then in (
        ("unreadable-rows", "broken-encoding"), ("broken-encoding", "leftover-markup"),
        ("leftover-markup", "empty-inputs"), ("empty-inputs", "duplicate-rows"),
        ("duplicate-rows", "conflicting-answers"), ("conflicting-answers", "secrets"), ("secrets", "personal-data"),
    ):  # fmt: skip
        assert order.index(first) < order.index(then)


def test_what_a_rule_promises_a_clean_copy_does_and_what_it_does_is_promised() -> None:
    promised = {rule.id for rule in all_rules() if "audit DATA --fix OUT" in rule.fix}
    unasked = {rule for rule, fix in FIXES.items() if not fix.asked}
    assert promised == unasked - {"leaked-rows"}  # which needs the test file too, and says so


def test_mended_texts_that_become_copies_are_found_as_copies() -> None:
    given = rows("a <br>b", "a\nb", "c")
    changes = propose(given, facts(markup=(0,)))
    assert [(c.rule, c.row) for c in changes] == [("leftover-markup", 0), ("duplicate-rows", 1)]
    assert [e.input for e in apply(given, changes)] == ["a\nb", "c"]


def test_a_row_of_which_nothing_is_left_is_left_out() -> None:
    changes = propose(rows("<br><br>", "fine"), facts(markup=(0,)))
    assert [(c.action, c.row, c.why) for c in changes] == [("drop", 0, "nothing would be left of it")]


def test_one_rule_alone_does_not_stumble_over_another() -> None:
    given = rows(f"<br>write to {MAIL}")
    found = facts(markup=(0,), personal=(0,))
    alone = propose(given, found, rules=["personal-data"])
    assert [c.rule for c in alone] == ["personal-data"]
    assert apply(given, alone)[0].input == "<br>write to <EMAIL>"
    assert apply(given, propose(given, found))[0].input == "write to <EMAIL>"


def test_what_a_person_must_judge_is_offered_and_only_done_by_name() -> None:
    given = rows("a", "b", "c")
    found = facts(off_topic=(1,), label_errors=(2,), conflicts=(0, 1))
    assert propose(given, found) == []
    assert {c.rule for c in offer(given, found)} == {"off-topic-rows", "mislabelled-rows", "conflicting-answers"}
    assert [c.row for c in propose(given, found, rules=["mislabelled-rows"])] == [2]


def test_the_log_has_the_hash_of_the_old_row_and_nothing_private(tmp_path: Path) -> None:
    given = rows(f"<br>write to {MAIL}", f"use {KEY} now")
    changes = propose(given, facts(markup=(0,), personal=(0,), secrets=(1,)))
    write_changes(changes, given, tmp_path / "log.jsonl")
    text = (tmp_path / "log.jsonl").read_text(encoding="utf-8")
    log = [json.loads(line) for line in text.splitlines()]
    assert MAIL not in text and KEY not in text and "<SECRET>" in text
    assert [(one["rule"], one["row"], one["action"]) for one in log] == [
        ("leftover-markup", 0, "edit"), ("secrets", 1, "drop"), ("personal-data", 0, "edit"),
    ]  # fmt: skip
    assert [one["old_sha256"] for one in log] == [row_sha256(given[0]), row_sha256(given[1]), row_sha256(given[0])]


def test_a_preview_marks_what_goes_and_what_comes() -> None:
    shown = preview(Change(row=1, rule="leftover-markup", action="edit", before="a <b>x</b>", after="a x"))
    assert [text for text, goes in shown.before if goes] == ["<b>", "</b>"] and not any(goes for _, goes in shown.after)
    masked = preview(Change(row=1, rule="personal-data", action="edit", before=f"to {MAIL}", after="to <EMAIL>"))
    assert masked.before == (("to ", False), ("[email, hidden here]", True)) and masked.after[1] == ("<EMAIL>", True)


def test_the_copy_is_audited_again_and_the_file_stays(tmp_path: Path) -> None:
    lines = [json.dumps({"text": f"number {n} is a fine text about {n * 7}", "label": "ab"[n % 2]}) for n in range(60)]
    lines[5] = lines[4]
    path = tmp_path / "data.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    before = path.read_bytes()
    audited = examine(path)
    assert "duplicate-rows" in {found.rule for found in audited.report.findings}
    fixed = write_fixed(audited, tmp_path / "out.jsonl")
    assert path.read_bytes() == before and fixed.rows == 59
    assert fixed.again and "duplicate-rows" not in {found.rule for found in fixed.again.findings}
    with pytest.raises(InputError, match="No change can be made"):
        write_fixed(audited, tmp_path / "other.jsonl", rules=["vague-prompt"])
    with pytest.raises(InputError, match="no such folder"):
        write_fixed(audited, tmp_path / "nowhere" / "out.jsonl")


@pytest.fixture
def project(tmp_path: Path) -> Workbench:
    lines = [json.dumps({"text": f"number {n} is a fine text about {n * 7}", "label": "ab"[n % 2]}) for n in range(60)]
    lines[5] = lines[4]
    lines[7] = json.dumps({"text": f"write to {MAIL} soon", "label": "a"})
    lines[9] = json.dumps({"text": f"the key {KEY} opens", "label": "b"})
    lines[11] = '{"text": "half'
    (tmp_path / "data.jsonl").write_text("\n".join(lines), encoding="utf-8")
    wb = Workbench.new("mending", tmp_path / "home")
    wb.set_goal(Goal(task="classify", sentence="Tell a from b."))
    wb.add_data(tmp_path / "data.jsonl")
    return wb


def test_undo_goes_back_along_the_versions_as_they_were_made(project: Workbench) -> None:
    assert project.apply_fixes(["duplicate-rows"]).version == 2
    assert project.apply_fixes(["personal-data"]).version == 3
    assert project.undo_data().version == 2
    assert project.undo_data().version == 1
    with pytest.raises(InputError, match="nothing to undo"):
        project.undo_data()
    assert project.apply_fixes().version == 4  # made from version 1, not from 3
    assert project.undo_data().version == 1
    assert len(project.examples()) == 59


def test_a_fix_of_one_rule_leaves_the_rest_to_be_found(project: Workbench) -> None:
    project.apply_fixes(["duplicate-rows"])
    assert "unreadable-rows" in {finding.rule for finding in project.standing().blocks}
    project.apply_fixes(["unreadable-rows"])
    assert "unreadable-rows" not in {finding.rule for finding in project.standing().blocks}


def test_nothing_private_is_written_into_a_project_but_the_data_itself(project: Workbench) -> None:
    project.standing()
    project.apply_fixes()
    for path in (project.home).rglob("*"):
        if path.is_file() and path.suffix != ".arrow":
            content = path.read_bytes()
            assert MAIL.encode() not in content and KEY.encode() not in content, path
    log = project.project.folder / "data" / "v2.changes.jsonl"
    assert {json.loads(line)["rule"] for line in log.read_text().splitlines()} == {
        "unreadable-rows", "duplicate-rows", "secrets", "personal-data",
    }  # fmt: skip


def test_a_warning_is_fine_because_the_expert_says_so(project: Workbench) -> None:
    goal = project.fresh(Goal)
    assert goal
    project.set_goal(goal.model_copy(update={"expert": "Dr. Ada"}))
    project.waive("duplicate-rows", "Dr. Ada", "The same question is asked often in real life.")
    assert project.standing().waived["duplicate-rows"].by == "Dr. Ada"
    project.apply_fixes(["duplicate-rows"])
    assert "duplicate-rows" not in project.standing().waived
