"""The four-fifths ratio against numbers from the literature, and its correction for many comparisons."""

from __future__ import annotations

import random

import pytest

from rules.facts import DataFacts, Facts, Group
from rules.judge import all_rules, ask
from rules.rate_ratio import holm, rate_ratio

RULE = next(rule for rule in all_rules() if rule.id == "outcome-skew")


def test_ratio_of_the_physicians_health_study() -> None:
    # Agresti, Categorical Data Analysis: 189 of 11,034 against 104 of 11,037: 1.82, interval 1.43 to 2.31
    found = rate_ratio(189, 11034, 104, 11037)
    assert (round(found.ratio, 2), round(found.low, 2), round(found.high, 2)) == (1.82, 1.43, 2.31)
    assert found.p_value < 1e-5
    none = rate_ratio(0, 50, 10, 50)
    assert none.ratio == 0 and 0 < none.low < none.high < 1
    assert rate_ratio(5, 5, 5, 5).p_value == 1
    with pytest.raises(ValueError, match="favourable"):
        rate_ratio(3, 10, 0, 10)


def test_holm_on_a_worked_example() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.01], comparisons=3) == [0.03] and holm([]) == []


def skew(*groups: Group) -> list[tuple[str, str]]:
    facts = Facts(data=DataFacts(rows=5000, usable_rows=5000, groups=groups))
    return [(found.severity, found.message) for found in ask(RULE, facts, {}).findings]


def test_every_skewed_group_is_named_and_tiny_ones_are_not_judged() -> None:
    found = skew(Group("a", 400, 240), Group("b", 400, 160), Group("c", 400, 100), Group("tiny", 12, 0))
    assert [severity for severity, _ in found] == ["warn", "block"]
    assert "“b” 40.0%" in found[0][1] and "0.67" in found[0][1] and "tiny" not in str(found)
    assert skew(Group("tiny", 29, 29), Group("a", 400, 200), Group("b", 400, 190)) == []


def test_twenty_equal_groups_rarely_raise_a_warning() -> None:
    rng = random.Random(0)
    warned = 0
    for _ in range(200):
        same = [Group(str(n), 60, sum(rng.random() < 0.5 for _ in range(60))) for n in range(20)]
        warned += any(severity != "note" for severity, _ in skew(*same))
    assert warned <= 10  # 5 % of 200, though the best of twenty is picked as the measure
