"""Splitting into train, validation and test by whole clusters, so that nothing leaks from one part to another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backend.audit.columns import answers, groups, row_numbers
from backend.audit.leakage import leaked_rows
from backend.domain import Example, Task
from backend.statistics import half_width, rows_for_gain
from rules.facts import SplitFacts

SHARES = (0.8, 0.1, 0.1)
"""Train, validation, test: our choice. The last is left out when the person brings test rows."""
MANY_GROUPS, SMALL_GROUP = 20, 0.05
"""From this many groups on, none larger than this share, rows of one group are kept on one side: our choice."""
LARGEST_TEST = 0.25
"""The test part grows up to this share where that lets it show the smallest gain worth having: our choice
(docs/decisions/0008)."""
SPARE = 1.02
"""Times the rows asked for: clusters go whole, so a part may end a few rows short of its share."""


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
    """Split 80/10/10 by whole clusters; for classification each part gets about the same share of every label.

    `clusters` gives a number per example; examples of one number stay together, and so do those of one group where
    groups are many and small (people, threads, documents: a model could know the author again). With `test` rows
    given only train and validation are cut (8:1), and the test rows that also occur there are reported as leaked.
    Without, the test part is as large as the interval around `smallest_gain` (0–1) asks for, if a quarter of the
    rows is enough.
    The same arguments always give the same parts.
    """
    shares = _shares(len(examples), smallest_gain) if test is None else SHARES[:2]
    blocks = _blocks(examples, clusters)
    order = _in_order(blocks, examples, seed, task)
    parts = np.empty(len(order), np.int8)
    parts[order] = _dealt(np.bincount(blocks)[order].tolist(), [share / sum(shares) for share in shares])
    rows, of = np.array(row_numbers(examples), dtype=np.int64), parts[blocks]
    train, validation, *rest = (tuple(np.sort(rows[of == part]).tolist()) for part in range(len(shares)))
    if test is None:
        held_out = rest[0]
        return Parts(train, validation, held_out, _facts(train, validation, held_out, (), (), smallest_gain))
    held_out = tuple(sorted(example.row for example in test))
    leaked, nearly = leaked_rows(examples, test)
    return Parts(train, validation, held_out, _facts(train, validation, held_out, leaked, nearly, smallest_gain))


def _shares(rows: int, smallest_gain: float | None) -> tuple[float, ...]:
    train, validation, test = SHARES
    wanted = SPARE * rows_for_gain(smallest_gain) / max(1, rows) if smallest_gain else test
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
    sizes = Counter(filter(None, groups(examples)))
    return len(sizes) >= MANY_GROUPS and max(sizes.values()) <= SMALL_GROUP * len(examples)


def _blocks(examples: Sequence[Example], clusters: Sequence[int]) -> np.ndarray:
    """(examples,) the number of the block that an example stays in, from 0 in the order of their first rows."""
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
    _, first, blocks = np.unique(np.array(together, np.int64), return_index=True, return_inverse=True)
    in_order = np.empty(len(first), np.int64)
    in_order[np.argsort(first)] = np.arange(len(first))
    return np.asarray(in_order[blocks])


def _in_order(blocks: np.ndarray, examples: Sequence[Example], seed: int, task: Task) -> np.ndarray:
    """Their numbers shuffled, then label after label for classification: taking turns then gives every part its share
    of each."""
    order = np.random.default_rng(seed).permutation(int(blocks.max(initial=-1)) + 1)
    if task != "classify":
        return order
    return order[np.argsort(_labels(blocks, examples)[order], kind="stable")]


def _labels(blocks: np.ndarray, examples: Sequence[Example]) -> np.ndarray:
    """(blocks,) the number of the commonest label of each, in alphabetical order."""
    given = answers(examples)
    plain = {answer: answer.strip().casefold() for answer in set(given)}
    numbers = {label: number for number, label in enumerate(sorted(set(plain.values())))}
    of = {answer: numbers[label] for answer, label in plain.items()}
    labels = np.fromiter(map(of.__getitem__, given), np.int64, len(given))
    sizes = np.bincount(blocks)
    found = np.empty(len(sizes), np.int64)
    found[blocks] = labels
    in_order, ends = labels[np.argsort(blocks, kind="stable")], np.cumsum(sizes)
    for block in np.flatnonzero(sizes > 1).tolist():
        members = in_order[ends[block] - sizes[block] : ends[block]]
        found[block] = Counter(members.tolist()).most_common(1)[0][0]
    return found


def _dealt(sizes: Sequence[int], quota: Sequence[float]) -> list[int]:
    """(blocks,) which of two or three parts takes each, one after another: the one furthest behind its share."""
    first_share, second_share, third_share = (*quota, 0.0)[:3]
    placed = first = second = third = 0
    taken = []
    for size in sizes:  # many: so nothing here is called
        placed += size
        behind, second_behind, third_behind = (
            first_share * placed - first, second_share * placed - second, third_share * placed - third,
        )  # fmt: skip
        part = 0
        if second_behind > behind:
            behind, part = second_behind, 1
        if third_behind > behind:
            part = 2
        if part == 0:
            first += size
        elif part == 1:
            second += size
        else:
            third += size
        taken.append(part)
    return taken
