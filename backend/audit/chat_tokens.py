"""What a chat template leaves in a text: its tokens, its headings, the turns of a talk, thoughts meant for nobody."""

from __future__ import annotations

import re

TOKEN = re.compile(
    r"<\|[a-z][\w ]{1,30}\|>|<｜[^｜\n]{1,40}｜>|\[/?INST\]|<</?SYS>>|<(?:start|end)_of_turn>"
    r"|<(?:bos|eos|pad|unk|mask|reserved_\d+)>|</s>|\A\s*<s>(?![\s\S]*</s>\s*\S)"
    r"|(?-i:\[(?:PAD|CLS|SEP|MASK|BOS|EOS|gMASK)\])|<extra_id_\d+>|^[^\S\n]*<(?:human|bot|user|assistant|system)>\s*:?"
    r"|^[^\S\n]*\#{2,3}\s*(?:instruction|response|input|human|assistant|user|system|prompt|completion)s?\s*:",
    re.IGNORECASE | re.MULTILINE,
)
"""Tokens of the templates of common models (`<|im_start|>`, `[INST]`, `</s>`), and headings such as `### Response:`."""
TOKEN_HINTS = (
    "<|", "<｜", "inst]", "sys>>", "_of_turn", "<bos", "<eos", "<pad", "<unk", "<mask", "</s>", "<s>", "[pad",
    "[cls", "[sep", "[mask", "[bos", "[eos", "[gmask", "<extra_id", "##", "<reserved", "<human>", "<bot>", "<user>",
    "<assistant>", "<system>",
)  # fmt: skip
"""Lower case; a text that holds none of them needs no look with `TOKEN`."""
_TURNS = re.compile(
    r"^[^\S\n]*(?:assistant|human|user|question|q)\s*:\s*\Z"
    r"|\A\s*(?:assistant|chatbot|ai|(?:chat)?gpt(?:-\d\w*)?|claude|gemini)\s*:\s"
    r"|\A\s*(?:user|human)\s*:.*\b(?:assistant|ai|bot)\s*:",
    re.IGNORECASE | re.MULTILINE,
)
"""A turn that is announced at the end, who speaks at the beginning, or both sides of a talk."""
_NEXT_TURN = re.compile(
    r"\n[^\S\n]*(?:\*\*|#{1,3} ?)?(?:human|user|customer|client|prompt|instruction|you|me)"
    r"(?:\*\*)?\s?:(?:\*\*)?[^\S\n]+\S[^\n]*\Z",
    re.IGNORECASE,
)
"""A last line in which somebody asks on."""
_LABELLED = re.compile(r"^[^\S\n]*(?:\*\*|#{1,3} ?)?[A-Z][\w .'’-]{0,24}(?:\*\*)?\s?:", re.MULTILINE)
"""A line that begins with who speaks, or with a heading."""
_ASKED = re.compile(r"^[^\S\n]*(?:human|user)[^\S\n]*:[^\S\n]*\S", re.IGNORECASE | re.MULTILINE)
"""A line in which a person asks."""
_REPLIED = re.compile(r"^[^\S\n]*(?:assistant|ai|bot)[^\S\n]*:", re.IGNORECASE | re.MULTILINE)
"""A line in which an assistant replies. It is looked for behind the first of `_ASKED` only: one pattern for both would
read the rest of the text anew from each."""
TURN_HINTS = (
    "human:", "user:", "customer:", "client:", "prompt:", "instruction:", "you:", "me:", "human**", "user**",
    "assistant:", "question:", "q:", "chatbot:", "ai:", "gpt:", "gpt-", "claude:", "gemini:",
)  # fmt: skip
"""Lower case; an answer that holds none of them needs no look for turns."""
_THOUGHT = re.compile(
    r"</?(think(?:ing)?|thoughts?|reason(?:ing)?|answer|response|reply|output|completion|scratchpad|reflection"
    r"|(?:tool|function)_calls?|instructions?|question|context|assistant|user|human|final_answer)>",
    re.IGNORECASE,
)
"""Tags around thoughts, the answer or a part of the request."""
_UNSAID = re.compile(r"<(think(?:ing)?|thoughts?|scratchpad)>.*?</\1>\s*(?=\S)", re.IGNORECASE | re.DOTALL)
"""Thoughts with their tags, where something is said behind them."""


def in_answer(answer: str, asked: str) -> bool:
    """Whether an answer holds turns of a talk, or tags around thoughts or the answer that nobody asked for.

    In an input a talk is what the question is about, and tags set its parts off.
    """
    lower = answer.lower()
    if any(hint in lower for hint in TURN_HINTS):
        if _NEXT_TURN.search(answer.rstrip()) and len(_LABELLED.findall(answer)) == 1:
            return True
        asking = _ASKED.search(answer)
        if (asking and _REPLIED.search(answer, asking.end())) or _TURNS.search(answer):
            return True
    return "<" in answer and any(f"<{tag.group(1).lower()}>" not in asked.lower() for tag in _THOUGHT.finditer(answer))


def without(text: str) -> str:
    """The text without tokens, without thoughts, and without the tags around the answer."""
    return TOKEN.sub("", _THOUGHT.sub("", _UNSAID.sub("", text)))
