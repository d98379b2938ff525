"""What people type into number fields."""

import pytest

from advisor import fields
from backend import InputError


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("0.9", 0.9), ("0,9", 0.9), ("90 %", 0.9), ("90%", 0.9), (" 300 ", 300), ("", None), (None, None),
        ("1 000", 1000),
    ],
)
def test_a_number_as_people_write_it(typed, value):
    assert fields.number(typed, "x") == (None if value is None else pytest.approx(value))


@pytest.mark.parametrize("typed", ["ninety", "1.2.3", "%", "<b>"])
def test_what_is_no_number_is_named(typed):
    with pytest.raises(InputError, match="not a number") as error:
        fields.number(typed, "Target")
    assert error.value.where == "Target"


def test_whole_numbers():
    assert fields.whole("8", "x") == 8
    assert fields.whole("", "x") is None
    with pytest.raises(InputError, match="whole"):
        fields.whole("1.5", "x")


def test_what_was_saved_reads_back():
    assert fields.number(fields.typed(0.05), "x") == 0.05
    assert fields.typed(None) == ""
    assert fields.listed(" a, b ,,c ") == ("a", "b", "c")
