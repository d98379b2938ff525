"""Known answers and properties of the statistics behind every score."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn.metrics import cohen_kappa_score

from backend.statistics import (
    bootstrap_mean,
    cohen_kappa,
    compare_paired,
    half_width,
    mcnemar,
    rows_for_gain,
    score_interval,
    upper_bound,
    wilson,
)


@given(st.integers(1, 3000), st.data())
def test_wilson_agrees_with_scipy_and_holds_its_value(of, data):
    good = data.draw(st.integers(0, of))
    ours = wilson(good, of)
    theirs = binomtest(good, of).proportion_ci(method="wilson")
    assert ours.low == pytest.approx(theirs.low, abs=1e-9)
    assert ours.high == pytest.approx(theirs.high, abs=1e-9)
    assert 0 <= ours.low <= ours.value <= ours.high <= 1


def test_wilson_refuses_nonsense():
    for good, of in ((1, 0), (-1, 5), (6, 5)):
        with pytest.raises(ValueError, match="a proportion needs"):
            wilson(good, of)


@pytest.mark.parametrize(("bad", "of", "expected"), [(0, 60, 0.0487), (0, 59, 0.0495), (1, 100, 0.0466), (0, 0, 1.0)])
def test_upper_bound_known_answers(bad, of, expected):
    # 1 - 0.05 ** (1 / n) for no bad row: the "rule of three" made exact.
    assert upper_bound(bad, of) == pytest.approx(expected, abs=5e-4)


@given(st.lists(st.sampled_from("abc"), min_size=2, max_size=60), st.randoms())
def test_kappa_agrees_with_sklearn(first, random):
    second = [label if random.random() < 0.7 else random.choice("abc") for label in first]
    theirs = cohen_kappa_score(first, second)
    ours = cohen_kappa(first, second)
    if math.isnan(theirs):
        assert ours == (1.0 if first == second else None)
    else:
        assert ours == pytest.approx(theirs)


def test_a_clear_gain_is_better_and_the_mirror_is_worse():
    base = [0, 1] * 100
    tuned = [1] * 180 + [0] * 20
    assert compare_paired(base, tuned).verdict == "better"
    mirrored = compare_paired(tuned, base)
    assert mirrored.verdict == "worse"
    assert mirrored.difference == pytest.approx(-compare_paired(base, tuned).difference)
    assert mirrored.rows_needed is None


def test_noise_can_not_be_told_and_says_how_many_rows_would_do():
    rng = np.random.default_rng(1)
    base = rng.integers(0, 2, 100).tolist()
    tuned = list(base)
    tuned[:3] = [1, 1, 1]
    tuned[-2:] = [0, 0]
    verdict = compare_paired(base, tuned)
    assert verdict.verdict == "can't tell"
    assert verdict.low <= verdict.difference <= verdict.high
    assert verdict.difference == 0 or verdict.rows_needed > 100


def test_false_alarms_stay_near_five_percent():
    rng = np.random.default_rng(3)
    alarms = 0
    for _ in range(200):
        base, tuned = rng.integers(0, 2, 80).tolist(), rng.integers(0, 2, 80).tolist()
        alarms += compare_paired(base, tuned).verdict != "can't tell"
    assert alarms <= 20  # 5 % of 200 is 10; the exact test is conservative


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_bootstrap_is_seeded_and_ordered(scores):
    one, again = bootstrap_mean(scores, resamples=500), bootstrap_mean(scores, resamples=500)
    assert one == again
    assert one.low <= one.value + 1e-9
    assert one.value <= one.high + 1e-9


def test_right_or_wrong_gets_wilson_anything_else_the_bootstrap():
    assert score_interval([1, 0, 1]) == wilson(2, 3)
    assert score_interval([0.5, 0.2, 0.9]).rows == 3


def test_rows_for_gain_and_half_width_are_inverse():
    assert rows_for_gain(0.05) == 385
    assert half_width(385) <= 0.05 < half_width(384)
    assert half_width(0) == 1.0
    with pytest.raises(ValueError, match="above 0"):
        rows_for_gain(0)


def test_mcnemar_is_the_exact_binomial():
    assert mcnemar(0, 0) == 1.0
    assert mcnemar(10, 0) == pytest.approx(2 * 0.5**10)
