"""The judge on facts of every kind: it never raises, forgets no rule, and says the same thing twice."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from rules.facts import CurveFacts, DataFacts, Facts, GoalFacts, Group, SplitFacts
from rules.judge import WORST_FIRST, all_rules, judge

FACTS = [facts for rule in all_rules() for facts in (rule.fires_on, rule.quiet_on)]

row = st.integers(0, 10_000)
rows = st.lists(row, max_size=5).map(tuple)
maybe_rows = st.none() | rows
fraction = st.floats(0, 1)
reasons = st.lists(st.tuples(row, st.text(max_size=10)), max_size=3).map(tuple)
groups = st.builds(Group, st.text(max_size=5), st.integers(50, 100), st.none() | st.integers(0, 50)) | st.builds(
    Group, st.text(max_size=5), st.integers(0, 40), st.none() | st.just(0)
)

data_facts = st.builds(
    DataFacts,
    rows=st.integers(0, 100_000),
    usable_rows=st.integers(0, 100_000),
    unreadable=reasons,
    empty_inputs=rows,
    empty_answers=rows,
    duplicates=rows,
    near_duplicates=maybe_rows,
    conflicts=maybe_rows,
    label_counts=st.none() | st.lists(st.tuples(st.text(max_size=5), st.integers(0, 100)), max_size=4).map(tuple),
    label_spellings=st.none() | st.lists(st.lists(st.text(max_size=5), max_size=3).map(tuple), max_size=8).map(tuple),
    label_spelling_rows=maybe_rows,
    label_errors=maybe_rows,
    off_topic=maybe_rows,
    broken_encoding=rows,
    markup=maybe_rows,
    other_language=maybe_rows,
    cut_off=maybe_rows,
    malformed=maybe_rows,
    refusals=rows,
    placeholders=rows,
    top_answer_share=st.none() | fraction,
    distinct_bigrams=st.none() | fraction,
    system_prompts=st.integers(0, 5),
    instructions=st.none() | st.integers(0, 5),
    broken_conversations=reasons,
    secrets=rows,
    personal=rows,
    personal_kinds=st.lists(st.tuples(st.text(max_size=5), st.integers(0, 9)), max_size=3).map(tuple),
    groups=st.none() | st.lists(groups, max_size=4).map(tuple),
    in_several_groups=st.integers(0, 9),
)
split_facts = st.builds(
    SplitFacts,
    train=st.integers(0, 100_000),
    validation=st.integers(0, 1000),
    test=st.integers(0, 1000),
    leaked=rows,
    leaked_near=rows,
    smallest_visible_gain=fraction,
    rows_for_smallest_gain=st.none() | st.integers(0, 100_000),
)
goal_facts = st.builds(
    GoalFacts,
    task=st.sampled_from(["classify", "summarise"]),
    sentence=st.text(max_size=20),
    metric=st.none() | st.text(max_size=5),
    suitable_metrics=st.lists(st.text(max_size=5), max_size=2).map(tuple),
    target=st.none() | fraction,
    smallest_gain=st.none() | fraction,
    good_examples=st.integers(0, 5),
    definition_of_good=st.text(max_size=5),
    expert=st.text(max_size=5),
    engineering_hours=st.none() | st.floats(0, 100),
    groups=st.lists(st.text(max_size=5), max_size=3).map(tuple),
    fresh_facts=st.lists(st.text(max_size=5), max_size=3).map(tuple),
)
curve_facts = st.builds(CurveFacts, points=st.just(((100, 0.5),)), flat=st.none() | st.booleans())


@settings(max_examples=200, deadline=None)
@given(
    st.builds(
        Facts,
        goal=st.none() | goal_facts,
        data=st.none() | data_facts,
        split=st.none() | split_facts,
        curve=st.none() | curve_facts,
    )
)
def test_whatever_was_measured_every_rule_gives_an_answer(facts: Facts) -> None:
    verdicts = judge(facts)
    assert sorted(verdict.rule.id for verdict in verdicts) == sorted(rule.id for rule in all_rules())
    assert [verdict.trouble for verdict in verdicts if verdict.state == "broken"] == []
    for verdict in verdicts:
        assert bool(verdict.findings) == (verdict.state in ("block", "warn", "note"))
        assert bool(verdict.missing) == (verdict.state == "not asked")


@given(st.sampled_from(FACTS))
def test_judging_twice_says_the_same(facts: Facts) -> None:
    assert judge(facts) == judge(facts)


@given(st.sampled_from(FACTS))
def test_the_worst_comes_first(facts: Facts) -> None:
    order = [WORST_FIRST.index(verdict.state) for verdict in judge(facts)]
    assert order == sorted(order)


def test_the_cases_of_one_rule_break_no_other() -> None:
    for facts in FACTS:
        assert "broken" not in {verdict.state for verdict in judge(facts)}


def test_nothing_measured_is_nothing_passed() -> None:
    assert {verdict.state for verdict in judge(Facts())} == {"not asked"}


def test_a_wrong_path_in_needs_shows() -> None:
    try:
        Facts(data=DataFacts(1, 1)).at("data.no_such_thing")
    except AttributeError as error:
        assert "no_such_thing" in str(error)
    else:
        raise AssertionError("a typing mistake in a path must not read as 'not measured'")
