"""The worse a file is, the louder the audit says so: what fills a file is told as well as what slipped into it."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from backend.audit.report import AuditReport, FindingReport
from backend.audit.run import audit_file, examine
from backend.domain import Task

THINGS = "river stone paper cloud metal grass honey paint sugar wheel torch candle mirror basket ladder bottle".split()


def audited(folder: Path, answers: list[str], task: Task, ask: str = "What about") -> AuditReport:
    rng = random.Random(3)
    rows = [
        {"prompt": f"{ask} number {number}: {' and '.join(rng.sample(THINGS, 4))}?", "completion": answer}
        for number, answer in enumerate(answers)
    ]
    path = folder / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return audit_file(path, task)


def finding(report: AuditReport, rule: str, unit: str) -> FindingReport | None:
    return next((found for found in report.findings if (found.rule, found.unit) == (rule, unit)), None)


def texts(count: int) -> list[str]:
    rng = random.Random(4)
    return [f"The {' and the '.join(rng.sample(THINGS, 3))} lie at place {n} of the old town." for n in range(count)]


@pytest.mark.parametrize(
    ("stand_in", "rows"),
    [("TODO", 10), ("TODO", 260), ("[TBD]", 140), ("FIXME: add", 260), ("Insert answer here", 140)],
)
@pytest.mark.parametrize("task", ["answer", "classify"])
def test_a_stand_in_is_one_however_many_rows_have_it(tmp_path: Path, stand_in: str, rows: int, task: Task) -> None:
    others = texts(400 - rows) if task == "answer" else ["spam", "ham"] * ((400 - rows) // 2)
    found = finding(audited(tmp_path, [stand_in] * rows + others, task), "placeholder-answers", "rows")
    assert found and found.severity == "block" and found.rows == tuple(range(rows))


@pytest.mark.parametrize("labels", [("TODO", "Doing", "Done"), ("N/A", "minor", "major"), ("none", "some", "all")])
def test_a_label_is_no_stand_in(tmp_path: Path, labels: tuple[str, ...]) -> None:
    assert not finding(audited(tmp_path, [*labels] * 130, "classify"), "placeholder-answers", "rows")


def test_a_label_that_stands_in_the_question_is_no_stand_in(tmp_path: Path) -> None:
    report = audited(tmp_path, ["todo"] * 200, "classify", ask="// TODO: look at")
    assert not finding(report, "placeholder-answers", "rows")


def test_answers_that_are_all_one_word_are_repetitive(tmp_path: Path) -> None:
    report = audited(tmp_path, ["OK"] * 300, "answer")
    found = finding(report, "repetitive-answers", "share of answers")
    assert found and found.measured == 1.0 and found.rows == tuple(range(300))
    assert "repetitive-answers" not in report.not_asked
    assert any("at least 100 word pairs" in said for said in report.not_checked)


def test_few_answers_that_go_round_in_circles_are_repetitive(tmp_path: Path) -> None:
    report = audited(tmp_path, [*texts(5), "no no no no no no no no no no no no no no no no"], "answer")
    found = finding(report, "repetitive-answers", "rows")
    assert found and found.rows == (5,)


def test_what_is_stuck_or_a_stand_in_is_not_cut_off_besides(tmp_path: Path) -> None:
    stuck, note, cut = "The lamp stands by" + " the door by" * 12, "TODO: write answer", "The lamp stands by the"
    report = audited(tmp_path, [*texts(120), stuck, note, cut], "answer")
    named = {found.rule: found.rows for found in report.findings}
    assert named["repetitive-answers"] == (120,) and named["placeholder-answers"] == (121,)
    assert named["cut-off-answers"] == (122,)


def test_all_that_is_repetitive_is_one_finding_with_all_of_its_rows(tmp_path: Path) -> None:
    told = [f"The lamp stands {place} the door." for place in ("at", "by", "near")]
    stuck = "The lamp stands by" + " the door by" * 12
    report = audited(tmp_path, [*(random.Random(5).choices(told, k=200)), stuck], "answer")
    (found,) = (found for found in report.findings if found.rule == "repetitive-answers")
    assert found.unit == "rows" and 200 in found.rows and found.fix.startswith("Rewrite or drop the repeated answers")
    for said in ("the same words again and again: 1 of 201", "One and the same answer makes up", "Of all pairs of"):
        assert said in found.message
    (stuck_only,) = (
        found
        for found in audited(tmp_path, [*texts(60), stuck], "answer").findings
        if found.rule == "repetitive-answers"
    )
    assert stuck_only.rows == (60,) and stuck_only.fix == "Delete or rewrite the rows named."


def test_a_group_too_small_to_compare_and_rows_in_two_groups_are_said(tmp_path: Path) -> None:
    rng = random.Random(6)
    told = ["she"] * 29 + ["he"] * 200 + ["they"] * 100 + ["he or they"] * 40
    rows = [
        {"text": f"Case {n}: {who} asked for the {' and the '.join(rng.sample(THINGS, 3))}.",
         "label": "yes" if who == "he" or n % 5 == 0 else "no"}
        for n, who in enumerate(told)
    ]  # fmt: skip
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    report = examine(path, "classify", groups=("she", "he", "they"), favourable="Yes").report
    tiny, skewed = (found for found in report.findings if found.rule == "outcome-skew")
    assert tiny.severity == "note" and tiny.message.startswith("“she” has only 29 rows;")
    assert skewed.severity == "block" and "40 rows in more than one group count in each" in skewed.message
