"""Scores carry their interval and row count; comparisons are paired, symmetric and put into words."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain import Arm, Contrast, Example, Prompt
from backend.evaluation.baseline import lead, trivial_baseline
from backend.evaluation.compare import compare, compare_answers, in_words
from backend.evaluation.metrics import all_metrics, named
from backend.evaluation.score import measure, score_arm

WORDS = ["cat", "dog", "sat", "ran", "mat", "rug"]
ASK = Prompt(name="ask")
MOOD = {"task": "classify", "metrics": ("accuracy", "macro_f1"), "labels": ("neg", "pos")}


def reviews(rows: int, seed: int = 0) -> list[Example]:
    rng = random.Random(seed)
    return [Example(row=i, input=f"review {i}", answer=rng.choice(["neg", "pos"])) for i in range(rows)]


def arm(examples: list[Example], wrong: set[int]) -> Arm:
    flip = {"neg": "pos", "pos": "neg"}
    outputs = [flip[e.answer] if e.row in wrong else e.answer for e in examples]
    return score_arm(ASK, examples, outputs, **MOOD)


@pytest.mark.parametrize("name", sorted(all_metrics()))
@given(
    pairs=st.lists(
        st.tuples(*[st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join)] * 2), min_size=1, max_size=20
    )
)
@settings(max_examples=5, deadline=None)
def test_an_interval_holds_its_score(name, pairs):
    answers, references = zip(*pairs, strict=True)
    interval = measure(named(name), answers, references)
    assert 0 <= interval.low <= interval.value <= interval.high <= 1
    assert interval.rows == len(pairs)
    assert interval.value == pytest.approx(named(name).score(answers, references), abs=1e-6)


def test_a_handful_of_rows_says_nothing():
    interval = measure(named("rouge_l"), ["a b", "c"], ["a c", "c d"])
    assert (interval.low, interval.high) == (0, 1)


def test_an_arm_keeps_outputs_row_scores_and_metrics():
    examples = reviews(4)
    answers = [examples[0].answer, "no idea", f"It is {examples[2].answer}.", examples[3].answer.upper()]
    scored = score_arm(ASK, examples, answers, **MOOD, output_tokens=9, seconds=1.5)
    assert [row.scores for row in scored.rows] == [{"accuracy": s, "macro_f1": s} for s in (1, 0, 1, 1)]
    assert [row.output for row in scored.rows] == answers
    assert scored.metrics["accuracy"]["value"] == 0.75
    assert set(scored.metrics["macro_f1"]) == {"value", "low", "high", "rows"}
    assert (scored.output_tokens, scored.seconds) == (9, 1.5)


def test_as_many_outputs_as_examples():
    with pytest.raises(ValueError, match="1 outputs for 2"):
        score_arm(ASK, reviews(2), ["pos"], **MOOD)


@pytest.mark.parametrize("name", ["accuracy", "macro_f1", "rouge_l", "chrf"])
def test_swapping_the_sides_turns_the_sign(name):
    rng = random.Random(1)
    references = [rng.choice(WORDS) for _ in range(60)]
    first = [w if rng.random() < 0.5 else rng.choice(WORDS) for w in references]
    second = [w if rng.random() < 0.8 else rng.choice(WORDS) for w in references]
    there = compare_answers(named(name), first, second, references)
    back = compare_answers(named(name), second, first, references)
    assert back.difference == pytest.approx(-there.difference)
    assert (back.low, back.high) == (pytest.approx(-there.high, abs=1e-6), pytest.approx(-there.low, abs=1e-6))
    assert back.p_value == pytest.approx(there.p_value)
    assert {there.verdict, back.verdict} in ({"better", "worse"}, {"can't tell"})


@pytest.mark.parametrize("name", sorted(all_metrics()))
def test_the_same_answers_are_no_better(name):
    told = compare_answers(named(name), WORDS, WORDS, list(reversed(WORDS)))
    assert (told.difference, told.verdict, told.rows_needed) == (0, "can't tell", None)
    assert told.p_value == 1


def test_three_arms_give_three_comparisons_a_metric_and_two_primary_ones():
    examples = reviews(200)
    base, prompt, tuned = (arm(examples, set(range(*wrong))) for wrong in ((0, 90), (0, 60), (55, 75)))
    contrasts = compare(base, prompt, tuned, examples, **MOOD, primary="accuracy")
    assert [(c.metric, c.first, c.second) for c in contrasts if c.primary] == [
        ("accuracy", "base", "tuned"), ("accuracy", "prompt", "tuned"),
    ]
    assert len(contrasts) == 6
    gain = contrasts[0]
    assert (gain.verdict, gain.rows) == ("better", 200)
    assert gain.difference == pytest.approx(0.35)
    assert gain.low <= gain.difference <= gain.high


def test_arms_on_different_rows_are_not_compared():
    examples = reviews(20)
    with pytest.raises(ValueError, match="same rows"):
        compare(arm(examples[:10], set()), arm(examples[:10], set()), arm(examples[10:], set()), examples,
                **MOOD, primary="accuracy")


@pytest.mark.parametrize(
    ("verdict", "difference", "low", "high", "needed", "said"),
    [
        ("better", 0.182, 0.131, 0.234, None, "better by 18.2 points (95% interval 13.1 to 23.4, 400 rows)"),
        ("worse", -0.05, -0.08, -0.02, None, "worse by 5.0 points (95% interval 2.0 to 8.0, 400 rows)"),
        ("can't tell", 0.012, -0.03, 0.054, 637,
         "can't tell: +1.2 points (95% interval -3.0 to 5.4, 400 rows); about 240 more rows would"),
        ("can't tell", 0.0, 0.0, 0.0, None,
         "can't tell: +0.0 points (95% interval 0.0 to 0.0, 400 rows); no difference was seen"),
    ],
)
def test_the_verdict_in_words(verdict, difference, low, high, needed, said):
    contrast = Contrast(metric="accuracy", first="prompt", second="tuned", difference=difference, low=low, high=high,
                        p_value=0.5, verdict=verdict, rows=400, rows_needed=needed)
    assert in_words(contrast) == said


def test_the_trivial_classifier_says_the_most_common_training_label():
    train = [Example(row=i, input="x", answer="pos" if i < 7 else "neg") for i in range(10)]
    examples = [Example(row=20 + i, input="x", answer="neg" if i < 7 else "pos") for i in range(10)]
    scored = trivial_baseline(train, examples, **MOOD)
    assert scored.prompt.name == "most common label"
    assert scored.metrics["accuracy"]["value"] == 0.3  # learned from train, not from what is scored


def test_the_trivial_summary_is_the_first_sentences():
    text = "One is here. Two is there! Three is far? Four is gone."
    assert lead(text, 3) == "One is here. Two is there! Three is far?"
    train = [Example(row=i, input=text, answer="One is here.") for i in range(3)]
    scored = trivial_baseline(train, train, task="summarise", metrics=("rouge_l",))
    assert (scored.prompt.name, scored.rows[0].output) == ("first sentence", "One is here.")


def test_the_trivial_translation_is_a_copy():
    rows = [Example(row=0, input="Hallo", answer="Hello")]
    assert trivial_baseline(rows, rows, task="translate", metrics=("chrf",)).rows[0].output == "Hallo"
