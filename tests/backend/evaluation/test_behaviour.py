"""Slices, mistakes, endless answers, the general probe and identity swaps find what they are there to find."""

from __future__ import annotations

import pytest

from backend.domain import Arm, Example, Prompt
from backend.evaluation.endless import endless_rows
from backend.evaluation.identity import identity_changes, swapped
from backend.evaluation.mistakes import mistakes
from backend.evaluation.probe import probe_facts, probe_scores, questions
from backend.evaluation.score import score_arm
from backend.evaluation.slices import gap, group_scores, slices
from rules.facts import SliceFacts

MOOD = ("neg", "pos")
ASK = Prompt(name="ask")


def graded(examples: list[Example], outputs: list[str], task: str = "classify", metric: str = "accuracy") -> Arm:
    return score_arm(ASK, examples, outputs, task=task, metrics=(metric,), labels=MOOD)


def reviews(rows: int = 80) -> list[Example]:
    return [
        Example(row=1000 + i, input="word " * (i + 1), answer=MOOD[i % 2], group=("north", "south")[i // (rows // 2)])
        for i in range(rows)
    ]


def test_the_weak_slice_comes_first():
    examples = reviews()
    arm = graded(examples, ["neg"] * 80)
    found = slices(arm, examples, task="classify", metric="accuracy", labels=MOOD)
    assert (found[0].name, found[0].value, found[0].rows) == ("label: pos", 0.0, 40)
    assert (found[-1].name, found[-1].value) == ("label: neg", 1.0)
    assert all(part.low <= part.value <= part.high and part.rows >= 10 for part in found)
    assert [part.rows for part in found if part.name.startswith("length")] == [20, 20, 20, 20]


def test_small_slices_and_slices_of_everything_are_left_out():
    examples = [Example(row=i, input="same words here", answer=MOOD[i < 5]) for i in range(30)]
    found = slices(graded(examples, ["neg"] * 30), examples, task="classify", metric="accuracy", labels=MOOD)
    assert [part.name for part in found] == ["label: neg"]


@pytest.mark.parametrize("metric", ["accuracy", "macro_f1"])
def test_the_gap_between_groups_has_an_interval(metric):
    examples = reviews()
    outputs = [e.answer if e.group == "north" or e.row % 4 < 2 else "hm" for e in examples]
    arm = graded(examples, outputs, metric=metric)
    groups, (difference, low, high) = group_scores(arm, examples, task="classify", metric=metric, labels=MOOD)
    assert [group.name for group in groups] == ["group: south", "group: north"]
    assert 0 < low < difference <= high
    assert difference == pytest.approx(groups[1].value - groups[0].value)


def test_without_groups_there_is_no_gap():
    examples = [example._replace(group="") for example in reviews()]
    arm = graded(examples, ["neg"] * 80)
    assert group_scores(arm, examples, task="classify", metric="accuracy", labels=MOOD) is None


def test_the_gap_of_two_shares_is_newcombes():
    # Newcombe 1998, Statistics in Medicine 17:873, method 10: 56/70 against 48/80 gives 0.0524 to 0.3339.
    one, other = SliceFacts("", 0.6, 0.4904, 0.7004, 80), SliceFacts("", 0.8, 0.6920, 0.8770, 70)
    assert gap(one, other) == pytest.approx((0.2, 0.0524, 0.3339), abs=2e-3)


def test_wrong_labels_are_grouped_by_what_was_taken_for_what():
    examples = [Example(row=i, input="x", answer=answer) for i, answer in enumerate(["pos"] * 5 + ["neg"] * 3)]
    outputs = ["neg", "neg", "neg", "pos", "", "pos", "no idea", "no no no"]
    groups = mistakes(graded(examples, outputs), examples, task="classify", metric="accuracy", labels=MOOD, endless={7})
    assert [(group.name, group.rows) for group in groups] == [
        ("pos taken for neg", (0, 1, 2)), ("empty answer", (4,)), ("neg taken for pos", (5,)),
        ("never stops", (7,)), ("no readable label", (6,)),
    ]


def test_an_expert_is_not_asked_to_explain_hundreds_of_groups():
    names = tuple(f"label {i}" for i in range(20))
    examples = [Example(row=i, input="x", answer=name) for i, name in enumerate(names)]
    arm = score_arm(ASK, examples, [*names[1:], names[0]], task="classify", metrics=("accuracy",), labels=names)
    groups = mistakes(arm, examples, task="classify", metric="accuracy", labels=names)
    assert len(groups) == 7 and groups[-1].name == "other mistakes"
    assert sorted(row for group in groups for row in group.rows) == list(range(20))


def test_wrong_texts_are_grouped_by_shape_worst_first():
    reference = "the board met on monday and agreed to a new budget"
    outputs = ["budget", "yes " * 40, reference, "so and so " + " ".join(map(str, range(40))),
               "nobody knows what they said in there at all", "met budget"]
    examples = [Example(row=i, input="x", answer=reference) for i in range(6)]
    groups = mistakes(graded(examples, outputs, "summarise", "rouge_l"), examples, task="summarise", metric="rouge_l")
    assert {group.name: group.rows for group in groups} == {
        "much too short": (0, 5), "repeats itself": (1,), "much too long": (3,), "otherwise wrong": (4,),
    }


def test_unreadable_json_is_its_own_group():
    examples = [Example(row=i, input="x", answer='{"a": 1}') for i in range(2)]
    arm = graded(examples, ['{"a": ', '{"a": 2}'], "structured", "json_match")
    found = mistakes(arm, examples, task="structured", metric="json_match")
    assert {g.name: g.rows for g in found} == {"not valid JSON": (0,), "otherwise wrong": (1,)}


def test_endless_answers_are_those_whose_reference_is_shorter():
    assert endless_rows([5, 6, 7], [64, 64, 10], [3, 64, 3], limit=64) == (5,)


def test_the_probe_asks_thirty_things_and_knows_the_answers():
    asked = questions()
    assert len(asked) == len({question.ask for question in asked}) == 30
    assert {question.kind for question in asked} == {"arithmetic", "fact", "instruction"}
    assert probe_scores([f"I think it is {question.right[0]}!" for question in asked]) == [1.0] * 30
    assert probe_scores([question.ask for question in asked]) == [0.0] * 30
    assert probe_scores(["positive"] * 30) == [0.0] * 30


def test_what_was_lost_elsewhere_shows():
    right = [question.right[0] for question in questions()]
    base, tuned, drop = probe_facts(right[:24] + ["?"] * 6, ["positive"] * 30)
    assert (base.value, tuned.value, drop.verdict, drop.rows) == (0.8, 0, "worse", 30)
    assert drop.low <= drop.difference <= drop.high < 0


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("John said he lost his keys.", "Mary said she lost her keys."),
        ("She gave her the book; it was her book.", "He gave his the book; it was his book."),
        ("Ask her.", "Ask him."),
        ("I saw her and left", "I saw him and left"),
        ("HE left", "SHE left"),
        ("The weather is fine.", None),
        ("history of theories", None),
        ("a wei of ether", None),
    ],
)
def test_names_and_pronouns_are_swapped(text, new):
    assert swapped(text) == new


def test_answers_that_follow_the_name_are_counted():
    inputs = ["He is late.", "It rains.", "Mary sings."]

    def blind(texts: list[str]) -> list[str]:
        return ["pos" for _ in texts]

    def biased(texts: list[str]) -> list[str]:
        return ["pos" if "He " in text or "John" in text else "neg" for text in texts]

    assert identity_changes(inputs, blind, biased, task="classify", labels=MOOD) == (2, 0, 2)
    assert identity_changes(["It rains."], blind, biased, task="classify", labels=MOOD) == (0, 0, 0)


def test_repeating_the_name_is_no_change():
    def echo(texts: list[str]) -> list[str]:
        return [f"You said: {text}" for text in texts]

    assert identity_changes(["John is late."], echo, echo, task="answer") == (1, 0, 0)
