"""The small client and the parity check, against the fake vLLM."""

from __future__ import annotations

import pytest

from backend.errors import InputError
from backend.serving import Endpoint, Reference, Wanted, check_parity, complete, list_models, start, stream, tokenize
from backend.serving.parity import END, first_difference

HELLO = [{"role": "user", "content": "good morning all"}]
PROMPT_IDS = (4, 7, 3)


@pytest.fixture
def endpoint(fake_vllm, folder, model):
    return start(folder, Wanted(model)).endpoint


def test_asks_and_streams(endpoint):
    answer = complete(endpoint, "base", HELLO, 9, ids=True)
    assert (answer.text, answer.prompt_tokens, answer.completion_tokens) == ("Grüße aus base", 3, 3)
    assert answer.token_ids == (0, 1, 2, 2) and answer.finish == "stop"
    assert complete(endpoint, "base", HELLO, 9, choice=["yes", "no"]).text == "yes"
    *pieces, last = stream(endpoint, "base", HELLO, 9)
    assert [piece.text for piece in pieces] == ["Grüße", " aus", " base"]
    assert (last.text, last.prompt_tokens, last.completion_tokens) == ("", 3, 3)
    assert all(a.ms <= b.ms for a, b in zip(pieces, [*pieces[1:], last], strict=True))
    assert tokenize(endpoint, "base", HELLO) == PROMPT_IDS
    assert list_models(endpoint) == ("base",)


def test_mistakes_one_can_mend(endpoint):
    with pytest.raises(InputError, match="no such model"):
        complete(endpoint, "other", HELLO, 9)
    stranger = Endpoint(endpoint.url, "wrong")
    with pytest.raises(InputError, match="401"):
        list_models(stranger)
    with pytest.raises(InputError, match="cannot be reached"):
        complete(Endpoint("http://127.0.0.1:9"), "base", HELLO, 9)
    assert "wrong" not in repr(stranger)


def test_a_broken_stream_is_told(fake_vllm, folder, model, behave):
    behave(breaks=True)
    with pytest.raises(InputError, match="broke off"):
        list(stream(start(folder, Wanted(model)).endpoint, "base", HELLO, 9))


def test_parity(endpoint):
    same = Reference(HELLO, PROMPT_IDS, (0, 1, 2), ended=True)
    other_prompt = Reference(HELLO, (1, *PROMPT_IDS), (0, 1, 2), ended=True)
    other_answer = Reference(HELLO, PROMPT_IDS, (0, 5), ended=True)
    endless = Reference(HELLO, PROMPT_IDS, (0, 1), ended=False)
    found = check_parity(endpoint, "base", [same, other_prompt, other_answer, endless], 9, end_ids=(2,))
    assert (found.prompts, found.other_tokens, found.different) == (4, (1,), (2, 3)) and not found.agrees
    answered, ended = found.partings
    assert (answered.place, answered.expected, answered.seen, answered.endpoint) == (1, 5, 1, None)
    assert (ended.place, ended.expected, ended.seen) == (2, END, END)  # the trainer's answer was cut, this one ended
    assert check_parity(endpoint, "base", [same], 9, end_ids=(2,)).agrees
    assert check_parity(endpoint, "base", [same], 9).partings[0].place == 3  # an end token counts unless named


@pytest.mark.parametrize(
    ("trainer", "half", "tie"),
    [({5: -0.7, 1: -0.75}, True, True), ({5: -0.7, 1: -0.75}, False, False), ({5: -0.1, 1: -2.4}, True, False)],
)
def test_a_tie_in_rounding_is_told_from_a_real_difference(fake_vllm, folder, model, behave, trainer, half, tie):
    behave(chances={"1": -0.69, "5": -0.72})
    endpoint = start(folder, Wanted(model)).endpoint
    reference = Reference(HELLO, PROMPT_IDS, (0, 5), ended=True, chances=({}, trainer))
    (parting,) = check_parity(endpoint, "base", [reference], 9, end_ids=(2,), half=half).partings
    assert parting.trainer == (trainer[5], trainer[1]) and parting.endpoint == (-0.72, -0.69)
    assert parting.near_tie is tie


@pytest.mark.parametrize(
    ("left", "right", "place"), [((), (), None), ((1, 2), (1, 2), None), ((1,), (1, 2), 1), ((3, 2), (1, 2), 0)]
)
def test_first_difference(left, right, place):
    assert first_difference(left, right) == place == first_difference(right, left)
