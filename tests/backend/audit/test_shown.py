"""What is shown of a row: the stretch a finding is about, nothing private, and each bad row counted once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.audit.hide import hide, private_spans, without_private
from backend.audit.marks import marks
from backend.audit.measure import measured
from backend.audit.not_checked import NEVER, not_checked
from backend.audit.report import FindingReport, counted_once
from backend.audit.shown import MOST_CHARACTERS, pieces, shown_rows
from backend.data.diff import differences
from backend.domain import Example
from rules.facts import DataFacts, Facts
from rules.judge import judge

MAIL = "max.muster@gmail.com"
KEY = "ghp_" + "aB3dE5fG7hJ9kL1mN3pQ" + "rS5tU7vW9xY1zA3b"
FACTS = DataFacts(rows=10, usable_rows=10, main_language="English")


def marked(parts: tuple[tuple[str, bool], ...]) -> list[str]:
    return [text for text, is_marked in parts if is_marked]


@pytest.mark.parametrize(
    ("rule", "name", "text", "said"),
    [
        ("personal-data", "input", f"write to {MAIL} now", ["<EMAIL>"]),
        ("secrets", "answer", f"use {KEY} now", ["<SECRET>"]),
        ("broken-encoding", "input", "a cafÃ© by the sea", ["Ã©"]),
        ("broken-encoding", "input", "lost \ufffd sign", ["\ufffd"]),
        ("broken-encoding", "input", "it doesnâ€t matter", ["â€"]),
        ("leftover-markup", "input", "one<br>two", ["<br>"]),
        ("cut-off-answers", "answer", "It began well and then it went on to the", ["went on to the"]),
        ("refusal-answers", "answer", "As an AI, I can't. Ask a doctor.", ["As an AI, I can't."]),
        ("malformed-answers", "answer", '{"a": 1, "b": }', [', "b": }'[-4:]]),
        ("mislabelled-rows", "answer", "bad", ["bad"]),
        ("mislabelled-rows", "input", "a text", []),
        ("mixed-languages", "input", "Der Hund und die Katze sind nicht im Haus, aber sie haben auch Hunger.", None),
        ("off-topic-rows", "input", "a text", ["a text"]),
    ],
)
def test_the_stretch_a_rule_objects_to(rule: str, name: str, text: str, said: list[str] | None) -> None:
    found = marked(pieces(text, marks(rule, name, text, FACTS)))
    assert found == (said if said is not None else [text])


@given(st.text(max_size=400), st.text(max_size=400), st.integers(0, 900), st.integers(0, 900), st.booleans())
def test_nothing_private_is_shown_wherever_it_is_cut(before: str, after: str, start: int, end: int, key: bool) -> None:
    private = KEY if key else MAIL
    text = f"{before} {private} {after}"
    if not private_spans(text):
        return  # what follows or goes before made it something else
    shown = "".join(words for words, _ in pieces(text, [(min(start, end), max(start, end))]))
    assert private not in shown and private[3:-3] not in shown and private not in hide(text)


@given(st.text(max_size=600), st.lists(st.tuples(st.integers(0, 600), st.integers(0, 50)), max_size=5))
def test_a_window_is_small_and_shows_a_mark(text: str, spans: list[tuple[int, int]]) -> None:
    within = [(at, min(len(text), at + size)) for at, size in spans if at < len(text) and size]
    parts = pieces(text, within)
    assert sum(len(words) for words, _ in parts) <= MOST_CHARACTERS + 20
    assert bool(marked(parts)) == bool(within)


@given(st.text(max_size=60), st.text(max_size=60))
def test_differences_leave_what_both_share(before: str, after: str) -> None:
    gone, come = differences(before, after)
    kept = []
    for text, spans in ((before, gone), (after, come)):
        at, left = 0, ""
        for start, end in spans:
            assert at <= start < end <= len(text)
            left += text[at:start]
            at = end
        kept.append(left + text[at:])
    assert kept[0] == kept[1]
    assert (not gone and not come) == (before == after)


def test_a_copy_is_shown_with_what_it_copies_and_a_contradiction_with_its_other_side() -> None:
    said = ["the red house stands on the hill", "a dog", "the red house stands on the hill", "a dog", "a dog"]
    answers = ["a", "b", "a", "c", "b"]
    rows = [Example(row=n, input=text, answer=answers[n]) for n, text in enumerate(said)]
    by_row = {row.row: row for row in rows}
    facts = measured(rows, (), "classify").facts
    assert [row.note for row in shown_rows("duplicate-rows", (2, 4), by_row, facts)] == ["copies row 0", "copies row 1"]
    together = shown_rows("conflicting-answers", (1, 3, 4), by_row, facts)
    assert [(row.row, marked(row.texts[1].parts)) for row in together] == [(1, ["b"]), (3, ["c"]), (4, ["b"])]


def test_what_stands_for_no_label_is_no_spelling_of_one() -> None:
    labels = ["spam", "Spam", "ham", "N/A", "n/a"]
    given = [*["spam"] * 150, *["ham"] * 150, *labels]
    facts = measured([Example(row=n, input=f"text {n}", answer=x) for n, x in enumerate(given)], (), "classify").facts
    assert facts.label_spelling_rows == (301,)


def test_a_near_copy_is_shown_with_the_row_it_repeats_not_with_one_of_another_number() -> None:
    said = [f"The app crashes with error {code} since the May update" for code in (3469, 8694, 1022, 5177)]
    texts = [*said[:2], f"{said[1]}, thank you very much", *said[2:]]
    by_row = {row: Example(row=row, input=text, answer="technical") for row, text in enumerate(texts)}
    facts = measured(list(by_row.values()), (), "classify").facts
    (row,) = shown_rows("near-duplicate-rows", facts.near_duplicates or (), by_row, facts)
    assert row.row == 2 and row.note.startswith("nearly copies row 1: The app crashes with error 8694")


def test_a_row_that_was_not_read_is_shown_by_its_reason() -> None:
    facts = DataFacts(rows=2, usable_rows=1, unreadable=((1, f"line 2: the key {MAIL!r} occurs twice"),))
    (row,) = shown_rows("unreadable-rows", (1,), {}, facts)
    assert row.row == 1 and "<EMAIL>" in row.note and MAIL not in row.note
    assert MAIL not in str(without_private(facts))


def test_labels_in_the_facts_hold_nothing_private() -> None:
    facts = DataFacts(rows=2, usable_rows=2, label_counts=((MAIL, 2),), label_spellings=((MAIL, MAIL + " "),))
    assert MAIL not in str(without_private(facts)) and "<EMAIL>" in str(without_private(facts))


def reported(rule: str, severity: str, *rows: int) -> FindingReport:
    return FindingReport.model_validate({
        "rule": rule, "severity": severity, "message": "m", "why": "w", "fix": "f", "measured": 1, "threshold": 0,
        "unit": "rows", "rows": rows,
    })  # fmt: skip


def test_one_bad_row_is_counted_once_under_its_worst_finding() -> None:
    counts, flawed = counted_once([
        reported("a", "warn", 1, 2, 3), reported("b", "block", 2, 5), reported("c", "note", 1, 2, 3, 5, 9),
        reported("d", "warn", 3),
    ])  # fmt: skip
    assert counts == {"b": 2, "d": 1, "a": 1, "c": 1}
    assert flawed == sum(counts.values()) == 5


def test_what_was_not_checked_is_said_with_its_bound() -> None:
    facts = DataFacts(rows=100_000, usable_rows=100_000, sampled=(("off_topic", 20_000),), unreadable=((7, "x"),))
    said = not_checked(facts, judge(Facts(data=facts)))
    assert set(NEVER) <= set(said)
    assert any("20,000 rows" in line and "fewer than 0.02%" in line for line in said)
    assert any("could not be read" in line for line in said)
    assert any(line.startswith("Not asked: conflicting-answers") for line in said)


def test_a_refusal_where_json_is_due_is_a_refusal_only() -> None:
    rows = [Example(row=n, input=f"order {n} of {n + 3} lamps", answer=f'{{"order": {n}, "lamps": {n + 3}}}')
            for n in range(60)]  # fmt: skip
    rows[7] = rows[7]._replace(answer="I'm sorry, but I cannot help with that request.")
    rows[9] = rows[9]._replace(answer='{"order": 9, "lamps": ')
    facts = measured(rows, (), "extract").facts
    assert facts.refusals == (7,)
    assert facts.malformed == (9,)
