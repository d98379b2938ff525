"""Learn the trees of `backend/audit/off_topic.safetensors`, which weigh how strange a row is to its file.

python scripts/off_topic_texts.py FOLDER              once: the texts, from packages
python scripts/learn_off_topic.py FOLDER              learn from all, write the trees (40 minutes on two cores)
python scripts/learn_off_topic.py FOLDER --held       leave kinds of texts out, measure on those
python scripts/learn_off_topic.py FOLDER --only labels    the trees of files with labels; the others stay as they are
python scripts/learn_off_topic.py FOLDER --only closer    those of the closer look at files with free answers
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from off_topic_labels import make_labelled
from off_topic_sets import Made, make
from off_topic_texts import Pool, pools
from safetensors.numpy import save_file
from sklearn.ensemble import HistGradientBoostingClassifier

from backend.audit import off_topic
from backend.audit.bags import Bags
from backend.audit.closer_look import Read, closer_look, reader
from backend.audit.closer_signs import Apart, apart, signs_again
from backend.audit.kinship import alike
from backend.audit.off_topic import LOOKS, looked_again, looks, named_rows, weighed
from backend.audit.sentence_vectors import sentence_vectors
from backend.audit.trees import LEAST, PARTS, Trees, read_trees

HELD = re.compile(
    "log|commands|news|gcide|devil|list (makers|iso_639-3)|said (de|pl|pt|ga|sk)|manual fr|interface (it|ja)"
)
"""Families that `--held` leaves out."""
SETS, HELD_SETS, CLOSER_SETS = 3_000, 600, 1_000
FOREST = {
    "max_leaf_nodes": 15, "learning_rate": 0.08, "min_samples_leaf": 60, "l2_regularization": 10.0, "max_bins": 63
}  # fmt: skip
TREES = (240, 100)
"""Of the first look and the second."""
CLOSER = 120
"""Of the closer look."""
MOST_READ, ALIKE = 1_200, 0.45
"""Rows of a set for the closer look, and share of these sets in which strangers are asked as the file's rows are."""
STANDS_FOR = 0.15
Maker = Callable[[Mapping[str, Pool], str], Made | None]
MAKERS: dict[str, Maker] = {"answers": make, "labels": make_labelled}
"""What files hold: free answers, or labels."""
TREES_FILE = Path(off_topic.__file__).with_suffix(".safetensors")


@dataclass(frozen=True)
class Seen:
    """A set, what its rows are made of, and (rows, signs) of what they show."""

    made: Made
    bags: Bags
    names: tuple[str, ...]
    signs: np.ndarray

    def truth(self) -> np.ndarray:
        """(rows,) of bool: the strangers."""
        return np.isin(np.arange(len(self.made.rows)), list(self.made.strange))

    def taught(self) -> np.ndarray:
        """(rows,) of bool: the strangers, and a share of the others."""
        drawn = np.random.default_rng(len(self.made.rows)).random(len(self.made.rows))
        return self.truth() | (drawn < STANDS_FOR)

    def found(self) -> dict[str, np.ndarray]:
        return dict(zip(self.names, self.signs.T, strict=True))


def grown(
    table: np.ndarray, truth: np.ndarray, trees: int, stands_for: float = STANDS_FOR
) -> HistGradientBoostingClassifier:
    """From the rows of `Seen.taught`, of which those that are no strangers stand for all."""
    weights = np.where(truth, 1, 1 / stands_for)
    forest = HistGradientBoostingClassifier(max_iter=trees, early_stopping=False, random_state=0, **FOREST)
    return forest.fit(table, truth, sample_weight=weights)


def chances(forest: HistGradientBoostingClassifier, table: np.ndarray) -> np.ndarray:
    return np.clip(forest.predict_proba(table)[:, 1], LEAST, 1 - LEAST)


def second_look(seen: Seen, first: np.ndarray, now: np.ndarray) -> tuple[tuple[str, ...], np.ndarray]:
    """Names of the signs of another look, and (rows, signs)."""
    look = looked_again(seen.bags, alike(seen.bags.meanings), seen.found(), first, now, 0)
    return tuple(look), as_table(look)


def halves(
    tables: Sequence[np.ndarray], truth: Sequence[np.ndarray], trees: int, stands_for: float = STANDS_FOR
) -> list[HistGradientBoostingClassifier]:
    """A forest that did not see the even sets, and one that did not see the odd ones."""
    return [
        grown(np.concatenate(tables[half::2]), np.concatenate(truth[half::2]), trees, stands_for) for half in (1, 0)
    ]


def unseen(forests: Sequence[HistGradientBoostingClassifier], tables: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Of each set the chances that the forest gives which did not see it."""
    return [chances(forests[at % 2], table) for at, table in enumerate(tables)]


def learn(sets: Sequence[Seen]) -> tuple[Trees, Trees]:
    """The trees of the first look and of the second.

    The second learns from all looks that the audit takes, one after the other, each by chances that trees gave which
    had not seen the set: learnt from one look alone it lets go of what it found when it looks again.
    """
    rows = [one.taught() for one in sets]
    truth = [one.truth()[those] for one, those in zip(sets, rows, strict=True)]
    tables = [one.signs[those] for one, those in zip(sets, rows, strict=True)]
    now = first = unseen(halves(tables, truth, TREES[0]), [one.signs for one in sets])
    again: list[list[np.ndarray]] = [[] for _ in sets]
    names: tuple[str, ...] = ()
    for look in range(1, LOOKS + 1):
        seen_now = [second_look(*each) for each in zip(sets, first, now, strict=True)]
        names = seen_now[0][0]
        for kept, (_, table), those in zip(again, seen_now, rows, strict=True):
            kept.append(table[those])
        if look < LOOKS:
            taught = [np.concatenate(kept) for kept in again]
            now = unseen(halves(taught, [np.tile(of, look) for of in truth], TREES[1]), [of for _, of in seen_now])
    taught = [np.concatenate(kept) for kept in again]
    second = halves(taught, [np.tile(of, LOOKS) for of in truth], TREES[1])
    return trees([grown(np.concatenate(tables), np.concatenate(truth), TREES[0])], sets[0].names), trees(second, names)


@dataclass(frozen=True)
class LookedCloser:
    """The rows of a set that were read as wholes, how their tree branches, (some, signs), and (some,) the strangers."""

    read: Read
    branches: Apart
    names: tuple[str, ...]
    signs: np.ndarray
    truth: np.ndarray

    def again(self, chances: np.ndarray) -> tuple[tuple[str, ...], np.ndarray]:
        """Names of all signs, and (some, signs), by the chances that the first gave."""
        found = signs_again(self.read.vectors, self.read.stands, chances, self.branches)
        return (*self.names, *found), np.concatenate([self.signs, as_table(found)], axis=1)


def learn_closer(looked: Sequence[LookedCloser]) -> dict[str, Trees]:
    """Name → the trees of the closer look, by the first signs and by those that their chances give.

    They are told no chances that the looks before gave: these have seen the texts of the sets, and are surer of them
    than they will be of any others.
    """
    tables, truth = [one.signs for one in looked], [one.truth for one in looked]
    now = unseen(halves(tables, truth, CLOSER, stands_for=1), tables)
    names, again = zip(*(one.again(chances) for one, chances in zip(looked, now, strict=True)), strict=True)
    every = np.concatenate(truth)
    first, second = (grown(np.concatenate(of), every, CLOSER, stands_for=1) for of in (tables, again))
    return {"answers, closer": trees([first], looked[0].names), "answers, closer again": trees([second], names[0])}


def all_looked_closer(held: Mapping[str, Pool], learnt: Mapping[str, Trees], count: int) -> list[LookedCloser]:
    seeds = [f"closer {number}" for number in range(count)]
    with ProcessPoolExecutor() as workers:
        every = workers.map(partial(looked_closer, held, learnt), seeds, chunksize=10)
        return [one for one in every if one is not None]


def looked_closer(held: Mapping[str, Pool], learnt: Mapping[str, Trees], seed: str) -> LookedCloser | None:
    """A set made from `held`, looked at closer."""
    one, vectors = seen(partial(make, alike_share=ALIKE), held, seed), sentence_vectors()
    if one is None or vectors is None or len(one.made.rows) > MOST_READ:
        return None
    if off_topic.in_several_languages(one.made.examples(), one.made.task):
        return None
    asked, answered = zip(*one.made.rows, strict=True)
    read = closer_look(reader(asked, answered, vectors), one.found(), weighed(one.bags, one.found(), learnt), 0)
    branches = apart(read.vectors)
    signs = read.signs(branches)
    return LookedCloser(read, branches, tuple(signs), as_table(signs), one.truth()[read.rows])


def as_table(signs: Mapping[str, np.ndarray]) -> np.ndarray:
    """(rows, signs)."""
    return np.stack(list(signs.values()), axis=1).astype(np.float32)


def trees(forests: Sequence[HistGradientBoostingClassifier], names: Sequence[str]) -> Trees:
    """The mean of the forests, as the audit reads it; scikit-learn keeps the nodes in no public attribute."""
    parts: dict[str, list[np.ndarray]] = {name: [] for name in PARTS}
    base = 0
    for (tree,) in (one for forest in forests for one in forest._predictors):
        held, own = tree.nodes, base + np.arange(len(tree.nodes))
        leaf = held["is_leaf"].astype(bool)
        parts["sign"].append(np.where(leaf, 0, held["feature_idx"]).astype(np.uint8))
        parts["limit"].append(np.where(leaf, 0, held["num_threshold"]).astype(np.float32))
        parts["left"].append(np.where(leaf, own, base + held["left"]).astype(np.uint16))
        parts["right"].append(np.where(leaf, own, base + held["right"]).astype(np.uint16))
        parts["adds"].append((np.where(leaf, held["value"], 0) / len(forests)).astype(np.float32))
        parts["roots"].append(np.array([base], np.uint16))
        base += len(held)
    starts = [np.ravel(forest._baseline_prediction) for forest in forests]
    parts["start"] = [np.mean(starts, axis=0).astype(np.float32)]
    return Trees(tuple(names), **{name: np.concatenate(those) for name, those in parts.items()})


def seen(maker: Maker, held: Mapping[str, Pool], seed: str) -> Seen | None:
    """A set made from `held` and looked at."""
    made = maker(held, seed)
    looked = made and looks(made.examples(), made.task)
    if not made or not looked or off_topic.too_broad(*looked):
        return None
    return Seen(made, looked[0], tuple(looked[1]), as_table(looked[1]))


def all_seen(maker: Maker, held: Mapping[str, Pool], count: int, name: str) -> list[Seen]:
    with ProcessPoolExecutor() as workers:
        found = workers.map(partial(seen, maker, held), [f"{name} {number}" for number in range(count)], chunksize=50)
        return [one for one in found if one is not None]


def measure(learnt: Mapping[str, Trees], sets: Sequence[Seen]) -> None:
    """Print how many rows the audit names rightly and wrongly, by kind of host, rate and manner."""
    counts: dict[str, np.ndarray] = {}
    for one in sets:
        strange = named_rows(weighed(one.bags, one.found(), learnt)[1], one.made.task)
        truth = one.truth()
        wrong = (strange & ~truth).sum()
        row = np.array([1, len(truth), truth.sum(), (strange & truth).sum(), wrong, wrong >= 0.01 * len(truth)])
        planted = f"{one.made.how} {one.made.rate}" if truth.any() else "sound"
        for key in ("all", planted, f"{one.made.host}, {'spoilt' if truth.any() else 'sound'}"):
            counts[key] = counts.get(key, 0) + row
    for key, (files, rows, there, right, wrong, bad) in sorted(counts.items()):
        print(
            f"{key:32} files {files:4} strangers {there:5} precision {right / max(1, right + wrong):.3f} recall "
            f"{right / max(1, there):.3f} wrong {wrong / rows:.2%} of rows, 1 % and more in {bad} files"
        )


def main() -> None:
    """Learn, and measure or write."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--held", action="store_true", help="leave kinds of texts out and measure on them")
    asked.add_argument("--only", choices=[*MAKERS, "closer"], help="learn for files of this kind, or this look, alone")
    words = asked.parse_args()
    every = pools(words.folder)
    taught = {name: pool for name, pool in every.items() if not (words.held and HELD.fullmatch(pool.family))}
    learnt = dict(read_trees(TREES_FILE))
    for kind, maker in MAKERS.items():
        if words.only in (None, kind):
            first, second = learn(all_seen(maker, taught, SETS, "taught"))
            learnt |= {f"{kind}, first": first, f"{kind}, second": second}
            if words.held:
                kept = {name: pool for name, pool in every.items() if name not in taught}
                measure(learnt, all_seen(maker, kept, HELD_SETS, "held"))
    if words.only in (None, "closer"):
        learnt |= learn_closer(all_looked_closer(taught, learnt, CLOSER_SETS))
    if not words.held:
        tensors = {f"{name}.{part}": getattr(those, part) for name, those in learnt.items() for part in PARTS}
        save_file(tensors, TREES_FILE, metadata={name: "\n".join(those.names) for name, those in learnt.items()})


if __name__ == "__main__":
    main()
