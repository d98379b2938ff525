"""The audit of a file: the report's contract, and a clean copy with every change on record."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from backend.audit.fix import fix_file
from backend.audit.run import audit_file
from backend.data.clean import apply, propose
from backend.data.load import read_table
from backend.data.mapping import apply_mapping, guess_mapping
from backend.domain import Example, Message
from backend.errors import InputError
from rules.facts import DataFacts

WORDS = [
    "river",
    "stone",
    "paper",
    "cloud",
    "metal",
    "grass",
    "honey",
    "paint",
    "sugar",
    "wheel",
    "torch",
    "candle",
    "mirror",
    "basket",
    "ladder",
    "bottle",
    "carpet",
    "hammer",
]


def record(n: int, rng: random.Random) -> dict[str, str]:
    good = rng.random() < 0.5
    mood = rng.choice(["lovely", "great", "superb"] if good else ["awful", "dull", "broken"])
    return {
        "text": f"item {n}: the {' and the '.join(rng.sample(WORDS, 5))} are {mood}",
        "label": "good" if good else "bad",
    }


@pytest.fixture
def spoiled(tmp_path: Path) -> Path:
    rng = random.Random(9)
    rows: list[dict[str, str]] = [record(n, rng) for n in range(1400)]
    rows[10] = dict(rows[3])
    rows[20] = {"text": rows[5]["text"], "label": "bad" if rows[5]["label"] == "good" else "good"}
    rows[30]["label"] = rows[30]["label"].upper() + " "
    rows[40]["text"] = ""
    rows[50]["text"] += " mail max.muster@gmail.com"
    rows[60]["text"] += " cafÃ© crÃ¨me"
    rows[70]["text"] += "<br /><br />"
    rows[80]["text"] += " ghp_" + "".join(rng.choice("abcdefghijkLMNOPQRST0123456789") for _ in range(36))
    lines = [json.dumps(row) for row in rows]
    lines[90] = '{"text": "half'
    path = tmp_path / "spoiled.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_report_keeps_the_contract_and_names_the_planted_rows(spoiled: Path) -> None:
    report = audit_file(spoiled).model_dump(mode="json")
    assert list(report) == ["tunewise", "verdict", "data", "findings", "not_asked", "seconds", "not_checked", "task",
                            "sampled", "curve"]
    assert report["verdict"] == "block"
    assert report["data"]["rows"] == 1400 and report["data"]["usable_rows"] == 1397
    assert list(report["data"]) == ["path", "sha256", "rows", "usable_rows", "flawed_rows"]
    names = ["rule", "severity", "message", "why", "fix", "measured", "threshold", "unit", "rows"]
    for finding in report["findings"]:
        assert list(finding) == [*names, "counted_rows", "examples"]
    rows = {finding["rule"]: finding["rows"] for finding in report["findings"]}
    expected = {
        "duplicate-rows": [10],
        "conflicting-answers": [5, 20],
        "inconsistent-labels": [30],
        "empty-inputs": [40],
        "personal-data": [50],
        "broken-encoding": [60],
        "leftover-markup": [70],
        "secrets": [80],
        "unreadable-rows": [90],
    }
    assert {rule: rows.get(rule) for rule in expected} == expected
    assert "vague-prompt" in report["not_asked"] and "misses-latency-target" in report["not_asked"]
    assert not set(report["not_asked"]) & set(rows)
    json.dumps(report)


def test_leaks_of_a_given_test_file(tmp_path: Path) -> None:
    rng = random.Random(2)
    rows = [record(n, rng) for n in range(1300)]
    for name, part in (("train.jsonl", rows[:1200]), ("test.jsonl", [*rows[1200:], rows[7]])):
        (tmp_path / name).write_text("\n".join(map(json.dumps, part)), encoding="utf-8")
    report = audit_file(tmp_path / "train.jsonl", task="classify", test=tmp_path / "test.jsonl")
    leaks = [finding for finding in report.findings if finding.rule == "leaked-rows"]
    assert [finding.rows for finding in leaks] == [(100,)] and leaks[0].severity == "block"
    fixed = fix_file(tmp_path / "train.jsonl", tmp_path / "out.jsonl", "classify", tmp_path / "test.jsonl")
    assert [(c.row, c.rule) for c in fixed.changes] == [(7, "leaked-rows")]
    again = audit_file(tmp_path / "out.jsonl", task="classify", test=tmp_path / "test.jsonl")
    assert "leaked-rows" not in {finding.rule for finding in again.findings}


def test_clean_copy_mends_what_it_can_and_logs_it(spoiled: Path, tmp_path: Path) -> None:
    before = spoiled.read_bytes()
    fixed = fix_file(spoiled, tmp_path / "clean.jsonl")
    assert spoiled.read_bytes() == before
    assert fixed.rows == 1396
    log = [json.loads(line) for line in fixed.log.read_text(encoding="utf-8").splitlines()]
    assert [(change["rule"], change["row"], change["action"]) for change in log] == [
        ("unreadable-rows", 90, "drop"),
        ("broken-encoding", 60, "edit"),
        ("leftover-markup", 70, "edit"),
        ("empty-inputs", 40, "drop"),
        ("inconsistent-labels", 30, "edit"),
        ("duplicate-rows", 10, "drop"),
        ("secrets", 80, "drop"),
        ("personal-data", 50, "edit"),
    ]
    assert "ghp_" not in fixed.log.read_text(encoding="utf-8")
    left = {finding.rule for finding in audit_file(fixed.out).findings}
    assert not left & {
        "duplicate-rows",
        "secrets",
        "empty-inputs",
        "unreadable-rows",
        "inconsistent-labels",
        "personal-data",
        "broken-encoding",
        "leftover-markup",
    }
    assert "conflicting-answers" in left  # which answer is right only a person can say
    with pytest.raises(InputError, match="exists already"):
        fix_file(spoiled, fixed.out)


def test_only_the_rules_asked_for(spoiled: Path, tmp_path: Path) -> None:
    fixed = fix_file(spoiled, tmp_path / "clean.jsonl", rules=["duplicate-rows"])
    assert [change.row for change in fixed.changes] == [10]


def test_conversations_keep_their_turns_and_stale_changes_are_refused(tmp_path: Path) -> None:
    from backend.data.clean import write_jsonl

    turns = (Message(role="user", content="I am kim.lee@gmail.com"), Message(role="assistant", content="Hello"))
    examples = [
        Example(row=4, input="bye", answer="see you", system="Be kind.", history=turns),
        Example(row=9, input="a", answer="b"),
    ]
    changes = propose(examples, DataFacts(rows=2, usable_rows=2, personal=(4,)))
    assert [(c.field, c.after) for c in changes] == [("history.0", "I am <EMAIL>")]
    mended = apply(examples, changes)
    assert mended[0].history[0].content == "I am <EMAIL>" and examples[0].history == turns
    write_jsonl(mended, tmp_path / "out.jsonl")
    table = read_table(tmp_path / "out.jsonl")
    read, unreadable = apply_mapping(table, guess_mapping(table))
    assert not unreadable and [e._replace(row=0) for e in read] == [
        e._replace(row=0) for e in mended
    ]
    with pytest.raises(InputError, match="no longer fits"):
        apply(mended, changes)


def test_a_bad_row_is_named_for_what_it_is(tmp_path: Path) -> None:
    """A refusal is no stand-in, a row without a question not from elsewhere, damage and a variable no markup."""
    rng = random.Random(4)
    rows = []
    for n in range(400):
        one, two, three, four = rng.sample(WORDS, 4)
        asked = f"Which of {one}, {two} and {three} goes with the {four} on shelf {n}?"
        rows.append({"question": asked, "answer": f"The {one} goes with the {four}, as the man who sold the {two} said "
                     f"when he came back from the {three} market."})  # fmt: skip
    for at in range(0, 400, 20):
        rows[at]["question"] = " " * (at % 3)
    for at in range(5, 400, 50):
        rows[at]["answer"] = "Unfortunately, I can't provide an answer to that question."
    rows[7]["answer"] += " She sent her r=C3=A9sum=C3=A9 home."
    rows[9]["answer"] = "{{answer}}"
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    named = {found.rule: set(found.rows) for found in audit_file(path, "answer").findings}
    assert named["empty-inputs"] == set(range(0, 400, 20)) and named["refusal-answers"] == set(range(5, 400, 50))
    assert named["broken-encoding"] == {7} and named["placeholder-answers"] == {9}
    assert "off-topic-rows" not in named and "leftover-markup" not in named


@pytest.mark.parametrize("form", ["jsonl", "csv", "json", "missing"])
def test_a_row_that_cannot_be_read_has_one_number(tmp_path: Path, form: str) -> None:
    rng = random.Random(2)
    rows = [record(n, rng) for n in range(40)]
    texts = [json.dumps(row) for row in rows]
    if form == "jsonl":
        texts[4], place = '{"text": "half', "line 5: "
    elif form == "csv":
        texts, place = ["text,label", *(f"{row['text']},{row['label']}" for row in rows)], "line 6: "
        texts[5] += ",too,many"
    elif form == "json":
        texts[4], place = "[1]", "record 4: "
    else:
        texts[4], place = '{"text": "no label"}', "row 4: "
    body = f"[{', '.join(texts)}]" if form == "json" else "\n".join(texts)
    path = tmp_path / f"rows.{'csv' if form == 'csv' else 'json' if form == 'json' else 'jsonl'}"
    path.write_text(body, encoding="utf-8")
    (found,) = [one for one in audit_file(path).findings if one.rule == "unreadable-rows"]
    assert found.rows == (4,) and found.severity == "block" and "--fix OUT" in found.fix
    assert f"; {place}" in found.message and found.message.count("row ") == place.startswith("row")


@pytest.mark.parametrize("every", [0, 500])
def test_what_most_files_have_none_of_is_looked_for_in_some_rows_first(every: int, tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    refusing = set(range(7, 20_400, every)) if every else set()
    with path.open("w", encoding="utf-8") as file:
        for n in range(20_400):
            said = "I'm sorry, but I can't assist with that." if n in refusing else f"It takes {n} days, {n % 7} hours."
            file.write(json.dumps({"question": f"How long does parcel {n} take?", "answer": said}) + "\n")
    report = audit_file(path, "answer")
    assert {row for found in report.findings if found.rule == "refusal-answers" for row in found.rows} == refusing
    assert ("refusals" in {one.measurement for one in report.sampled}) == (not refusing)
