"""Questions as people type them, and the tools they lead to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.chat.keywords import tool_calls


@pytest.mark.parametrize(
    ("question", "tool", "arguments"),
    [
        ("where do i stand", "where_do_i_stand", {}),
        ("wher do I stnd", "where_do_i_stand", {}),
        ("whats next?", "next_step", {}),
        ("What should I do?", "next_step", {}),
        ("how do i continue", "next_step", {}),
        ("Why am I blocked?", "list_findings", {"severity": "block"}),
        ("why can’t I train", "list_findings", {"severity": "block"}),
        ("what was found?", "list_findings", {}),
        ("are there problems", "list_findings", {}),
        ("is my data good", "list_findings", {}),
        ("what is this finding", "explain_finding", {"rule": ""}),
        ("what does this mean?", "explain_finding", {"rule": ""}),
        ("what is leaked rows", "explain_finding", {"rule": "leaked-rows"}),
        ("explain leeked-rows", "explain_finding", {"rule": "leaked-rows"}),
        ("near duplicates?", "explain_finding", {"rule": "near-duplicate-rows"}),
        ("why is personal data bad", "explain_finding", {"rule": "personal-data"}),
        ("which rows?", "rows_of_finding", {"rule": ""}),
        ("show me the rows with conflicts", "rows_of_finding", {"rule": "conflicting-answers"}),
        ("what does macro-F1 mean", "explain_term", {"term": "macro-F1"}),
        ("waht does epoch meen", "explain_term", {"term": "epoch"}),
        ("explain ovrfitting", "explain_term", {"term": "overfitting"}),
        ("What's a token?", "explain_term", {"term": "token"}),
        ("TTFT?", "explain_term", {"term": "TTFT"}),
        ("is my model better", "scores", {}),
        ("what is my score", "scores", {}),
        ("how is the trainig going", "training_progress", {}),
        ("how fast is it", "latency_result", {}),
        ("why this learning rate", "plan_settings", {"reason": "learning rate"}),
        ("show me the settings", "plan_settings", {"reason": ""}),
    ],
)
def test_intents(question: str, tool: str, arguments: dict[str, str]):
    assert tool_calls(question) == [(tool, arguments)]


@pytest.mark.parametrize("question", ["", "hi", "hello there", "bananas are yellow", "thanks", "sign off for me", "42"])
def test_what_it_cannot_tell_asks_no_tool(question: str):
    assert tool_calls(question) == []


def test_the_difference_of_two_terms():
    calls = tool_calls("what's the difference between accuracy and f1?")
    assert calls == [("explain_term", {"term": "accuracy"}), ("explain_term", {"term": "F1"})]


def test_of_rules_that_fit_equally_the_open_one_is_meant():
    assert tool_calls("which rows are empty", open_rules=["empty-answers"]) == [
        ("rows_of_finding", {"rule": "empty-answers"})
    ]
    assert tool_calls("which rows are empty", open_rules=["empty-inputs"]) == [
        ("rows_of_finding", {"rule": "empty-inputs"})
    ]


@given(st.text(max_size=200))
def test_any_text_is_survived(question: str):
    assert len(tool_calls(question)) <= 2
