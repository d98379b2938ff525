"""Off-topic rows: rows from elsewhere, alone or as a group of their own.

Signs of strangeness (`strangeness`), and where rows have labels of how they fit them (`belonging`), are weighed by
boosted trees (`trees`), then what kinship with the suspected rows adds (`kinship`), then what the likeliest say as a
whole (`closer_look`). The trees, in `off_topic.safetensors`, were learnt by `scripts/learn_off_topic.py` from made-up
sets of hundreds of kinds of public texts, 4,300 without labels and 1,900 with them: whole, as patchworks of several
templates or classes of unequal share, as mixtures of many subjects, in 15 languages, with 0 to 20 % of rows from others
of them, scattered or of one kind.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from backend.audit.belonging import of_classes
from backend.audit.columns import answers, inputs
from backend.audit.labels import label_key
from backend.audit.language import several_languages
from backend.audit.trees import LEAST, Trees, likeliest, read_trees
from backend.audit.wordings import FEW, have_own_words, named_for_wording
from backend.domain import Example, Task

if TYPE_CHECKING:
    from backend.audit.bags import Bags
    from backend.audit.sentence_vectors import SentenceVectors

SAMPLE = 20_000
"""Most rows that are all looked at: our choice."""
SAMPLE_OF_MANY = 800
"""Rows looked at where there are more than `SAMPLE`: our choice."""
PART = 2_000
"""Rows compared with one another at a time; where there are more they are dealt into parts by chance."""
MIN_ROWS = 100
"""Rows below which it can't be told what is usual in a file: our choice."""
NAMED, MEAN = 0.3, 0.8
"""Without labels, and for what the closer look adds: the chance that each row named is above, and that all named have
on average (docs/decisions/0035)."""
MOST = 0.25
"""Share of the rows from which on those named are no strangers but another subject of the file's own."""
NAMED_WITH_LABELS = 0.15
"""With labels: the chance that each row named is above. Strangers seldom fit the label they got, which tells them from
a rare class. In 163 spoilt files 97 % of the rows named were strangers, 92 % of the strangers were named
(docs/decisions/0035)."""
SEEN_AGAIN = (
    "any class, own forms", "any class, own forms, spread", "any class, own letters, spread", "settled, near",
    "any class, own words, spread", "fits by gain", "fits by gain, usual", "likely words, spread", "classes", "rows",
    "fit by gain, near", "unusual, spread", "unusual, usual", "foreign, usual", "manner, spread", "settled, 10",
    "any class, own forms, 10", "settled, 25", "settled, 60", "fit by gain, 25", "fit by gain, 60", "fit by words, 60",
    "fit by forms, 60", "fit by letters, 60", "unusual, spread, 10",
)  # fmt: skip
"""Signs that the second look at a file with labels has too; at free answers it has all."""
LOOKS = 3
"""Times the kin of the rows suspected are looked for, since those found have kin too. The trees of the second look
learnt from all of these times."""
SURE = 0.85
"""Chance of a branch from elsewhere: more than `MEAN`, which sums of exactly it would miss by rounding."""
ASKED_ALONE: tuple[Task, ...] = ("classify", "translate")
"""Tasks whose answers, labels and other languages, are not read: what is asked tells what a row is about."""
AS_MANY, FEWEST_BEHIND = 0.5, 5
"""Asides that a stranger has, as a share of those of the middle row, at least, where these hid it; and how many such
strangers are named at least: a refusal or a stand-in for an answer among asides looks like one, and is rare."""
BROAD = 0.60
"""Foreignness (`strangeness`) of the middle row above which a file with labels is too broad to say what is foreign."""


def off_topic(examples: Sequence[Example], task: Task, seed: int = 0) -> tuple[tuple[int, ...] | None, int]:
    """(the `row` numbers of rows off topic, in order; rows looked at). None for the first when it can't be told.

    That is where there are fewer than `MIN_ROWS` rows, where the data is in several languages (a language of few rows
    would look like a subject of its own), where its words are too broad and its rows can't be read as wholes, or where
    there are no word vectors. `seed` draws the sample and deals the rows into parts.
    """
    from backend.audit.word_vectors import word_vectors

    chosen = list(examples)
    rng = random.Random(seed)  # noqa: S311  # a repeatable sample, no secret
    if len(chosen) > SAMPLE:
        chosen = rng.sample(chosen, SAMPLE_OF_MANY)
    if len(chosen) < MIN_ROWS or word_vectors() is None or in_several_languages(chosen, task):
        return None, len(chosen)
    encoder = _encoder(examples)
    dealt = rng.sample(chosen, len(chosen))
    parts = -(-len(dealt) // PART)
    rows: list[int] = []
    for number in range(parts):
        part = dealt[number::parts]
        strange = _strange(part, task, seed, encoder)
        if strange is None:
            return None, len(chosen)
        if encoder is not None and task not in ASKED_ALONE:
            strange |= _behind_asides(part, task, seed, encoder, strange)
        rows += [part[at].row for at in np.flatnonzero(strange)]
    return tuple(sorted(rows)), len(chosen)


def reads_whole(examples: Sequence[Example]) -> bool:
    """Whether some rows are read as wholes."""
    return _encoder(examples) is not None


def _encoder(examples: Sequence[Example]) -> SentenceVectors | None:
    """The encoder by which some rows are read as wholes; None for samples of many rows, and without its package."""
    from backend.audit.sentence_vectors import sentence_vectors

    return None if len(examples) > SAMPLE else sentence_vectors()


def _strange(examples: Sequence[Example], task: Task, seed: int, vectors: SentenceVectors | None) -> np.ndarray | None:
    """(examples,) of bool: those named; None when it can't be told."""
    from backend.audit.closer_look import closer_look, named_closer, reader
    from backend.audit.mixed_in import mixed_in

    looked = looks(examples, task)
    if looked is None:
        return None
    bags, found = looked
    broad = too_broad(bags, found)
    if broad and vectors is None:
        return None
    unknown = np.full(len(examples), LEAST)
    first, chances = (unknown, unknown) if broad else weighed(bags, found, _trees(), seed)
    strange = named_rows(chances, task)
    if vectors is None:
        return strange if bags.labels is not None else _confirmed(examples, bags, strange, seed)
    told = [""] * len(examples) if task in ASKED_ALONE else answers(examples)
    read = reader(inputs(examples), told, vectors)
    closer = closer_look(read, found, (first, chances), seed)
    stay, here = named_closer(closer, read, bags, strange, _trees(), seed)
    if not broad:
        here |= mixed_in(bags, examples, read, seed)
    if bags.labels is not None:
        here &= ~of_classes(bags.labels, here)
    both: np.ndarray = stay | here
    return both if both.mean() < MOST else stay


def _behind_asides(
    examples: Sequence[Example], task: Task, seed: int, vectors: SentenceVectors, strange: np.ndarray
) -> np.ndarray:
    """(examples,) of bool: those that are strange without the sentences which stand in rows of any subject, and had as
    many of these as others: who had fewer was told by that at the first look, or lacks them for a flaw of another kind.
    """
    from backend.audit.asides import without_asides

    bare = without_asides(examples)
    again = None if bare is None else _strange(bare.rows, task, seed, vectors)
    if bare is None or again is None:
        return np.zeros_like(strange)
    as_many = bare.asides >= AS_MANY * np.median(bare.asides[~again])
    fresh: np.ndarray = again & ~strange & bare.left & (bare.asides > 0) & as_many
    return fresh if fresh.sum() >= FEWEST_BEHIND else np.zeros_like(strange)


def _confirmed(examples: Sequence[Example], bags: Bags, strange: np.ndarray, seed: int) -> np.ndarray:
    """(examples,) of bool: those of the `strange` that have words of their own, and are not named for a wording."""
    confirmed = strange.copy()
    rows = np.flatnonzero(strange)
    if len(rows) >= FEW and not have_own_words(bags.holds, bags.rarity, rows, strange, seed):
        return np.zeros_like(strange)
    if strange.any():
        confirmed[named_for_wording(inputs(examples), answers(examples), strange, seed)] = False
    return confirmed


def in_several_languages(examples: Sequence[Example], task: Task) -> bool:
    """Whether the questions are in several languages, and with their answers, which tell it better, still are."""
    return several_languages([one.input for one in examples]) and (
        task in ASKED_ALONE or several_languages([f"{one.input} {one.answer}" for one in examples])
    )


def weighed(
    bags: Bags, found: Mapping[str, np.ndarray], trees: Mapping[str, Trees], seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """(rows,) chance of being from elsewhere by the signs `found`: at the first look, and after the last."""
    from backend.audit.kinship import alike, too_few

    kind = "answers" if bags.labels is None else "labels"
    first = trees[f"{kind}, first"].chances(found)
    elsewhere = bags.branches.from_elsewhere(first) if bags.labels is None else np.zeros(len(first), bool)
    chances = np.where(elsewhere, SURE, first)
    if too_few(chances):  # one alone has no kin to tell it by
        return first, np.zeros_like(first)
    likeness = alike(bags.meanings)
    for _ in range(LOOKS):
        chances = trees[f"{kind}, second"].chances(looked_again(bags, likeness, found, first, chances, seed))
    chances[elsewhere] = np.maximum(chances[elsewhere], SURE)
    chances[np.diff(bags.holds.indptr) == 0] = 0
    return first, chances


def looked_again(
    bags: Bags, likeness: np.ndarray, found: Mapping[str, np.ndarray], first: np.ndarray, now: np.ndarray, seed: int
) -> dict[str, np.ndarray]:
    """Name → (rows,) signs of a second look: kinship by the chances `now`, and those of the first look that tell."""
    from backend.audit.kinship import kinship

    seen = kinship(bags, likeness, first, now, seed, found) | {"first": np.log(first / (1 - first))}
    return seen | {name: found[name] for name in (found if bags.labels is None else SEEN_AGAIN)}


def named_rows(chances: np.ndarray, task: Task) -> np.ndarray:
    """(rows,) of bool: those that the audit names."""
    likely = np.asarray(chances > NAMED_WITH_LABELS) if task == "classify" else likeliest(chances, NAMED, MEAN)
    return likely if likely.mean() < MOST else np.zeros_like(likely)


def too_broad(bags: Bags, found: Mapping[str, np.ndarray]) -> bool:
    """Whether no words are strange to the file, since it speaks of everything, by its bags and the signs `found`."""
    return bags.branches.too_broad() if bags.labels is None else bool(found["foreign, usual"][0] > BROAD)


def looks(examples: Sequence[Example], task: Task) -> tuple[Bags, dict[str, np.ndarray]] | None:
    """The bags of words and the signs of strangeness; None when it can't be told."""
    from backend.audit.bags import bags
    from backend.audit.strangeness import signs
    from backend.audit.word_vectors import word_vectors

    vectors = word_vectors()
    if vectors is None:
        return None
    columns = [[example.input for example in examples]]
    if task != "classify":
        columns.append([example.answer for example in examples])
    labels = None
    if task == "classify":
        labels = np.unique([label_key(example.answer) for example in examples], return_inverse=True)[1]
    try:
        held = bags(columns, labels, vectors)
    except ValueError:  # no word occurs twice
        return None
    return held, signs(held)


@cache
def _trees() -> dict[str, Trees]:
    return read_trees(Path(__file__).with_suffix(".safetensors"))
