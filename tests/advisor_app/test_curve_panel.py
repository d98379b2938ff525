"""The learning curve on the page of step 2: the quick learner's at first, the model's own once it is measured."""

from __future__ import annotations

import csv
import random
import re
from pathlib import Path

import pytest

from advisor import curve_panel, curve_words
from backend import Goal, InputError, Workbench
from backend.domain import LearningCurve
from rules.facts import CurveFacts

MEASURED = CurveFacts(
    points=((45, 0.9), (90, 0.7), (180, 0.5), (360, 0.4)), flat=False, gain_of_doubling=(0.02, 0.09),
    learner="tiny, trained", measure="loss", ranges=((0.8, 1.0), (0.6, 0.8), (0.4, 0.6), (0.3, 0.5)), measured=True,
)  # fmt: skip


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    made = Workbench.new("Mails", tmp_path)
    made.set_goal(Goal(task="classify", sentence="Sort mails by what they are about."))
    chance = random.Random(0)
    with (tmp_path / "mails.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["text", "label"])
        for number in range(400):
            label = chance.choice(["delivery", "payment"])
            word = {"delivery": "parcel", "payment": "invoice"}[label] if chance.random() < 0.8 else "question"
            rows.writerow([f"About my {word} of case {number} {chance.random():.6f}", label])
    made.add_data(tmp_path / "mails.csv")
    return made


def test_the_models_own_curve_takes_the_quick_learners_place(bench: Workbench):
    quick = curve_panel.show(bench, bench.standing())
    assert "quick, simple learner" in quick.lower() and quick.count("<svg") == 1
    bench.project.save(LearningCurve(model="tiny", prompt="p", parts=10, seconds=60, facts=MEASURED))
    own = curve_panel.show(bench, bench.standing())
    (read_aloud,) = re.findall(r'<svg[^>]*aria-label="([^"]*)"', own)
    assert "from 0.9 to 0.4" in read_aloud and "0.300 to 0.500" in own
    assert "The model itself (tiny, trained) still improved" in own
    assert "Twice as many rows would change its error (loss) by -0.090 to -0.020." in own
    assert bench.standing().facts.curve == MEASURED


def test_without_a_model_it_cannot_be_measured_and_nothing_goes_on(bench: Workbench):
    with pytest.raises(InputError, match="No model is chosen"):
        curve_panel.start(bench, " ", "60")
    shown, _, ended = curve_panel.watch(bench)
    assert shown == ended == ""
    assert "stays" in curve_panel.stop(bench)  # harmless when nothing goes on


def test_a_score_is_told_in_points():
    score = CurveFacts(points=((45, 0.6),), flat=None, gain_of_doubling=(-0.01, 0.04), measured=True)
    assert "change its accuracy by -1.0 to +4.0 points" in curve_words.told(score)
    assert "can't be told" in curve_words.told(score) and curve_words.points(score) == [("45", "60.0%", "–")]
