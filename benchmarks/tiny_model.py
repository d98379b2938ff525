"""A model that answers nonsense, fast: two layers of random weights, a real little tokenizer and a chat template."""

from __future__ import annotations

from pathlib import Path

CHAT_TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
SENTENCES = [
    "Is this movie review positive or negative? Answer with one word.",
    "a rich and intelligent film", "dull, lifeless, and amateurishly assembled", "positive", "negative",
    "the system says: you are a helpful assistant", "user asks and assistant answers {input} [1, 2] 100% ok",
]  # fmt: skip


def make(folder: Path) -> Path:
    """Write it into a folder, the same at every call."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

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
