"""The wording itself: complete, plain, and safe where strangers' text is shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor import words
from advisor.glossary import ALSO, GLOSSARY
from advisor.lookup import find_rule, find_term
from advisor.sheet import read_rows, write_rows
from backend.errors import Blocked, InputError
from backend.flow import STEP_RECORDS, Standing, StepState
from rules.facts import Facts
from rules.judge import WORST_FIRST, Verdict, all_rules
from rules.rule import STEPS, Finding, Rule


def test_every_step_state_and_verdict_has_words():
    assert tuple(words.STEP_TITLES) == tuple(words.HOW_TO) == STEPS == tuple(STEP_RECORDS)
    assert set(words.VERDICT_WORDS) == set(WORST_FIRST)


def test_the_glossary_is_large_plain_and_whole():
    assert len(GLOSSARY) >= 60
    for term, text in GLOSSARY.items():
        assert 40 <= len(text) <= 260, term
        assert text.endswith("."), term
    assert set(ALSO.values()) <= set(GLOSSARY)
    assert all(name == name.lower() for name in ALSO)


@pytest.mark.parametrize("rule", [rule.id for rule in all_rules()])
def test_a_rule_is_found_by_its_own_words(rule: str):
    assert find_rule(f"what is {rule.replace('-', ' ')}?") == rule


@pytest.mark.parametrize(
    ("text", "term"),
    [("macro f1", "macro-F1"), ("lora rnk", "LoRA rank"), ("epochs", "epoch"), ("P95", "percentile (p95)"),
     ("overfiting?", "overfitting"), ("shoe", None), ("", None), ("xyz", None)],
)  # fmt: skip
def test_terms_are_found_with_typing_mistakes(text: str, term: str | None):
    assert find_term(text) == term


def test_numbers_in_words():
    assert words.score("accuracy", {"value": 0.8134, "low": 0.7711, "high": 0.848, "rows": 400}) == (
        "accuracy 81.3% (95% interval 77.1% to 84.8%, 400 rows)"
    )
    assert words.rows_in_words([3]) == "row 3"
    assert words.rows_in_words([3, 7, 12]) == "rows 3, 7 and 12"
    assert words.rows_in_words(range(1000), 3) == "rows 0, 1, 2 and 997 more"
    assert [words.duration(s) for s in (0.4, 40, 200, 7500)] == ["under 1 s", "40 s", "3 min", "2 h 5 min"]
    assert [words.figure(f) for f in (0.1345, 26.84, 999.6, 13_649)] == ["0.135", "26.8", "1,000", "13,600"]


def test_errors_say_what_where_why_and_what_to_do():
    said = words.error_words(InputError("It broke.", where="here", why="because", do="Mend it."))
    assert said == words.ErrorWords("It broke.", ("Where: here", "Why: because", "What to do: Mend it."))
    blocked = words.error_words(Blocked("train", (), ("signoff",)))
    assert blocked.what == "This can't start yet: Train (fine-tuning)."
    assert blocked.details == ("First: Let the expert check and sign (sign-off): not done, or out of date.",)


def test_text_of_strangers_cannot_repaint_the_terminal():
    assert words.printable("\x1b[2Jgone\u202etxt\r\nnext\tline") == "�[2Jgone�txt�\nnext\tline"
    assert words.one_line("a\nb\x07" + "c" * 200, 20) == "a b�" + "c" * 15 + "…"


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "'=1"])
def test_formulas_are_defused_and_come_back_as_they_were(cell: str, tmp_path: Path):
    write_rows(tmp_path / "sheet.csv", [{"row": "1", "input": cell}])
    assert "'" + cell in (tmp_path / "sheet.csv").read_bytes().decode()
    assert read_rows(tmp_path / "sheet.csv", ["row"]) == [{"row": "1", "input": cell}]


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_cells_survive_a_round_trip(tmp_path_factory: pytest.TempPathFactory, text: str):
    for suffix in ("csv", "jsonl"):
        path = tmp_path_factory.mktemp("sheet") / f"rows.{suffix}"
        write_rows(path, [{"row": "1", "input": text}])
        assert read_rows(path, ["row", "input"]) == [{"row": "1", "input": text}]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("rows.txt", "", "must end in"),
        ("rows.csv", "a,b\n1,2\n", "There is no row"),
        ("rows.jsonl", "not json\n", "not JSON"),
        ("rows.jsonl", "[1]\n", "one JSON object"),
        ("missing/rows.csv", None, "can't be read"),
    ],
)
def test_sheets_that_cannot_be_used(name: str, content: str | None, said: str, tmp_path: Path):
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=said):
        read_rows(tmp_path / name, ["row"])


def finding(rule: str, gate: str) -> Finding:
    return Finding(
        rule=rule, family="iteration", step="plan", gate=gate, severity="block", waivable=True, message="M.",
        why="W.", fix="F.", measured=None, threshold=None, unit="", rows=(),
    )  # fmt: skip


def standing(found: Finding, **states: str) -> Standing:
    verdict = Verdict(rule_of("untuned-settings"), "block", (found,))
    steps = tuple(StepState(step, states.get(step, "done")) for step in STEPS)
    return Standing(Facts(), (verdict,), {}, steps)


def rule_of(name: str) -> Rule:
    rule = words.rule_named(name)
    assert rule
    return rule


def test_a_block_of_a_later_step_does_not_hide_the_next_one():
    early = standing(finding("untuned-settings", "serve"), plan="blocked", evaluate="waiting", serve="waiting")
    said, commands = words.next_step(early, "mails")
    assert said == "Next: Measure what it brought (evaluation)."
    assert commands[0] == "tunewise evaluate mails"
    late = standing(finding("untuned-settings", "serve"), plan="blocked", serve="waiting")
    said, commands = words.next_step(late, "mails")
    assert said == "Put this right first: M. F."
    assert commands[-1] == 'tunewise waive mails untuned-settings --by EXPERT --why "…"'


def test_what_is_out_of_date_is_said_to_be():
    said, _ = words.next_step(standing(finding("x", "report"), signoff="out of date"), "mails")
    assert "has to be done again" in said
