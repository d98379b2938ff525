"""Fixtures for every test: a home of its own, a tiny model made on the spot, and the real small model, made once."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import settings

from backend.store import write_text

REPO = Path(__file__).parents[1]
settings.register_profile("calm", deadline=None)  # a busy machine is no failure
settings.load_profile("calm")

KEPT_HOME = Path(os.environ.get("TUNEWISE_HOME") or REPO / ".tunewise")

CHAT_TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
SENTENCES = [
    "Is this movie review positive or negative? Answer with one word.",
    "a rich and intelligent film", "dull, lifeless, and amateurishly assembled", "positive", "negative",
    "the system says: you are a helpful assistant", "user asks and assistant answers {input} [1, 2] 100% ok",
]  # fmt: skip


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing a test does touches the person's home; no test reaches the network."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("TUNEWISE_HOME", str(home))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(home / "hf"))
    return home


@pytest.fixture(scope="session")
def smollm2() -> Path:
    """The folder of SmolLM2-135M, converted once and kept between test runs."""
    from backend.models.resolve import resolve

    return resolve("smollm2-135m", KEPT_HOME).path


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A two-layer Llama with random weights, a real little tokenizer and a chat template; answers nonsense, fast."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("models") / "tiny"
    raw = Tokenizer(models.BPE())
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    specials = ["<|im_start|>", "<|im_end|>", "<pad>"]
    raw.train_from_iterator(
        SENTENCES * 4,
        trainers.BpeTrainer(
            vocab_size=400, special_tokens=specials, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )  # fmt: skip
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=raw, bos_token="<|im_start|>", eos_token="<|im_end|>", pad_token="<pad>",
        chat_template=CHAT_TEMPLATE,
    )  # fmt: skip
    torch.manual_seed(7)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(tokenizer), hidden_size=32, intermediate_size=64, num_hidden_layers=2,
            num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=512, tie_word_embeddings=True,
            head_dim=32,  # the smallest that vLLM's attention on a CPU knows
            bos_token_id=0, eos_token_id=1, pad_token_id=2, initializer_range=0.3,
        )
    )  # fmt: skip
    model.generation_config = GenerationConfig(eos_token_id=1, pad_token_id=2)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture
def damaged(tiny_model: Path, tmp_path: Path):
    """A copy of the tiny model to spoil: `damaged(without=…)` leaves a file out, `config=…` adds to config.json."""
    import shutil

    def make(without: tuple[str, ...] = (), config: dict[str, object] | None = None) -> Path:
        copy = tmp_path / "damaged"
        shutil.copytree(tiny_model, copy)
        for name in without:
            (copy / name).unlink()
        if config:
            old = json.loads((copy / "config.json").read_text())
            write_text(copy / "config.json", json.dumps({**old, **config}))
        return copy

    return make
