"""Columns are recognised, or the person is asked; records become examples or are reported."""

from __future__ import annotations

import json

import pytest

from backend.data.mapping import BROKEN, apply_mapping, guess_mapping
from backend.data.table import Table
from backend.data.task import guess_task
from backend.domain import Example, Mapping, Message
from backend.errors import InputError


def table(*rows: dict[str, object]) -> Table:
    columns = tuple(dict.fromkeys(name for row in rows for name in row))
    return Table(columns, list(rows), list(range(len(rows))), (), "jsonl", "0" * 64)


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ("prompt completion", Mapping(input="prompt", answer="completion")),
        ("instruction input output", Mapping(instruction="instruction", input="input", answer="output")),
        ("instruction output", Mapping(input="instruction", answer="output")),
        ("id question answer", Mapping(input="question", answer="answer")),
        ("label text source", Mapping(input="text", answer="label")),
        ("source target", Mapping(input="source", answer="target")),
        ("article summary", Mapping(input="article", answer="summary")),
        ("Text Label", Mapping(input="Text", answer="Label")),
        ("system_prompt prompt response", Mapping(input="prompt", answer="response", system="system_prompt")),
        ("row input answer system history group", Mapping(input="input", answer="answer", system="system")),
    ],
)
def test_well_known_names(columns: str, expected: Mapping) -> None:
    rows = [dict.fromkeys(columns.split(), f"some text {number}") for number in range(3)]
    assert guess_mapping(table(*rows)) == expected


def test_two_columns_of_unknown_names_by_content() -> None:
    rows = [
        {"Nr": str(n), "Klasse": ["gut", "schlecht"][n % 2], "Satz": f"Das ist der Satz Nummer {n}"} for n in range(20)
    ]
    assert guess_mapping(table(*rows)) == Mapping(input="Satz", answer="Klasse")
    pairs = [{"日本語": f"これは{n}です", "Deutsch": f"Das ist {n}"} for n in range(20)]
    assert guess_mapping(table(*pairs)) == Mapping(input="日本語", answer="Deutsch")


def test_an_unclear_table_is_not_guessed() -> None:
    rows = [{"x": f"a {n}", "y": f"b {n}", "z": f"c {n}"} for n in range(5)]
    with pytest.raises(InputError, match="'x', 'y', 'z'"):
        guess_mapping(table(*rows))
    with pytest.raises(InputError, match="delimiter"):
        guess_mapping(table({"a:b": "x y:z"}, {"a:b": "q r:s"}))


def test_column_that_does_not_exist_names_the_closest() -> None:
    with pytest.raises(InputError) as caught:
        apply_mapping(table({"text": "a", "label": "b"}), Mapping(input="txt", answer="label"))
    assert "'text', 'label'" in str(caught.value) and "Did you mean 'text'" in str(caught.value)
    with pytest.raises(InputError, match="not complete"):
        apply_mapping(table({"text": "a"}), Mapping(input="text"))


def test_values_become_text_and_missing_ones_are_reported() -> None:
    rows = table(
        {"q": "a", "a": 1},
        {"q": "b", "a": True},
        {"q": "c", "a": {"x": [1, "é"]}},
        {"q": None, "a": ""},
        {"q": "d"},
        {"q": b"x", "a": "y"},
        {"q": "e", "a": float("nan")},
    )
    examples, unreadable = apply_mapping(rows, Mapping(input="q", answer="a"))
    assert [(e.row, e.input, e.answer) for e in examples] == [
        (0, "a", "1"),
        (1, "b", "true"),
        (2, "c", '{"x": [1, "é"]}'),
        (3, "", ""),
        (6, "e", ""),
    ]
    assert [row for row, _ in unreadable] == [4, 5]
    assert "'a' is missing" in unreadable[0][1] and "binary" in unreadable[1][1]


def test_instruction_and_input_are_joined() -> None:
    rows = table(
        {"instruction": "Translate.", "input": "Haus", "output": "house"},
        {"instruction": "Say hi.", "input": "", "output": "hi"},
    )
    examples, _ = apply_mapping(rows, guess_mapping(rows))
    assert [e.input for e in examples] == ["Translate.\n\nHaus", "Say hi."]


def chat(*turns: str) -> list[dict[str, str]]:
    return [{"role": turn.split(":")[0], "content": turn.split(":")[1]} for turn in turns]


def test_conversations_are_cut_into_system_history_input_and_answer() -> None:
    talk = chat("system:be kind", "user:hi", "assistant:hello", "user:bye", "assistant:see you")
    share = [{"from": "human", "value": "hi"}, {"from": "gpt", "value": "hello"}]
    parts = [{"role": "user", "content": [{"type": "text", "text": "hi"}]}, {"role": "assistant", "content": "yo"}]
    rows = table({"messages": talk}, {"messages": share}, {"messages": json.dumps(share)}, {"messages": parts})
    assert guess_mapping(rows) == Mapping(messages="messages")
    examples, unreadable = apply_mapping(rows, Mapping(messages="messages"))
    assert not unreadable
    assert examples[0] == Example(
        row=0,
        system="be kind",
        input="bye",
        answer="see you",
        history=(Message(role="user", content="hi"), Message(role="assistant", content="hello")),
    )
    assert [(e.input, e.answer) for e in examples[1:]] == [("hi", "hello"), ("hi", "hello"), ("hi", "yo")]


@pytest.mark.parametrize(
    ("messages", "words"),
    [
        (chat("user:hi"), "end with the assistant"),
        (chat("user:hi", "user:there", "assistant:yo"), "turn 2"),
        (chat("assistant:yo", "user:hi"), "turn 1"),
        (chat("user:hi", "system:x", "assistant:yo"), "system"),
        (chat("robot:hi", "assistant:yo"), "unknown role 'robot'"),
        (chat("user:hi", "assistant:yo", "tool:3", "assistant:three"), "message 3 is a tool's"),
        ([{"content": "hi"}, {"role": "assistant", "content": "yo"}], "no role"),
        ([{"role": "user", "content": "hi"}, {"role": "assistant", "contnt": "yo"}], "message 2 has no content"),
        (chat("user: ", "assistant:x", "user:hi", "assistant:yo"), "turn 1 is empty"),
        (chat("system:only"), "no turn"),
        ([], "no turn"),
        ("not json", "not valid JSON"),
        (None, "not a list"),
        ([{"role": "user", "content": {"image": 1}}, {"role": "assistant", "content": "a"}], "other than text"),
    ],
)
def test_broken_conversations_are_reported_not_lost(messages: object, words: str) -> None:
    good = chat("user:hi", "assistant:yo")
    examples, unreadable = apply_mapping(
        table({"messages": good}, {"messages": messages}), Mapping(messages="messages")
    )
    assert [e.row for e in examples] == [0] and len(unreadable) == 1
    row, reason = unreadable[0]
    assert row == 1 and reason.startswith(BROKEN) and words in reason


def pairs(*texts: tuple[str, str]) -> list[Example]:
    return [Example(row=row, input=given, answer=said) for row, (given, said) in enumerate(texts * 20)]


@pytest.mark.parametrize(
    ("examples", "task"),
    [
        (pairs(("I love it so much", "positive"), ("I hate it so much", "negative")), "classify"),
        (pairs(("Anna lives in Rome", '{"name": "Anna", "city": "Rome"}')), "extract"),
        (pairs(("Anna lives in Rome", '{"intent": "statement", "confidence": "high"}')), "structured"),
        (
            [
                Example(
                    row=n,
                    input=f"The house number {n} stands in the old street of the town, " * 9,
                    answer=f"House number {n} stands in town",
                )
                for n in range(40)
            ],
            "summarise",
        ),
        (
            [
                Example(
                    row=n,
                    input=f"the house with the number {n} is in the old town of the king",
                    answer=f"das Haus mit der Nummer {n} ist in der alten Stadt",
                )
                for n in range(40)
            ],
            "translate",
        ),
        (
            [
                Example(
                    row=n,
                    input=f"How do I reset device {n}?",
                    answer=f"Hold the button for {n} seconds, then let go and wait for the lamp.",
                )
                for n in range(40)
            ],
            "answer",
        ),
        (
            [
                Example(row=n, input=f"Mail {n}", answer=f"balance_not_updated_after_cheque_or_cash_{'ab'[n % 2]}")
                for n in range(40)
            ],
            "classify",
        ),
        ([], "answer"),
    ],
)
def test_task_is_guessed_from_the_answers(examples: list[Example], task: str) -> None:
    assert guess_task(examples) == task
