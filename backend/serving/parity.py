"""Do trainer and endpoint agree? The same prompt must become the same tokens, and greedy answers must be equal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from backend.errors import InputError
from backend.serving.chat import Endpoint, Messages, complete, tokenize


@dataclass(frozen=True)
class Reference:
    """One prompt as the trainer sees it: its token ids, and the ids of its own greedy answer."""

    messages: Messages
    prompt_ids: tuple[int, ...]
    answer_ids: tuple[int, ...]


@dataclass(frozen=True)
class Parity:
    """What was compared. `first_divergence` has one place per prompt: the 0-based answer token where the two part,
    None where they agree.
    """

    prompts: int
    token_mismatches: int
    output_mismatches: int
    first_divergence: tuple[int | None, ...]

    @property
    def agrees(self) -> bool:
        return self.token_mismatches == 0 and self.output_mismatches == 0


def check_parity(
    endpoint: Endpoint,
    model: str,
    references: Sequence[Reference],
    max_tokens: int,
    *,
    end_ids: Sequence[int] = (),
    tell: Callable[[int, int], None] | None = None,
) -> Parity:
    """Ask the endpoint for each reference, one at a time (batching changes rounding), and compare token by token.

    `max_tokens` must be what the references were made with. `end_ids` are end-of-answer tokens, which one side
    may show and the other not; they are not compared. Raises InputError when the endpoint gives no token ids.
    """
    mismatched, divergence = 0, []
    for number, reference in enumerate(references, 1):
        mismatched += tokenize(endpoint, model, reference.messages) != reference.prompt_ids
        answer = complete(endpoint, model, reference.messages, max_tokens, ids=True)
        if answer.token_ids is None:
            do = "Serve the model with vLLM."
            raise InputError("This endpoint gives no token ids to compare.", where=endpoint.url, do=do)
        divergence.append(first_difference(_trim(reference.answer_ids, end_ids), _trim(answer.token_ids, end_ids)))
        if tell is not None:
            tell(number, len(references))
    parted = sum(place is not None for place in divergence)
    return Parity(len(references), mismatched, parted, tuple(divergence))


def first_difference(expected: Sequence[int], seen: Sequence[int]) -> int | None:
    """The first place where two token sequences part (one being longer counts); None when they are equal."""
    for place, (left, right) in enumerate(zip(expected, seen, strict=False)):
        if left != right:
            return place
    return None if len(expected) == len(seen) else min(len(expected), len(seen))


def _trim(ids: Sequence[int], end_ids: Sequence[int]) -> Sequence[int]:
    while ids and ids[-1] in end_ids:
        ids = ids[:-1]
    return ids
