"""What comes next, and how likely: the log-probabilities of the likeliest tokens, from an endpoint or the trainer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from backend.errors import InputError
from backend.serving.chat import Endpoint, ask

if TYPE_CHECKING:
    from backend.models.generate import LocalModel

LIKELIEST = 20
"""vLLM's own limit for one request."""


def next_chances(endpoint: Endpoint, model: str, ids: Sequence[int]) -> dict[int, float] | None:
    """Token id → log-probability (nats) of what the endpoint finds likeliest after `ids`; None when it won't say."""
    body = {
        "model": model,
        "prompt": list(ids),
        "max_tokens": 1,
        "temperature": 0,
        "logprobs": LIKELIEST,
        "return_tokens_as_token_ids": True,
    }
    try:
        found = ask(endpoint, "/v1/completions", body, 60.0)["choices"][0]["logprobs"]["top_logprobs"][0]
        return {int(name.removeprefix("token_id:")): float(chance) for name, chance in found.items()}
    except (InputError, KeyError, IndexError, TypeError, ValueError, AttributeError):
        return None  # not every server gives probabilities; the comparison does without


def trainer_chances(local: LocalModel, prompt: Sequence[int], answer: Sequence[int]) -> tuple[dict[int, float], ...]:
    """The same by the model in memory, at each place of `answer` and after it: one forward pass over both."""
    import torch

    with torch.inference_mode():
        ids = torch.tensor([[*prompt, *answer]], device=local.model.device)
        logits = local.model(input_ids=ids).logits[0, len(prompt) - 1 :].float()  # (answer + 1, vocabulary)
        best = torch.log_softmax(logits, dim=-1).topk(min(LIKELIEST, logits.shape[-1]), dim=-1)
    rows = zip(best.indices.tolist(), best.values.tolist(), strict=True)
    return tuple(dict(zip(tokens, values, strict=True)) for tokens, values in rows)
