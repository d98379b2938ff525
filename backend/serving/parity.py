"""Do trainer and endpoint agree? The same prompt must become the same tokens, and greedy answers must be equal."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from backend.errors import InputError
from backend.serving.chances import next_chances
from backend.serving.chat import Endpoint, Messages, complete, tokenize

END = -1
"""Stands for "the answer ends here" among token ids, for either side may show its own end token or none."""
TIE_NATS = {True: 0.125, False: 0.01}
"""Two words whose log-probabilities differ by no more are as good as equally likely; True: computed in 16 bits.

bfloat16 keeps 8 significant bits, so logits between 16 and 32, which are usual, lie 0.125 apart. For 32 bits our own
choice: sums of some thousand terms in another order differ by about 0.001.
"""

Chances = dict[int, float]
"""Token id → log-probability (nats) of the likeliest next tokens."""


@dataclass(frozen=True)
class Reference:
    """One prompt as the trainer sees it: its token ids, the ids of its own greedy answer without the end token, whether
    it ended by itself (not at the limit), and for each place of the answer the trainer's likeliest tokens.
    """

    messages: Messages
    prompt_ids: tuple[int, ...]
    answer_ids: tuple[int, ...]
    ended: bool = False
    chances: tuple[Chances, ...] = ()


@dataclass(frozen=True)
class Parting:
    """Where two greedy answers part: 0-based `place`, the trainer's token there and the endpoint's (END: it ends).

    Log-probabilities in nats as (of the trainer's token, of the endpoint's token), by each side; None: not to be had.
    """

    prompt: int
    place: int
    expected: int
    seen: int
    trainer: tuple[float, float] | None = None
    endpoint: tuple[float, float] | None = None
    near_tie: bool = False


@dataclass(frozen=True)
class Parity:
    """What was compared: which prompts (0-based) became other tokens, and where answers parted."""

    prompts: int
    other_tokens: tuple[int, ...]
    partings: tuple[Parting, ...]

    @property
    def different(self) -> tuple[int, ...]:
        """The prompts whose answers really differ: not only by how two equally likely words were rounded."""
        return tuple(parting.prompt for parting in self.partings if not parting.near_tie)

    @property
    def agrees(self) -> bool:
        return not self.other_tokens and not self.partings


def check_parity(
    endpoint: Endpoint,
    model: str,
    references: Sequence[Reference],
    max_tokens: int,
    *,
    end_ids: Sequence[int] = (),
    half: bool = False,
    tell: Callable[[int, int], None] | None = None,
) -> Parity:
    """Ask the endpoint for each reference, one at a time (batching changes rounding), and compare token by token.

    `max_tokens` must be what the references were made with; `end_ids` are the tokens that end an answer; `half` says
    that one side computes in 16 bits. Raises InputError when the endpoint gives no token ids.
    """
    others, partings = [], []
    for number, reference in enumerate(references):
        if tokenize(endpoint, model, reference.messages) != reference.prompt_ids:
            others.append(number)
        answer = complete(endpoint, model, reference.messages, max_tokens, ids=True)
        if answer.token_ids is None:
            do = "Serve the model with vLLM."
            raise InputError("This endpoint gives no token ids to compare.", where=endpoint.url, do=do)
        seen = whole(answer.token_ids, end_ids, answer.finish == "stop")

        def chances(place: int, reference: Reference = reference) -> Chances | None:
            return next_chances(endpoint, model, (*reference.prompt_ids, *reference.answer_ids[:place]))

        parting = parting_of(number, reference, seen, chances, end_ids=end_ids, half=half)
        partings += [parting] if parting is not None else []
        if tell is not None:
            tell(number + 1, len(references))
    return Parity(len(references), tuple(others), tuple(partings))


def first_difference(expected: Sequence[int], seen: Sequence[int]) -> int | None:
    """The first place where two token sequences part (one being longer counts); None when they are equal."""
    for place, (left, right) in enumerate(zip(expected, seen, strict=False)):
        if left != right:
            return place
    return None if len(expected) == len(seen) else min(len(expected), len(seen))


def parting_of(
    number: int, reference: Reference, seen: Sequence[int], chances: Callable[[int], Chances | None], *,
    end_ids: Sequence[int] = (), half: bool = False,
) -> Parting | None:
    """Where an answer (whole, with END) leaves the reference; None when it does not.

    `chances(place)` gives what the other side finds likeliest there, after the reference's own beginning. A tie needs
    both sides to find the two tokens equally likely.
    """
    expected = whole(reference.answer_ids, end_ids, reference.ended)
    place = first_difference(expected, seen)
    if place is None:
        return None
    bare = Parting(number, place, _at(expected, place), _at(seen, place))
    trainer = other = None
    if place < len(reference.chances):
        trainer = _pair(reference.chances[place], bare, end_ids)
    asked = chances(place)
    if asked is not None:
        other = _pair(asked, bare, end_ids)
    known = [pair for pair in (trainer, other) if pair is not None]
    tie = bool(known) and all(abs(first - second) <= TIE_NATS[half] for first, second in known)
    return replace(bare, trainer=trainer, endpoint=other, near_tie=tie)


def _pair(chances: Chances, parting: Parting, end_ids: Sequence[int]) -> tuple[float, float] | None:
    """Log-probabilities of the two tokens; one that is not among the likeliest is at most as likely as the last."""
    if not chances:
        return None
    return _chance(chances, parting.expected, end_ids), _chance(chances, parting.seen, end_ids)


def _chance(chances: Chances, token: int, end_ids: Sequence[int]) -> float:
    asked = end_ids if token == END else (token,)
    return max((chances[one] for one in asked if one in chances), default=min(chances.values()) - math.log(2))


def whole(ids: Sequence[int], end_ids: Sequence[int], ended: bool) -> tuple[int, ...]:
    """The ids without end tokens, and END where the answer ended by itself."""
    kept = list(ids)
    while kept and kept[-1] in end_ids:
        kept.pop()
    return (*kept, END) if ended else tuple(kept)


def _at(ids: Sequence[int], place: int) -> int:
    return ids[place] if place < len(ids) else END
