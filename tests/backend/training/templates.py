# ruff: noqa: E501 (a template reads best unbroken)
"""Chat templates as the families of models write them, none with generation markers, on a small real tokenizer.

Written anew from what the families' prompts look like; each with the special tokens it needs and the one that ends
an answer.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Family:
    """`drops` names the roles the template leaves out, `refuses` those it raises for."""

    template: str
    end: str
    specials: tuple[str, ...] = ()
    trims: bool = False
    drops: tuple[str, ...] = ()
    refuses: tuple[str, ...] = ()


CHATML = (
    "{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
FAMILIES = {
    "chatml": Family(CHATML, "<|im_end|>"),
    "chatml with a system message of its own": Family(
        "{% if messages[0].role != 'system' %}{{ '<|im_start|>system\\nYou are a helpful assistant.<|im_end|>\\n' }}"
        "{% endif %}" + CHATML, "<|im_end|>",
    ),
    "llama 2": Family(
        "{% if messages[0].role == 'system' %}{% set system = '<<SYS>>\\n' + messages[0].content + '\\n<</SYS>>\\n\\n' %}"
        "{% set rest = messages[1:] %}{% else %}{% set system = '' %}{% set rest = messages %}{% endif %}"
        "{% for m in rest %}{% if m.role == 'user' %}{{ bos_token + '[INST] ' + (system if loop.first else '') + "
        "m.content.strip() + ' [/INST]' }}{% elif m.role == 'assistant' %}{{ ' ' + m.content.strip() + ' ' + eos_token }}"
        "{% else %}{{ raise_exception('Only user and assistant roles') }}{% endif %}{% endfor %}",
        "</s>", ("<s>", "</s>"), trims=True, refuses=("tool",),
    ),
    "llama 3": Family(
        "{{ bos_token }}{% for m in messages %}{{ '<|start_header_id|>' + m.role + '<|end_header_id|>\\n\\n' + "
        "m.content | trim + '<|eot_id|>' }}{% endfor %}{% if add_generation_prompt %}"
        "{{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{% endif %}",
        "<|eot_id|>", ("<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"), trims=True,
    ),
    "mistral": Family(
        "{{ bos_token }}{% for m in messages %}{% if m.role == 'user' %}{{ '[INST]' + m.content + '[/INST]' }}"
        "{% elif m.role == 'system' %}{{ '[SYSTEM_PROMPT]' + m.content + '[/SYSTEM_PROMPT]' }}"
        "{% elif m.role == 'tool' %}{{ '[TOOL_RESULTS]' + m.content + '[/TOOL_RESULTS]' }}"
        "{% else %}{{ m.content + eos_token }}{% endif %}{% endfor %}",
        "</s>", ("<s>", "</s>", "[INST]", "[/INST]", "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]"),
    ),
    "gemma": Family(
        "{{ bos_token }}{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
        "{% for m in messages %}{{ '<start_of_turn>' + ('model' if m.role == 'assistant' else m.role) + '\\n' + "
        "m.content | trim + '<end_of_turn>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<start_of_turn>model\\n' }}"
        "{% endif %}",
        "<end_of_turn>", ("<bos>", "<eos>", "<start_of_turn>", "<end_of_turn>"), trims=True, refuses=("system",),
    ),
    "phi": Family(
        "{% for m in messages %}{{ '<|' + m.role + '|>\\n' + m.content + '<|end|>\\n' }}{% endfor %}"
        "{% if add_generation_prompt %}{{ '<|assistant|>\\n' }}{% else %}{{ eos_token }}{% endif %}",
        "<|endoftext|>", ("<|endoftext|>", "<|end|>", "<|user|>", "<|assistant|>", "<|system|>"),
    ),
    "zephyr": Family(
        "{% for m in messages %}{{ '<|' + m.role + '|>\\n' + m.content + eos_token + '\\n' }}"
        "{% if loop.last and add_generation_prompt %}{{ '<|assistant|>\\n' }}{% endif %}{% endfor %}",
        "</s>", ("<s>", "</s>"),
    ),
    "alpaca": Family(
        "{% for m in messages %}{% if m.role == 'user' %}{{ '### Instruction:\\n' + m.content + '\\n\\n' }}"
        "{% elif m.role == 'assistant' %}{{ '### Response:\\n' + m.content + eos_token + '\\n\\n' }}"
        "{% else %}{{ m.content + '\\n\\n' }}{% endif %}{% endfor %}"
        "{% if add_generation_prompt %}{{ '### Response:\\n' }}{% endif %}",
        "</s>", ("<s>", "</s>"),
    ),
    "one that leaves the system message out": Family(
        "{% for m in messages if m.role != 'system' %}{{ m.role + ': ' + m.content + eos_token + '\\n' }}{% endfor %}"
        "{% if add_generation_prompt %}{{ 'assistant:' }}{% endif %}",
        "</s>", ("<s>", "</s>"), drops=("system",),
    ),
    "one without a mark for the answer to come": Family(
        "{% for m in messages %}{{ '<|' + m.role + '|>' + m.content + eos_token }}{% endfor %}", "</s>", ("<s>", "</s>"),
    ),
    "one that writes the last question otherwise": Family(
        "{% for m in messages %}{{ m.role + ('!' if loop.last else ':') + ' ' + m.content + eos_token + '\\n' }}"
        "{% endfor %}{% if add_generation_prompt %}{{ 'assistant: ' }}{% endif %}",
        "</s>", ("<s>", "</s>"),
    ),
    "one that never writes an end": Family(
        "{% for m in messages %}{{ m.role + ': ' + m.content + '\\n' }}{% endfor %}"
        "{% if add_generation_prompt %}{{ 'assistant: ' }}{% endif %}",
        "</s>", ("<s>", "</s>"),
    ),
    "one that thinks aloud": Family(
        "{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' + ('<think>\\n\\n</think>\\n\\n' if loop.last and "
        "m.role == 'assistant' else '') + m.content + '<|im_end|>\\n' }}{% endfor %}"
        "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}",
        "<|im_end|>",
    ),
}  # fmt: skip


def spoken_by(tokenizer, family: Family):
    """The tokenizer as a model of this family would bring it."""
    tokenizer.add_special_tokens({"additional_special_tokens": [*family.specials]})
    tokenizer.eos_token = family.end
    if family.specials:
        tokenizer.bos_token = family.specials[0]
    tokenizer.chat_template = family.template
    return tokenizer
