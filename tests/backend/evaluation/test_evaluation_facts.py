"""Trials and evaluation reach the rules and other programs complete, each score with its interval."""

from __future__ import annotations

import json

import pytest

from backend.domain import Arm, Evaluation, Example, Prompt
from backend.evaluation.baseline import trivial_baseline
from backend.evaluation.compare import compare
from backend.evaluation.facts import evaluation_facts, evaluation_json, trials_facts
from backend.evaluation.score import score_arm
from rules.facts import Facts
from rules.judge import judge

MOOD = ("neg", "pos")
ASK = {"task": "classify", "metrics": ("accuracy", "macro_f1"), "labels": MOOD}
EXAMPLES = [Example(row=i, input=f"review {i} " * (i % 7 + 1), answer=MOOD[i % 2]) for i in range(120)]


def arm(name: str, wrong_every: int) -> Arm:
    outputs = [e.answer if e.row % wrong_every else MOOD[e.answer == "neg"] for e in EXAMPLES]
    return score_arm(Prompt(name=name), EXAMPLES, outputs, **ASK)


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    base, prompt, tuned = arm("bare", 2), arm("best prompt", 3), arm("best prompt", 20)
    contrasts = compare(base, prompt, tuned, EXAMPLES, **ASK, primary="accuracy")
    facts = evaluation_facts(tuned, contrasts, EXAMPLES, task="classify", metric="accuracy", labels=MOOD, endless=2)
    return Evaluation(run_id="r1", arms=(base, prompt, tuned), comparisons=contrasts, facts=facts)


def test_the_evaluation_json_keeps_its_contract(evaluation):
    told = json.loads(json.dumps(evaluation_json(evaluation), allow_nan=False))
    assert list(told["arms"]) == ["base", "prompt", "tuned"]
    for scores in told["arms"].values():
        assert set(scores) == {"accuracy", "macro_f1"}
        for score in scores.values():
            assert set(score) == {"value", "low", "high", "rows"}
            assert 0 <= score["low"] <= score["value"] <= score["high"] <= 1
            assert score["rows"] == 120 and isinstance(score["rows"], int)
    assert len(told["comparisons"]) == 6
    for comparison in told["comparisons"]:
        assert {"difference", "low", "high", "p_value", "verdict", "rows_needed"} <= set(comparison)
        assert comparison["verdict"] in ("better", "worse", "can't tell")
        assert comparison["low"] <= comparison["difference"] <= comparison["high"]


def test_the_record_survives_its_own_json(evaluation):
    assert Evaluation.model_validate_json(evaluation.model_dump_json()) == evaluation


def test_the_rules_get_tuned_against_both_arms(evaluation):
    facts = evaluation.facts
    assert [(d.metric, d.against, d.primary) for d in facts.differences] == [
        ("accuracy", "base", True), ("accuracy", "prompt", True),
        ("macro_f1", "base", False), ("macro_f1", "prompt", False),
    ]
    assert facts.whole == pytest.approx(0.95)
    assert (facts.endless, facts.sampled) == (2, 120)
    assert facts.group_scores is None and facts.slices
    states = {verdict.rule.id: verdict.state for verdict in judge(Facts(evaluation=facts))}
    assert states["gain-within-noise"] == "passed"


def test_trials_name_the_best_arm_and_whether_it_beats_the_rule_of_thumb():
    baseline = trivial_baseline(EXAMPLES[:50], EXAMPLES, **ASK)
    arms = (arm("bare", 2), arm("improved", 5))
    facts = trials_facts("m", arms, baseline, EXAMPLES, task="classify", metric="accuracy", labels=MOOD,
                         prompt_lacks=("audience",))
    assert (facts.best.name, facts.beats_baseline, facts.prompt_lacks) == ("improved", True, ("audience",))
    assert (facts.baseline.kind, facts.baseline.decoding, facts.baseline.value) == ("trivial", "none", 0.5)
    # "bare" is right on every second row, as the rule of thumb is: that is no clear difference.
    named = trials_facts("m", arms, baseline, EXAMPLES, task="classify", metric="accuracy", labels=MOOD, best="bare")
    assert (named.best.name, named.beats_baseline) == ("bare", None)
