"""Rows behind or beside each other see only themselves: the loss and the gradient are those of rows by themselves."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch
from peft import LoraConfig, get_peft_model

from backend.models.load import load_model
from backend.prompts.encode import Encoded
from backend.training.head import CHUNK, head_loss
from backend.training.memory import bytes_needed, candidates
from backend.training.packed import CollatePacked, packed_loss
from backend.training.pairs import Collate
from backend.training.quick import WORTH, QuickLinear, as_written, bf16_adapters, can_be_quick, plain_head
from backend.training.trainer import answer_loss

UNEQUAL = [(5, 3), (12, 1), (3, 9), (40, 2)]
LIKE = [(9, 3), (10, 2), (10, 1), (8, 4)]


def some(lengths):
    generator = torch.Generator().manual_seed(1)

    def ids(count):
        return tuple(torch.randint(3, 60, (count,), generator=generator).tolist())

    return [Encoded(ids(prompt), ids(answer)) for prompt, answer in lengths]


@pytest.fixture
def adapted(tiny_model):
    torch.manual_seed(0)
    lora = LoraConfig(target_modules="all-linear", task_type="CAUSAL_LM", init_lora_weights=False)
    return get_peft_model(load_model(tiny_model, as_="float32"), lora)


def measured(model, loss, batch):
    model.zero_grad()
    total, count = loss(model, batch)
    total.backward()
    return total.detach(), int(count), torch.cat([p.grad.flatten() for p in model.parameters() if p.grad is not None])


@pytest.mark.parametrize(("lengths", "shape"), [(UNEQUAL, (1, 75)), (LIKE, (4, 12))])
@pytest.mark.parametrize("quick", [None, "each", "joined"])
def test_packed_loss_and_gradient_are_those_of_padded_rows(adapted, lengths, shape, quick):
    rows = some(lengths)
    plain = measured(adapted, answer_loss, Collate(2, 0)(rows))
    if quick:
        bf16_adapters(adapted, WORTH if quick == "joined" else 0)
        layers = [layer for layer in adapted.modules() if type(layer) is QuickLinear]
        assert layers and (quick == "joined") == any(layer.alone for layer in layers)
    batch = CollatePacked(75)(rows)
    assert batch["input_ids"].shape == shape and batch["tokens"] == sum(map(len, rows))
    packed = measured(adapted, packed_loss, batch)
    assert plain[1] == packed[1] == sum(answer for _, answer in lengths)
    torch.testing.assert_close(plain[0], packed[0], rtol=1e-5, atol=1e-4)
    torch.testing.assert_close(plain[2], packed[2], rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("lengths", [UNEQUAL, LIKE])
def test_another_row_in_the_batch_changes_nothing(adapted, lengths):
    rows = some(lengths)
    strange = [Encoded(tuple(reversed(rows[0].prompt)), rows[0].answer), *rows[1:]]
    alone = [float(packed_loss(adapted, CollatePacked(75)([row]))[0].detach()) for row in rows]
    changed = float(packed_loss(adapted, CollatePacked(75)(strange))[0].detach())
    first = float(packed_loss(adapted, CollatePacked(75)(strange[:1]))[0].detach())
    assert changed == pytest.approx(first + sum(alone[1:]), rel=1e-5)


def test_head_loss_is_cross_entropy_over_more_than_one_portion():
    torch.manual_seed(0)
    hidden, weight = torch.randn(CHUNK + 7, 16, requires_grad=True), torch.randn(50, 16)
    targets = torch.randint(0, 50, (CHUNK + 7,))
    (head_loss(hidden, weight, targets) / 3).backward()
    found, hidden.grad = hidden.grad, None
    expected = torch.nn.functional.cross_entropy(hidden @ weight.t(), targets, reduction="sum")
    (expected / 3).backward()
    torch.testing.assert_close(found, hidden.grad)
    torch.testing.assert_close(head_loss(hidden.detach(), weight, targets), expected.detach())
    with pytest.raises(ValueError, match="frozen"):
        head_loss(hidden, weight.requires_grad_(), targets)


def test_a_disabled_adapter_and_answering_leave_the_model_as_it_was(adapted):
    ids = torch.tensor([[3, 4, 5]])
    with adapted.disable_adapter(), torch.no_grad():
        before = adapted(ids).logits
    bf16_adapters(adapted, WORTH)
    with torch.no_grad(), as_written(adapted, "sdpa"):
        with adapted.disable_adapter():
            assert torch.equal(before, adapted(ids).logits)
        tuned = adapted(ids).logits
        assert not torch.equal(before, tuned)
        base = adapted.unload()
        assert torch.equal(before, base(ids).logits)
        again = get_peft_model(base, LoraConfig(target_modules="all-linear", task_type="CAUSAL_LM"))
        bf16_adapters(again, WORTH)  # a fresh adapter adds nothing yet
        torch.testing.assert_close(before, again(ids).logits)


def test_a_joined_layer_computed_twice_and_merged_gives_the_same(adapted):
    batch = CollatePacked(75)(some(LIKE))
    bf16_adapters(adapted, WORTH)
    once = measured(adapted, packed_loss, batch)
    adapted.train()
    adapted.gradient_checkpointing_enable({"use_reentrant": False})
    twice = measured(adapted, packed_loss, batch)
    torch.testing.assert_close(once, twice)
    merged = adapted.merge_and_unload()
    torch.testing.assert_close(packed_loss(merged, batch)[0].detach(), once[0], rtol=1e-5, atol=1e-4)


def test_without_a_gpu_nothing_is_made_quick_and_odd_models_never(tiny_model):
    model = load_model(tiny_model)
    assert plain_head(model) and not (can_be_quick(model) and not torch.cuda.is_available())
    model.config.model_type = "gemma2"  # caps its logits
    assert not plain_head(model)


def test_computing_nothing_twice_comes_first_and_what_is_hopeless_is_not_tried():
    shape = SimpleNamespace(hidden_size=4096, intermediate_size=14_336, num_hidden_layers=32)
    assert next(candidates(8, 2048, shape, 120 * 2**30)) == (8, False)
    tight = list(candidates(8, 2048, shape, 12 * 2**30))
    assert (8, False) not in tight and tight[-1] == (1, True)
    assert bytes_needed(shape, 2048, True) < bytes_needed(shape, 2048, False)
    assert max(rows * 2048 for rows, _ in candidates(64, 2048, shape, 10**15)) <= 16_384
