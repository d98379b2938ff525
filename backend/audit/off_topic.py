"""Off-topic rows: rows whose words are foreign to the rest, where the rest has a vocabulary of its own."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

from backend.audit.text import words
from backend.audit.vocabulary import stop_words
from backend.domain import Example, Task

SAMPLE = 20_000
MIN_ROWS = 100
MIN_WORDS = 4
"""Words of three letters or more, small words aside, that a row must have to be judged."""
KNOWN_IN = 0.002
"""Share of rows (at least 2) a word must occur in to count as known."""
FOREIGN = 0.75
"""Share of a row's words that are foreign from which on it is off topic."""
NARROW = 0.40
"""Where one row in ten has that share of foreign words, the subject is too broad to say what is foreign to it."""


def off_topic(examples: Sequence[Example], task: Task, seed: int = 0) -> tuple[tuple[int, ...] | None, int]:
    """(rows off topic, rows looked at); None for the rows when the data is too broad or too small to tell.

    Plain arithmetic on words: it finds what is clearly from elsewhere, not what is merely unusual. Rows found in a
    first pass no longer count as the rest in the second, so that strangers do not vouch for each other.
    """
    chosen = list(examples)
    if len(chosen) > SAMPLE:
        chosen = random.Random(seed).sample(chosen, SAMPLE)  # noqa: S311  # a repeatable sample, no secret
    bags = [_bag(example, task) for example in chosen]
    if sum(len(bag) >= MIN_WORDS for bag in bags) < MIN_ROWS:
        return None, len(chosen)
    found: set[int] = set()
    for _ in range(3):
        shares = _foreign_shares(bags, found)
        judged = sorted(share for share in shares if share is not None)
        if len(judged) < MIN_ROWS or judged[int(0.9 * len(judged))] > NARROW:
            return None, len(chosen)
        found = {index for index, share in enumerate(shares) if share is not None and share >= FOREIGN}
    return tuple(sorted(chosen[index].row for index in found)), len(chosen)


def _foreign_shares(bags: list[set[str]], left_out: set[int]) -> list[float | None]:
    rest = Counter(word for index, bag in enumerate(bags) if index not in left_out for word in bag)
    known = max(2.0, KNOWN_IN * (len(bags) - len(left_out)))
    shares: list[float | None] = []
    for index, bag in enumerate(bags):
        own = 0 if index in left_out else 1
        foreign = sum(rest[word] - own < known for word in bag)
        shares.append(foreign / len(bag) if len(bag) >= MIN_WORDS else None)
    return shares


def _bag(example: Example, task: Task) -> set[str]:
    text = example.input if task == "classify" else f"{example.input} {example.answer}"
    found = {word for word in words(text[:2000].casefold()) if len(word) >= 3 and word.isalpha()}
    return found.difference(*stop_words().values())  # small words belong to the language, not to the subject
