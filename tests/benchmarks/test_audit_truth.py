"""A fast slice of the truth benchmark: every rule keeps its bar on texts from templates, clean sets are left alone."""

from __future__ import annotations

import pytest

from benchmarks.audit_truth import BAR, BARS, planted, untouched
from benchmarks.flaws.prompts import judged_goals, judged_prompts

SLICE = [
    ("mojibake", "support"), ("lost characters", "recipes"), ("control characters", "support"), ("tags", "support"),
    ("entities", "recipes"), ("tracking links", "support"), ("navigation", "recipes"), ("chat tokens", "support"),
    ("no input", "invoices"), ("no answer", "support"), ("refusal", "recipes"), ("placeholder", "support"),
    ("cut anywhere", "recipes"), ("cut at 120 characters", "support"), ("open fence", "recipes"),
    ("broken JSON", "invoices"),
    ("copies", "support_topics"), ("contradictions", "support_topics"), ("spellings", "support_topics"),
    ("strangers, clustered", "recipes"), ("page lines", "support"), ("other markup", "recipes"), ("loops", "support"),
    ("addresses", "recipes"),
]  # fmt: skip


@pytest.mark.parametrize(("flaw", "host"), SLICE)
def test_planted_rows_are_named_and_no_others(flaw: str, host: str) -> None:
    form = ("jsonl", "chat", "csv")[len(flaw) % 3]
    found = planted((flaw, host, 0.05, 3, 400, form, False))
    precision, recall = BARS.get(found["rule"], BAR)
    assert found["planted"] >= 20
    assert found["right"] >= recall * found["planted"], found["missed"]
    assert found["right"] >= precision * (found["right"] + found["wrong"]), found["wrongly_named"]


SYNTHETIC = (
    "code", "html task", "json", "sql", "maths", "one-word labels", "none as label", "template, number differs",
    "template, name differs", "legal", "medical", "dialogue", "poems", "logs", "tables", "numbers", "lists", "titles",
    "emoji", "support", "recipes", "invoices",
)  # fmt: skip


@pytest.mark.parametrize("name", SYNTHETIC)
def test_clean_but_tricky_rows_are_left_alone(name: str) -> None:
    found = untouched((name, 5, 400, "jsonl"))
    assert found["blocks"] == []
    assert all(rows <= 0.01 * found["rows"] for rows in found["warned"].values()), found["examples"]


def test_prompts_and_goals() -> None:
    for hits, bad, quiet, good in (judged_prompts(), judged_goals()):
        assert hits >= 0.9 * bad and quiet >= 0.9 * good
