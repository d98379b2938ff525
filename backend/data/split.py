"""Splitting into train, validation and test by whole clusters, so that nothing leaks from one part to another."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backend.audit.leakage import leaked_rows
from backend.domain import Example, Task
from backend.statistics import half_width, rows_for_gain
from rules.facts import SplitFacts

SHARES = (0.8, 0.1, 0.1)
"""Train, validation, test; the last is left out when the person brings test rows."""
MANY_GROUPS, SMALL_GROUP = 20, 0.05
"""From this many groups on, none larger than this share, rows of one group are kept on one side."""
LARGEST_TEST = 0.25
"""The test part grows up to this share where that lets it show the smallest gain worth having."""


@dataclass(frozen=True)
class Parts:
    """Row numbers of each part, sorted, and what a rule may know of them."""

    train: tuple[int, ...]
    validation: tuple[int, ...]
    test: tuple[int, ...]
    facts: SplitFacts


def split_examples(
    examples: Sequence[Example],
    clusters: Sequence[int],
    seed: int,
    task: Task,
    test: Sequence[Example] | None = None,
    *,
    smallest_gain: float | None = None,
) -> Parts:
    """Split 80/10/10 by whole clusters, labels in equal shares for classification.

    `clusters` gives a number per example; examples of one number stay together, and so do those of one group where
    groups are many and small (people, threads, documents: a model could know the author again). With `test` rows
    given only train and validation are cut (8:1), and the test rows that also occur there are reported as leaked.
    Without, the test part is as large as the interval around `smallest_gain` (0–1) asks for, if a quarter of the
    rows is enough.
    The same arguments always give the same parts.
    """
    shares = _shares(len(examples), smallest_gain) if test is None else SHARES[:2]
    blocks = _blocks(examples, clusters)
    parts: list[list[int]] = [[] for _ in shares]
    quota = [share / sum(shares) for share in shares]
    placed = 0
    first, others = parts[0], list(zip(quota[1:], parts[1:], strict=True))
    for block in _in_order(blocks, examples, seed, task):
        placed += len(block)
        behind, most = first, quota[0] * placed - len(first)  # the part furthest behind its share takes the block
        for share, part in others:
            lag = share * placed - len(part)
            if lag > most:
                behind, most = part, lag
        behind += block
    rows = np.array([example.row for example in examples], dtype=np.int64)
    train, validation, *rest = (tuple(np.sort(rows[part]).tolist()) for part in parts)
    if test is None:
        held_out = rest[0]
        return Parts(train, validation, held_out, _facts(train, validation, held_out, (), (), smallest_gain))
    held_out = tuple(sorted(example.row for example in test))
    leaked, nearly = leaked_rows(examples, test)
    return Parts(train, validation, held_out, _facts(train, validation, held_out, leaked, nearly, smallest_gain))


def _shares(rows: int, smallest_gain: float | None) -> tuple[float, ...]:
    train, validation, test = SHARES
    # Clusters go whole, so a part may end a few rows short of its share.
    wanted = 1.02 * rows_for_gain(smallest_gain) / max(1, rows) if smallest_gain else test
    if not test < wanted <= LARGEST_TEST:
        return SHARES
    return train + test - wanted, validation, wanted


def _facts(
    train: tuple[int, ...],
    validation: tuple[int, ...],
    test: tuple[int, ...],
    leaked: tuple[int, ...],
    leaked_near: tuple[int, ...],
    smallest_gain: float | None,
) -> SplitFacts:
    return SplitFacts(
        train=len(train),
        validation=len(validation),
        test=len(test),
        leaked=leaked,
        leaked_near=leaked_near,
        smallest_visible_gain=min(1.0, half_width(len(test))),
        rows_for_smallest_gain=rows_for_gain(smallest_gain) if smallest_gain else None,
    )


def _are_sources(examples: Sequence[Example]) -> bool:
    """Whether the groups are where rows come from, not a few kinds of people, of which every part needs its share."""
    sizes = Counter(example.group for example in examples if example.group)
    return len(sizes) >= MANY_GROUPS and max(sizes.values()) <= SMALL_GROUP * len(examples)


def _blocks(examples: Sequence[Example], clusters: Sequence[int]) -> list[list[int]]:
    """Index lists of what must stay together, in the order of their first row."""
    from backend.audit.near_duplicates import join

    together = clusters
    if _are_sources(examples):
        first_of: dict[object, int] = {}
        pairs = []
        for index, cluster in enumerate(clusters):
            pairs.append((first_of.setdefault(("cluster", cluster), index), index))
            if examples[index].group:
                pairs.append((first_of.setdefault(("group", examples[index].group), index), index))
        together = join(len(examples), pairs)
    blocks: dict[int, list[int]] = {}
    for index, number in enumerate(together):
        blocks.setdefault(number, []).append(index)
    return list(blocks.values())


def _in_order(blocks: list[list[int]], examples: Sequence[Example], seed: int, task: Task) -> list[list[int]]:
    """Shuffled, then label after label for classification: taking turns then gives every part its share of each."""
    shuffled = list(blocks)
    random.Random(seed).shuffle(shuffled)  # noqa: S311  # a repeatable split, no secret
    if task != "classify":
        return shuffled

    answers = [example.answer for example in examples]
    plain = {answer: answer.strip().casefold() for answer in set(answers)}
    labels = [plain[answer] for answer in answers]
    of_label: dict[str, list[list[int]]] = defaultdict(list)
    for block in shuffled:
        single = len(block) == 1
        of_label[labels[block[0]] if single else _commonest([labels[index] for index in block])].append(block)
    return [block for label in sorted(of_label) for block in of_label[label]]


def _commonest(labels: list[str]) -> str:
    return Counter(labels).most_common(1)[0][0]
