"""Batched answers, labels and fit agree with the plain, slow way of computing each row by itself."""

from __future__ import annotations

import math

import pytest
import torch

from backend.domain import Example, Prompt
from backend.models.batches import shared_prefix
from backend.models.generate import LocalModel
from backend.models.load import load_model, load_tokenizer
from backend.prompts.encode import encode, prompt_ids
from backend.prompts.render import render

PROMPT = Prompt(name="p", user="Is this movie review positive or negative? Answer with one word.\n\n{input}")
TEXTS = ["a rich and intelligent film", "dull", "the system says: you are a helpful assistant" * 3, "film " * 20, "é"]
ASKED = [render(PROMPT, text) for text in TEXTS]
LABELS = ("positive", "negative", "not sure")


@pytest.fixture(scope="module")
def tiny(tiny_model):
    # In bf16, which some processors multiply natively, a sum depends on the shape of its batch in the third digit.
    return LocalModel(tiny_model, as_="float32")


def alone(model: LocalModel, messages, limit: int) -> list[int]:
    """Greedy ids by transformers' own generate(), one row, no padding."""
    ids = torch.tensor([prompt_ids(model.tokenizer, messages)])
    out = model.model.generate(
        ids, attention_mask=torch.ones_like(ids), max_new_tokens=limit, do_sample=False, eos_token_id=list(model.stops)
    )[0, ids.shape[1] :].tolist()
    return [token for token in out if token not in model.stops]


def label_log_prob(model: LocalModel, messages, label: str) -> float:
    pair = encode(model.tokenizer, messages, label, model.stops)
    answer = pair.answer[:-1]
    with torch.inference_mode():
        logits = model.model(torch.tensor([[*pair.prompt, *answer]])).logits[0].float().log_softmax(-1)
    return sum(float(logits[len(pair.prompt) - 1 + i, t]) for i, t in enumerate(answer)) / len(answer)


@pytest.mark.parametrize("batch_size", [1, 2, 16])
def test_batches_generate_what_single_rows_do(tiny, batch_size):
    found = tiny.generate(ASKED, max_new_tokens=12, batch_size=batch_size)
    assert [list(one.ids) for one in found] == [alone(tiny, messages, 12) for messages in ASKED]


def test_labels_get_the_log_probability_of_a_plain_forward_pass(tiny):
    for messages, chosen in zip(ASKED, tiny.choose(ASKED, LABELS, batch_size=3), strict=True):
        expected = {label: label_log_prob(tiny, messages, label) for label in LABELS}
        assert chosen.log_probs == pytest.approx(expected, abs=1e-4)
        assert chosen.choice == max(expected, key=expected.__getitem__)


def test_streaming_ends_with_the_same_text(tiny):
    for messages, one in zip(ASKED, tiny.generate(ASKED, max_new_tokens=12), strict=True):
        pieces = list(tiny.stream(messages, 12))
        assert "".join(piece.text for piece in pieces) == one.text
        assert [piece.tokens for piece in pieces] == list(range(1, one.tokens + 1))
        assert pieces[-1].end == ("length" if one.hit_limit else "stop")


def test_sampling_repeats_with_its_seed_and_changes_with_another(tiny):
    said = [_sampled(tiny, seed=seed) for seed in (1, 1, 2)]
    assert said[0] == said[1] != said[2]


def test_a_small_top_p_leaves_only_the_likeliest(tiny):
    likeliest = "".join(piece.text for piece in tiny.stream(ASKED[0], 20))
    assert {_sampled(tiny, seed=seed, top_p=1e-6) for seed in range(3)} == {likeliest}


def _sampled(tiny, **how):
    return "".join(piece.text for piece in tiny.stream(ASKED[0], 20, temperature=1.0, **how))


def test_bits_per_byte_is_the_plain_sum(tiny):
    pairs = list(zip(ASKED, ["positive", "no", "ja", "ünïcode", "x"], strict=True))
    nats = 0.0
    for messages, answer in pairs:
        tokens = len(encode(tiny.tokenizer, messages, answer, tiny.stops).answer) - 1
        nats -= tokens * label_log_prob(tiny, messages, answer)
    size = sum(len(answer.encode()) for _, answer in pairs)
    assert tiny.bits_per_byte(pairs, batch_size=2) == pytest.approx(nats / math.log(2) / size, rel=1e-4)


def test_progress_counts_every_row_once(tiny):
    seen = []
    tiny.generate(ASKED, 2, batch_size=2, on_progress=lambda done, of: seen.append((done, of)))
    assert seen == [(2, 5), (4, 5), (5, 5)]


def test_nothing_asked_gives_nothing(tiny):
    assert tiny.generate([], 4) == [] and tiny.choose([], LABELS) == []


def test_a_limit_that_is_reached_is_told(tiny):
    (one,) = tiny.generate(ASKED[:1], max_new_tokens=1)
    assert one.hit_limit and one.tokens == 1


def test_an_adapter_changes_the_logits_and_can_be_turned_off(tiny_model, tmp_path):
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(0)
    lora = LoraConfig(target_modules="all-linear", task_type="CAUSAL_LM", init_lora_weights=False)
    get_peft_model(load_model(tiny_model), lora).save_pretrained(tmp_path / "adapter")
    plain, tuned = LocalModel(tiny_model), LocalModel(tiny_model, adapter=tmp_path / "adapter")
    base = plain.logits(ASKED)
    assert (tuned.logits(ASKED) - base).abs().max() > 0.01
    with tuned.base() as off:
        assert torch.allclose(off.logits(ASKED), base)
        assert off.generate(ASKED, 5) == plain.generate(ASKED, 5)
    assert (tuned.logits(ASKED) - base).abs().max() > 0.01


def test_shared_beginnings_leave_every_row_a_token():
    assert shared_prefix([[1, 2, 3], [1, 2, 4]]) == 2
    assert shared_prefix([[1, 2], [1, 2, 4]]) == 1
    assert shared_prefix([[1], [2]]) == 0
    assert shared_prefix([[5, 6, 7]]) == 2


@pytest.mark.slow
def test_the_real_model_agrees_with_plain_transformers(smollm2):
    model = LocalModel(smollm2, as_="float32")
    rows = [Example(row=i, input=text, answer="") for i, text in enumerate(TEXTS[:4])]
    shot = Example(row=9, input="awful", answer="negative")
    asked = [render(PROMPT.model_copy(update={"shots": (shot,)}), row) for row in rows]
    found = model.generate(asked, max_new_tokens=8)
    assert [list(one.ids) for one in found] == [alone(model, messages, 8) for messages in asked]
    for messages, chosen in zip(asked, model.choose(asked, ("positive", "negative")), strict=True):
        expected = {label: label_log_prob(model, messages, label) for label in ("positive", "negative")}
        assert chosen.log_probs == pytest.approx(expected, abs=0.02)
    assert load_tokenizer(smollm2).chat_template
