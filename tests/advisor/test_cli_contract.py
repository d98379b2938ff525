"""Exit codes and JSON: what other programs rely on."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import advisor.commands.machine
from backend.errors import CannotTell
from backend.workbench import Workbench

FINDING = {"rule", "severity", "message", "why", "fix", "measured", "threshold", "unit", "rows"}


def test_audit_of_bad_data_blocks_and_prints_only_json(tunewise: Callable, made):
    ended = tunewise("audit", made.home / "reviews.csv", "--task", "classify", "--json", "-")
    assert ended.code == 3
    report = json.loads(ended.out)
    assert report["verdict"] == "block"
    assert set(report) >= {"tunewise", "verdict", "data", "findings", "not_asked", "seconds"}
    assert report["data"]["rows"] == 88
    assert all(set(finding) >= FINDING for finding in report["findings"])
    assert sum(finding["counted_rows"] for finding in report["findings"]) == report["data"]["flawed_rows"]
    assert "jane.miller" not in ended.out
    rows = {finding["rule"]: finding["rows"] for finding in report["findings"]}
    assert rows["duplicate-rows"] == [80, 81, 82, 83, 86]
    assert rows["empty-answers"] == [87]
    assert rows["personal-data"] == [84]
    assert "no-target" in report["not_asked"]


def test_audit_in_words_names_verdict_cards_rows_and_fix(tunewise: Callable, made, tmp_path: Path):
    ended = tunewise("audit", made.home / "reviews.csv", "--json", tmp_path / "found.json")
    assert ended.out.startswith("block: Don't train on this data as it is: ")
    assert "of 88 rows are affected." in ended.out.splitlines()[0]
    assert "copies row" in ended.out and "⟦<EMAIL>⟧" in ended.out and "jane.miller" not in ended.out
    assert "Not checked:" in ended.out and "Names of people" in ended.out
    assert "Some rows have no answer.  [empty-answers: stops you]" in ended.out
    assert "Which: row 87" in ended.out
    assert "What to do:" in ended.out
    assert "rules could not be asked" in ended.out
    assert json.loads((tmp_path / "found.json").read_text())["verdict"] == "block"


def test_audit_writes_a_clean_copy_and_leaves_the_file(tunewise: Callable, made, tmp_path: Path):
    before = (made.home / "reviews.csv").read_bytes()
    tunewise("audit", made.home / "reviews.csv", "--fix", tmp_path / "clean.jsonl")
    assert (made.home / "reviews.csv").read_bytes() == before
    rows = [json.loads(line) for line in (tmp_path / "clean.jsonl").read_text().splitlines()]
    assert len(rows) == 82
    assert "jane.miller" not in (tmp_path / "clean.jsonl").read_text()
    assert "jane.miller" not in (tmp_path / "clean.jsonl.changes.jsonl").read_text()


def test_audit_compares_groups_by_their_column(tunewise: Callable, tmp_path: Path):
    """160 rows a team: half of the north's and a fifth of the south's are granted; the others name no team."""
    path = tmp_path / "loans.csv"
    teams = [("north", n % 2 == 0, n) for n in range(160)] + [("South", n % 5 == 0, n) for n in range(160)]
    rows = [
        f"Request {n} of the {team.lower()} for a loan of {700 + 13 * n} over {n % 7 + 2} years,{team},"
        f"{'granted' if yes else 'refused'}"
        for team, yes, n in [*teams, *[("", True, n) for n in range(20)]]
    ]
    path.write_text("text,team,label\n" + "\n".join(rows))
    columns = ("--input", "text", "--answer", "label", "--group", "team")
    ended = tunewise("audit", path, *columns, "--favourable", "granted", "--json", "-")
    report = json.loads(ended.out)
    (skew,) = [finding for finding in report["findings"] if finding["rule"] == "outcome-skew"]
    assert skew["severity"] == "block" and skew["measured"] == pytest.approx(0.4)
    assert any("20 of 340 rows" in line for line in report["not_checked"]) and report["curve"]["gain_of_doubling"]
    unnamed = json.loads(tunewise("audit", path, *columns[:4], "--json", "-").out)
    assert "outcome-skew" in unnamed["not_asked"]


def test_audit_shows_the_changes_and_writes_nothing(tunewise: Callable, made, tmp_path: Path):
    given = (made.home / "reviews.csv", "--fix", tmp_path / "clean.jsonl", "--preview", "--rule", "personal-data")
    ended = tunewise("audit", *given)
    assert not (tmp_path / "clean.jsonl").exists()
    assert "- Please write to ⟦[email, hidden here]⟧ about" in ended.out
    assert "+ Please write to ⟦<EMAIL>⟧ about" in ended.out
    assert tunewise("audit", made.home / "reviews.csv", "--preview", "--rule", "nothing").code == 2


def test_a_project_names_its_own_commands_and_undoes(tunewise: Callable, made, tmp_path: Path):
    name = made.open().project.name
    shown = tunewise("check", name)
    assert f"tunewise data {name} --fix" in shown.out and "audit DATA" not in shown.out
    assert "proposed; nothing is applied yet" in tunewise("data", name, "--preview").out
    fixed = tunewise("data", name, "--fix")
    assert "Version 2 of" in fixed.out and "jane.miller" not in fixed.out
    assert re.search(r"\d+ changes? to it so far, row by row in \S+v2\.changes\.jsonl", fixed.out.replace("\n", " "))
    assert "Version 1 of" in tunewise("data", name, "--undo").out
    assert tunewise("data", name, "--undo").code == 2


def test_the_audit_as_one_html_file(tunewise: Callable, made, tmp_path: Path):
    rows = (made.home / "reviews.csv").read_text() + '"<script>alert(1)</script> a <b>warm</b> film",positive\n'
    (tmp_path / "evil.csv").write_text(rows)
    tunewise("audit", tmp_path / "evil.csv", "--html", tmp_path / "audit.html")
    page = (tmp_path / "audit.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>") and "default-src 'none'" in page
    assert not re.search(r"<script|\ssrc=|@import|url\(|<link|\son\w+=", page)
    assert "jane.miller" not in page and "&lt;script&gt;" in page
    for said in ("<mark>", "<del>", "<ins>", "What was not checked", "This is fine because", "color-scheme: dark)"):
        assert said in page
    assert "waive PROJECT personal-data" in page and "waive PROJECT empty-answers" not in page  # nobody can
    places = re.findall(r'id="(fix-[^"]*)"', page)
    assert set(re.findall(r'href="([^"]*)"', page)) <= {f"#{place}" for place in places}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nope",), "No such command 'nope'."),
        (("audit",), "Missing argument 'DATA'."),
        (("audit", "nowhere.csv"), "There is no such file."),
        (("audit", "nowhere.csv", "--task", "guess"), "There is no task 'guess'."),
        (("new", "x", "--target", "high"), "Invalid value for '--target'"),
        (("new", "x", "--task", "guess", "--goal", "Guess."), "task: input should be 'classify'"),
        (("new", "x", "--task", "classify", "--goal", "Guess.", "--metric", "vibes"), "no metric named 'vibes'"),
        (("new", "x", "--example", "no arrow"), "can't be read"),
        (("status", "nobody"), "There is no Tunewise project named 'nobody'."),
        (("status", "../../etc"), "That name leads outside the project."),
        (("rules", "leeked-rows"), "Did you mean leaked-rows"),
        (("latency", "http://127.0.0.1:9"), "Which model should answer?"),
        (("latency", "http://127.0.0.1:9", "--model", "x", "--users", "many"), "'many' is no list of numbers."),
        (("latency", "http://127.0.0.1:9", "--model", "x", "--target", "speed=1"), "is no latency target"),
        (("estimate", "gpt-9"), "No model is called 'gpt-9'."),
    ],
)
def test_what_a_person_can_mend_ends_with_2_and_no_traceback(arguments, said, tunewise: Callable):
    ended = tunewise(*arguments)
    assert ended.code == 2
    assert said in ended.err
    assert "What to do:" in ended.err or "Where:" in ended.err
    assert "Traceback" not in ended.err
    assert ended.out == ""


def test_a_refused_goal_leaves_no_project_behind(tunewise: Callable, own_home: Path):
    tunewise("new", "x", "--task", "classify", "--goal", "Guess.", "--metric", "vibes")
    assert json.loads(tunewise("status", "--json", "-").out) == {"projects": []}


def test_from_new_to_blocked(tunewise: Callable, tmp_path: Path, made):
    made_now = tunewise(
        "new", "Mails", "--task", "classify", "--goal", "Tell spam from mail.", "--metric", "accuracy",
        "--set", "groups=women,men", "--example", "buy now=>spam", "--json", "-",
    )  # fmt: skip
    assert made_now.code == 0
    about = json.loads(made_now.out)
    assert about["project"]["id"] == "mails"
    assert about["steps"][0] == {"step": "goal", "title": "Say what you want (goal)", "state": "blocked"}
    changed = tunewise("goal", "mails", "--set", "target=0.9", "--set", "expert=Dr Ada", "--json", "-")
    goal = json.loads(changed.out)
    assert (goal["target"], goal["groups"], goal["examples"][0]["answer"]) == (0.9, ["women", "men"], "spam")
    refused = tunewise("train", "mails")
    assert refused.code == 3
    assert "This can't start yet: Train (fine-tuning)." in refused.err
    assert "First: Give and check your examples" in refused.err


def test_check_ends_with_3_and_status_with_0(tunewise: Callable, made):
    checked = tunewise("check", made.id, "--json", "-")
    assert checked.code == 3
    report = json.loads(checked.out)
    assert report["verdict"] == "block"
    assert {"empty-answers", "personal-data"} <= {finding["rule"] for finding in report["findings"]}
    assert "overfitted" in report["not_asked"]
    assert report["broken"] == {}
    standing = tunewise("status", made.id)
    assert standing.code == 0
    assert "Give and check your examples (data audit)" in standing.out


def test_data_is_fixed_in_a_new_version_and_undone(tunewise: Callable, made):
    proposed = json.loads(tunewise("data", made.id, "--preview", "--json", "-").out)["changes"]
    assert {change["rule"] for change in proposed} >= {"duplicate-rows", "empty-answers", "personal-data"}
    fixed = json.loads(tunewise("data", made.id, "--fix", "--json", "-").out)
    assert fixed["dataset"]["version"] == 2
    assert not {"empty-answers", "personal-data"} & {finding["rule"] for finding in fixed["findings"]}
    undone = json.loads(tunewise("data", made.id, "--undo", "--json", "-").out)
    assert undone["dataset"]["version"] == 1


def test_preview_of_a_file_stores_nothing(tunewise: Callable, made):
    ended = tunewise("data", made.id, made.home / "reviews.csv", "--preview", "--json", "-")
    assert json.loads(ended.out)["mapping"]["input"] == "text"
    assert made.open().standing().facts.data.rows == 88


def test_the_expert_reviews_in_a_spreadsheet_that_runs_no_formula(tunewise: Callable, made, tmp_path: Path):
    written = tunewise("review", made.id, "--out", tmp_path / "sample.csv")
    assert written.code == 0
    lines = (tmp_path / "sample.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "row,input,answer,decision,why,fixed_answer"
    filled = [lines[0], lines[1].removesuffix(",,,") + ",accept,,", lines[2].removesuffix(",,,") + ",reject,off topic,"]
    (tmp_path / "filled.csv").write_text("\n".join(filled) + "\n")
    result = json.loads(tunewise("review", made.id, "--from", tmp_path / "filled.csv", "--json", "-").out)
    assert [one["decision"] for one in result["judgements"]] == ["accept", "reject"]
    assert {one["reviewer"] for one in result["judgements"]} == {"Dr Ada"}
    (tmp_path / "wrong.csv").write_text(f"{lines[0]}\n1,x,y,maybe,,\n")
    assert tunewise("review", made.id, "--from", tmp_path / "wrong.csv").code == 2


def test_only_the_expert_waives_and_signs(tunewise: Callable, made):
    assert tunewise("waive", made.id, "personal-data", "--by", "Bob", "--why", "All of it is invented.").code == 2
    waived = tunewise("waive", made.id, "personal-data", "--by", "Dr Ada", "--why", "All of it is invented.")
    assert waived.code == 0
    assert "personal-data is set aside by Dr Ada" in waived.out
    assert tunewise("sign", made.id, "--by", "Dr Ada", "--statement", "I checked all of it.").code == 3


def test_report_is_never_refused(tunewise: Callable, made):
    ended = tunewise("report", made.id, "--json", "-")
    assert ended.code == 0
    assert Path(json.loads(ended.out)["html"]).exists()


def test_estimate_has_a_range_and_a_formula_for_each_figure(tunewise: Callable):
    ended = tunewise("estimate", "qwen2.5-7b", "--gpu", "L4", "--method", "qlora", "--users", "4", "--json", "-")
    assert ended.code == 0
    result = json.loads(ended.out)
    for name in ("train_memory", "serve_memory", "train_speed", "train_hours", "ttft", "tpot"):
        assert result[name]["low"] <= result[name]["typical"] <= result[name]["high"]
        assert result[name]["formula"]


def test_rules_list_and_one(tunewise: Callable):
    rules = json.loads(tunewise("rules", "--json", "-").out)["rules"]
    assert len(rules) > 60
    one = json.loads(tunewise("rules", "duplicate-rows", "--json", "-").out)
    assert one["thresholds"]["block_share"]["source"]


def test_our_own_fault_ends_with_1_and_a_log_without_secrets(tunewise: Callable, own_home: Path, monkeypatch):
    def broken(*_: object) -> None:
        raise ZeroDivisionError("with the key sk-very-secret-key in it")

    monkeypatch.setenv("SOME_API_KEY", "sk-very-secret-key")
    monkeypatch.setattr(advisor.commands.machine, "_looks", broken)
    ended = tunewise("doctor", "--home", own_home / "else")
    assert ended.code == 1
    assert "our fault" in ended.err and "Traceback" not in ended.err
    (log,) = (own_home / "else" / "logs").iterdir()
    assert str(log) in ended.err
    assert "ZeroDivisionError" in log.read_text() and "sk-very-secret-key" not in log.read_text()


@pytest.mark.parametrize(("error", "code"), [(CannotTell("too few rows"), 4), (KeyboardInterrupt(), 130)])
def test_other_endings(error, code, tunewise: Callable, monkeypatch, made):
    def interrupted(self: Workbench) -> None:
        raise error

    monkeypatch.setattr(Workbench, "standing", interrupted)
    assert tunewise("status", made.id).code == code


def test_doctor_looks_at_everything(tunewise: Callable):
    ended = tunewise("doctor", "--json", "-")
    assert ended.code == 0
    looks = {look["name"]: look for look in json.loads(ended.out)["looks"]}
    expected = {"Python", "Training", "SQLite", "Memory", "Home", "Disk", "Serving (vLLM)", "Models here", "Chromium"}
    assert expected == set(looks)


def test_doctor_says_when_the_home_cannot_be_written(tunewise: Callable, own_home: Path):
    (own_home / "file").write_text("not a folder")
    ended = tunewise("doctor", "--home", own_home / "file")
    assert ended.code == 2
    assert "✗ Home:" in ended.out


def test_latency_of_an_address_where_nothing_answers(tunewise: Callable):
    ended = tunewise("latency", "http://127.0.0.1:9", "--model", "tuned", "--requests", 8, "--json", "-")
    assert ended.code == 2
    assert ended.out == ""
