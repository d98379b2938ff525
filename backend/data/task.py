"""Guessing what kind of task a file of examples is for; to be confirmed by a person."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from statistics import median

from backend.audit.labels import label_key
from backend.audit.language import language_of
from backend.audit.malformed import looks_like_json
from backend.audit.text import words
from backend.domain import Example, Task

LOOK_AT = 1_000
LANGUAGES_OF, OVERLAPS_OF = 100, 150
"""Rows whose languages, and whose words, are compared."""
MAX_LABEL_WORDS = 5
"""Names as programs write them (`balance_not_updated_after_bank_transfer`) are one word."""
REPEATS = 3
"""How often each label must occur on average (OpenAI's fine-tuning tool: unique answers < rows / 3)."""


def guess_task(examples: Sequence[Example]) -> Task:
    """The likeliest task, from the form of the answers and their likeness to the inputs."""
    drawn = examples
    if len(examples) > LOOK_AT:
        drawn = random.Random(0).sample(examples, LOOK_AT)  # noqa: S311  # a repeatable sample, no secret
    chosen = [example for example in drawn if example.answer.strip() and example.input.strip()]
    as_json = [example for example in chosen if looks_like_json(example.answer)]
    if as_json and len(as_json) >= 0.8 * len(chosen):
        return "extract" if _share_quoted(as_json) >= 0.8 else "structured"
    return _guess_from_text(chosen) if chosen else "answer"


def _guess_from_text(chosen: Sequence[Example]) -> Task:
    if _are_labels(chosen):
        return "classify"
    if _share(chosen, lambda e: e.answer.strip() in e.input and len(words(e.answer)) <= 12) >= 0.8:
        return "extract"
    lengths = [(len(example.input), len(example.answer)) for example in chosen]
    ratio = median(given / said for given, said in lengths)
    overlap = median(_overlap(example) for example in chosen[:: -(-len(chosen) // OVERLAPS_OF)])
    if ratio >= 3 and overlap >= 0.4:
        return "summarise"
    translated = 0.4 <= ratio <= 2.5 and overlap < 0.4 and _change_language(chosen)
    return "translate" if translated else "answer"


def _are_labels(chosen: Sequence[Example]) -> bool:
    if _share(chosen, lambda e: len(e.answer) <= 60 and len(e.answer.split()) <= MAX_LABEL_WORDS) < 0.95:
        return False
    return len({label_key(example.answer) for example in chosen}) * REPEATS <= max(len(chosen), 6)


def _share(chosen: Sequence[Example], holds: object) -> float:
    assert callable(holds)
    return sum(bool(holds(example)) for example in chosen) / len(chosen)


def _share_quoted(chosen: Sequence[Example]) -> float:
    """Share of the texts inside JSON answers that stand literally in the input."""
    quoted = total = 0
    for example in chosen:
        try:
            leaves = list(_texts(json.loads(example.answer)))
        except (ValueError, RecursionError):
            continue
        total += len(leaves)
        quoted += sum(leaf.casefold() in example.input.casefold() for leaf in leaves)
    return quoted / total if total else 0.0


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str) and value.strip():
        yield value.strip()
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _overlap(example: Example) -> float:
    """Share of the answer's longer words that the input has too."""
    said = {word for word in words(example.answer.casefold()) if len(word) > 3}
    return len(said & set(words(example.input.casefold()))) / len(said) if said else 0.0


def _change_language(chosen: Sequence[Example]) -> bool:
    some = chosen[:: max(1, len(chosen) // LANGUAGES_OF)]
    pairs = [(language_of(example.input), language_of(example.answer)) for example in some]
    told = [(one, two) for one, two in pairs if one and two]
    if len(told) >= max(3, 0.2 * len(some)):
        return sum(one != two for one, two in told) >= 0.7 * len(told)
    return False
