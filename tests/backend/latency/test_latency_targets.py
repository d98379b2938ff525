"""Targets as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.errors import InputError
from backend.latency import Targets, parse_targets
from backend.latency.targets import as_targets, parse_target

NAMES = st.sampled_from(["ttft", "tpot", "e2e"])


@given(NAMES, st.floats(1e-3, 1e9), st.sampled_from([("ms", 1.0), ("s", 1000.0)]))
def test_what_is_written_is_what_is_read(name, number, unit):
    assert parse_target(f"{name}={number!r}{unit[0]}") == (name, number * unit[1])
    assert parse_target(f" {name.upper()} = {number!r} {unit[0].upper()} ") == (name, number * unit[1])


@given(st.text(max_size=20))
def test_anything_else_is_a_mistake_one_can_mend(text):
    try:
        name, value = parse_target(text)
    except InputError as error:
        assert error.do
    else:
        assert name in ("ttft", "tpot", "e2e") and value > 0


@pytest.mark.parametrize(
    "text",
    ["ttft=300", "ttft", "=3ms", "ttft=-3ms", "ttft=0ms", "ttft=1e999s", "speed=3ms", "ttft=3min", "ttft=1.2.3s"],
)
def test_refuses(text):
    with pytest.raises(InputError):
        parse_target(text)


def test_several_together_and_none_twice():
    assert parse_targets(["ttft=300ms", "e2e=2s"]) == Targets(ttft_ms=300, e2e_ms=2000)
    with pytest.raises(InputError, match="twice"):
        parse_targets(["ttft=300ms", "ttft=1s"])


def test_a_mapping_is_checked_too():
    assert as_targets({"tpot_ms": 50}) == Targets(tpot_ms=50)
    assert as_targets(None) == Targets()
    for bad in ({"itl_ms": 3}, {"ttft_ms": -1}, {"ttft_ms": float("nan")}):
        with pytest.raises(InputError):
            as_targets(bad)
