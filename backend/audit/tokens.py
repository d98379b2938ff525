"""The token view: which rows are longer than the model is given, and which lose their answer by it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from backend.domain import Example

Count = Callable[[list[str]], list[int]]
"""Token counts of texts, from the tokenizer of the model that is to be trained."""


@dataclass(frozen=True)
class TokenCounts:
    """Tokens per example, in the order of the examples: the rendered prompt, and the answer with its end token."""

    rows: tuple[int, ...]
    prompt: tuple[int, ...]
    answer: tuple[int, ...]

    def too_long(self, limit: int) -> tuple[int, ...]:
        """Rows with more than `limit` tokens in all."""
        return tuple(r for r, p, a in zip(self.rows, self.prompt, self.answer, strict=True) if p + a > limit)

    def answer_cut(self, limit: int) -> tuple[int, ...]:
        """Rows whose prompt alone fills `limit`: nothing of the answer would be learnt."""
        return tuple(r for r, p in zip(self.rows, self.prompt, strict=True) if p >= limit)


def token_counts(examples: Sequence[Example], prompts: Sequence[str], count: Count, end_tokens: int = 1) -> TokenCounts:
    """Count. `prompts` are the examples' prompts as rendered for the model; `end_tokens` are added to each answer."""
    if len(prompts) != len(examples):
        raise ValueError(f"{len(prompts)} prompts for {len(examples)} examples")
    return TokenCounts(
        rows=tuple(example.row for example in examples),
        prompt=tuple(count(list(prompts))),
        answer=tuple(size + end_tokens for size in count([example.answer for example in examples])),
    )
