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
    assert [severity for severity, _ in found] == ["note", "warn", "block"]
    assert "“b” in 40.0%" in found[1][1] and "0.67" in found[1][1] and "tiny" not in str(found[1:])
    tiny = [("note", "“tiny” has only 29 rows; a group of fewer than 30 is not compared.")]
    assert skew(Group("tiny", 29, 29), Group("a", 400, 200), Group("b", 400, 190)) == tiny
    assert skew(Group("tiny", 29, 0), Group("a", 5000, 4000)) == tiny  # nothing to compare it with: that is no pass
    assert skew(Group("tiny", 29, 9), Group("a", 50, 0), Group("b", 40, 0))[1:] == [
        ("note", "No row of “a”, “b” has the favourable answer, so there is nothing to compare.")
    ]


def test_the_limit_that_decided_is_the_one_that_is_told() -> None:
    facts = Facts(data=DataFacts(rows=900, usable_rows=900, groups=(Group("a", 400, 60), Group("b", 400, 240))))
    for policy, told in (({}, 0.5), ({"outcome-skew": {"block_below": 0.2, "warn_below": 0.7}}, 0.7)):
        (found,) = ask(RULE, facts, policy).findings
        assert found.threshold == told and f"under the limit of {told:.2f}" in found.message


def test_a_misspelt_answer_is_not_called_a_bias() -> None:
    facts = Facts(data=DataFacts(rows=200, usable_rows=200, groups=(Group("a", 100, 0), Group("b", 100, 0))))
    (found,) = ask(RULE, facts, {}).findings
    assert found.severity == "note" and "spelt" in found.fix


def test_rows_in_two_groups_make_the_test_rough() -> None:
    groups = (Group("a", 100, 20), Group("b", 100, 60))
    plain, overlapping = (
        ask(RULE, Facts(data=DataFacts(150, 150, groups=groups, in_several_groups=rows)), {}).findings[0].message
        for rows in (0, 50)
    )
    assert overlapping == f"{plain} 50 rows in more than one group count in each, so interval and test are only rough."


def test_a_group_has_no_more_favourable_rows_than_rows() -> None:
    with pytest.raises(ValueError, match="12 favourable rows of 10"):
        Group("a", 10, 12)


def test_twenty_equal_groups_rarely_raise_a_warning() -> None:
    rng = random.Random(0)
    warned = 0
    for _ in range(200):
        same = [Group(str(n), 60, sum(rng.random() < 0.5 for _ in range(60))) for n in range(20)]
        warned += any(severity != "note" for severity, _ in skew(*same))
    assert warned <= 10  # 5 % of 200, though the best of twenty is picked as the measure
