"""Only the answer and its end are learnt; sharing the beginning and batching change nothing."""

from __future__ import annotations

import math

import pytest
import torch
from peft import LoraConfig, get_peft_model

from backend.domain import Prompt
from backend.models.load import load_model, load_tokenizer, stop_ids
from backend.training.pairs import IGNORED, Collate, LikeLengths, Portions, fit, sharable
from backend.training.trainer import answer_loss

PROMPT = Prompt(name="p", user="Is this movie review positive or negative? Answer with one word.\n\n{input}")


@pytest.fixture(scope="module")
def tokenizer(tiny_model):
    return load_tokenizer(tiny_model)


@pytest.fixture(scope="module")
def pairs(tokenizer, some_reviews):
    return fit(tokenizer, PROMPT, some_reviews, frozenset({1}), 256).pairs


@pytest.mark.parametrize("shared", [0, None])
def test_labels_are_the_answer_and_the_stop_token_and_nothing_else(tokenizer, pairs, some_reviews, shared):
    shared = sharable(pairs) if shared is None else shared
    batch = Collate(2, shared)(pairs)
    prefix = batch["prefix_ids"][0].tolist() if shared else []
    for place, (pair, example) in enumerate(zip(pairs, some_reviews, strict=True)):
        labels, ids, mask = (batch[name][place] for name in ("labels", "input_ids", "attention_mask"))
        assert prefix + ids[mask == 1].tolist() == [*pair.prompt, *pair.answer]
        learnt = labels != IGNORED
        assert torch.equal(labels[learnt], ids[learnt])
        assert tokenizer.decode(labels[learnt]) == example.answer + "<|im_end|>"
        assert not (learnt & (mask == 0)).any()
        assert learnt.tolist() == sorted(learnt.tolist())  # one block, at the end


def test_the_shared_beginning_is_found(tokenizer, pairs):
    text = tokenizer.decode(pairs[0].prompt[: sharable(pairs)])
    assert text.endswith("Answer with one word.\n\na")
    assert text.startswith("<|im_start|>user")


def test_sharing_gives_the_loss_and_the_gradient_of_whole_rows(tiny_model, pairs):
    lora = LoraConfig(target_modules="all-linear", task_type="CAUSAL_LM", init_lora_weights=False)
    torch.manual_seed(0)
    model = get_peft_model(load_model(tiny_model, as_="float32"), lora)
    found = []
    for shared in (0, sharable(pairs)):
        model.zero_grad()
        total, count = answer_loss(model, Collate(2, shared)(pairs))
        total.backward()
        gradient = torch.cat([p.grad.flatten() for p in model.parameters() if p.grad is not None])
        found.append((total.detach(), count, gradient))
    (plain, count, slope), (quick, same, quick_slope) = found
    assert count == same == sum(len(pair.answer) for pair in pairs)
    torch.testing.assert_close(plain, quick, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(slope, quick_slope, rtol=1e-3, atol=1e-4)


def test_the_loss_is_that_of_each_row_by_itself(tiny_model, pairs):
    model = load_model(tiny_model, as_="float32")
    total, _ = answer_loss(model, Collate(2, 0)(pairs))
    alone = 0.0
    for pair in pairs:
        ids = torch.tensor([[*pair.prompt, *pair.answer]])
        chances = model(ids).logits[0].detach().log_softmax(-1)
        alone -= sum(float(chances[len(pair.prompt) - 1 + i, token]) for i, token in enumerate(pair.answer))
    assert float(total) == pytest.approx(alone, rel=1e-4)


def test_a_row_that_is_too_long_is_left_out_whole(tokenizer, some_reviews):
    whole = fit(tokenizer, PROMPT, some_reviews, frozenset({1}), 256)
    lengths = sorted(map(len, whole.pairs))
    cut = fit(tokenizer, PROMPT, some_reviews, frozenset({1}), lengths[-1] - 1)
    assert len(cut.pairs) + len(cut.too_long) == len(some_reviews) and cut.too_long
    assert all(pair in whole.pairs for pair in cut.pairs)


def test_the_order_is_new_each_epoch_the_same_for_a_seed_and_groups_like_lengths():
    lengths = [(row * 7919) % 101 for row in range(1000)]
    sampler = LikeLengths(lengths, 8, seed=3)
    first = list(sampler)
    sampler.set_epoch(1)
    second = list(sampler)
    sampler.set_epoch(0)
    assert first == list(sampler) != second
    assert sorted(first) == sorted(second) == list(range(1000))
    waste = sum(max(lengths[i] for i in first[k : k + 8]) * 8 for k in range(0, 1000, 8)) / sum(lengths)
    assert waste < 1.1
    batch_lengths = [lengths[first[k]] for k in range(0, 1000, 8)]
    assert batch_lengths != sorted(batch_lengths, reverse=True)


@pytest.mark.parametrize("ranks", [1, 2, 3])
@pytest.mark.parametrize(("rows", "step", "micro"), [(60, 12, 4), (61, 12, 2), (50, 12, 1), (5, 12, 4)])
def test_every_row_of_a_step_is_dealt_to_one_process_and_all_have_as_many_portions(rows, step, micro, ranks):
    lengths = [(row * 7919) % 101 + 1 for row in range(rows)]
    dealt = [
        list(Portions(LikeLengths(lengths, step, seed=3), micro, rank, ranks, lambda: 2)) for rank in range(ranks)
    ]
    order = LikeLengths(lengths, step, seed=3)
    order.set_epoch(2)
    alone = list(order)
    assert len({len(portions) for portions in dealt}) == 1
    assert len(dealt[0]) == len(Portions(LikeLengths(lengths, step, seed=3), micro, 0, ranks, lambda: 2))
    each = math.ceil(step / ranks / micro)
    for number, start in enumerate(range(0, rows, step)):
        portions = [p for own in dealt for p in own[number * each : (number + 1) * each]]
        assert all(0 < len(portion) <= micro for portion in portions)
        learnt = sorted(row for portion in portions for row in portion if row >= 0)
        assert learnt == sorted(alone[start : start + step])
        read_only = [~row for portion in portions for row in portion if row < 0]
        assert not read_only or (start + step > rows and set(read_only) <= set(learnt))


def test_stop_tokens_come_from_tokenizer_and_generation_settings(tiny_model, tokenizer):
    model = load_model(tiny_model)
    model.generation_config.eos_token_id = [1, 5]
    assert stop_ids(model, tokenizer) == {1, 5}
