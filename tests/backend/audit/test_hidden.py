"""What is shown of a row never holds a secret; example keys stay readable."""

from backend.audit.secrets import hidden

KEY = "AKIA" + "Q7Z2M4N6P3R5T2WX"


def test_a_key_is_replaced_and_the_rest_stays():
    assert hidden(f"use {KEY} for it") == "use <SECRET> for it"


def test_a_documented_example_key_stays():
    assert hidden("AKIAIOSFODNN7EXAMPLE") == "AKIAIOSFODNN7EXAMPLE"
