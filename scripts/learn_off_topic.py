"""Learn the trees of `backend/audit/off_topic.safetensors`, which weigh how strange a row is to its file.

python scripts/off_topic_texts.py FOLDER              once: the texts, from packages
python scripts/learn_off_topic.py FOLDER              learn from all, write the trees (half an hour on two cores)
python scripts/learn_off_topic.py FOLDER --held       leave kinds of texts out, measure on those
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from off_topic_sets import Made, make
from off_topic_texts import Pool, pools
from safetensors.numpy import save_file
from sklearn.ensemble import HistGradientBoostingClassifier

from backend.audit import off_topic
from backend.audit.bags import Bags
from backend.audit.kinship import kinship
from backend.audit.off_topic import looks, named, weighed
from backend.audit.trees import LEAST, PARTS, Trees

HELD = re.compile(
    "log|commands|news|gcide|devil|list (makers|iso_639-3)|said (de|pl|pt|ga|sk)|manual fr|interface (it|ja)"
)
"""Families that `--held` leaves out."""
SETS, HELD_SETS = 1_800, 600
FOREST = {"max_leaf_nodes": 15, "learning_rate": 0.08, "min_samples_leaf": 60, "l2_regularization": 10.0}
TREES = (240, 100)
"""Of the first look and the second."""
STANDS_FOR = 0.15
PARTS_OF_LEARNING = 2
TREES_FILE = Path(off_topic.__file__).with_suffix(".safetensors")


@dataclass(frozen=True)
class Seen:
    """A set, what its rows are made of, and (rows, signs) of what they show."""

    made: Made
    bags: Bags
    names: tuple[str, ...]
    signs: np.ndarray

    def truth(self) -> np.ndarray:
        return np.isin(np.arange(len(self.made.rows)), list(self.made.strange))


def grown(table: np.ndarray, truth: np.ndarray, trees: int) -> HistGradientBoostingClassifier:
    """Of the rows that are no strangers a share stands for all."""
    kept = truth | (np.random.default_rng(0).random(len(truth)) < STANDS_FOR)
    weights = np.where(truth[kept], 1, 1 / STANDS_FOR)
    forest = HistGradientBoostingClassifier(max_iter=trees, early_stopping=False, random_state=0, **FOREST)
    return forest.fit(table[kept], truth[kept], sample_weight=weights)


def chances(forest: HistGradientBoostingClassifier, table: np.ndarray) -> np.ndarray:
    return np.clip(forest.predict_proba(table)[:, 1], LEAST, 1 - LEAST)


def kin(seen: Seen, first: np.ndarray, now: np.ndarray) -> dict[str, np.ndarray]:
    return kinship(seen.bags, now, 0) | {"first": np.log(first / (1 - first))}


def learn(sets: Sequence[Seen]) -> tuple[HistGradientBoostingClassifier, HistGradientBoostingClassifier]:
    """The trees of the first look and of the second, which learns from chances of sets that the first did not see."""
    truth = np.concatenate([one.truth() for one in sets])
    table = np.concatenate([one.signs for one in sets])
    of = np.repeat(np.arange(len(sets)) % PARTS_OF_LEARNING, [len(one.made.rows) for one in sets])
    first = np.zeros(len(truth))
    for part in range(PARTS_OF_LEARNING):
        first[of == part] = chances(grown(table[of != part], truth[of != part], TREES[0]), table[of == part])
    each = np.split(first, np.cumsum([len(one.made.rows) for one in sets])[:-1])
    second = [np.stack(list(kin(one, found, found).values()), axis=1) for one, found in zip(sets, each, strict=True)]
    return grown(table, truth, TREES[0]), grown(np.concatenate(second), truth, TREES[1])


def trees(forest: HistGradientBoostingClassifier, names: Sequence[str]) -> Trees:
    """As the audit reads them; scikit-learn keeps the nodes in no public attribute."""
    parts: dict[str, list[np.ndarray]] = {name: [] for name in PARTS}
    base = 0
    for (tree,) in forest._predictors:
        held, own = tree.nodes, base + np.arange(len(tree.nodes))
        leaf = held["is_leaf"].astype(bool)
        parts["sign"].append(np.where(leaf, 0, held["feature_idx"]).astype(np.uint8))
        parts["limit"].append(np.where(leaf, 0, held["num_threshold"]).astype(np.float32))
        parts["left"].append(np.where(leaf, own, base + held["left"]).astype(np.uint16))
        parts["right"].append(np.where(leaf, own, base + held["right"]).astype(np.uint16))
        parts["adds"].append(np.where(leaf, held["value"], 0).astype(np.float32))
        parts["roots"].append(np.array([base], np.uint16))
        base += len(held)
    parts["start"] = [np.ravel(forest._baseline_prediction).astype(np.float32)]
    return Trees(tuple(names), **{name: np.concatenate(those) for name, those in parts.items()})


def seen(held: Mapping[str, Pool], seed: str) -> Seen | None:
    """A set made from `held` and looked at."""
    made = make(held, seed)
    looked = made and looks(made.examples(), made.task)
    if not made or not looked:
        return None
    return Seen(made, looked[0], tuple(looked[1]), np.stack(list(looked[1].values()), axis=1).astype(np.float32))


def all_seen(held: Mapping[str, Pool], count: int, name: str) -> list[Seen]:
    with ProcessPoolExecutor() as workers:
        found = workers.map(partial(seen, held), [f"{name} {number}" for number in range(count)], chunksize=50)
        return [one for one in found if one is not None]


def measure(learnt: Mapping[str, Trees], sets: Sequence[Seen]) -> None:
    """Print how many rows are named rightly and wrongly, by kind of host, rate and manner."""
    counts: dict[str, np.ndarray] = {}
    for one in sets:
        found = dict(zip(learnt["first"].names, one.signs.T, strict=True))
        strange, truth = named(weighed(one.bags, found, learnt)), one.truth()
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
    words = asked.parse_args()
    every = pools(words.folder)
    taught = {name: pool for name, pool in every.items() if not (words.held and HELD.fullmatch(pool.family))}
    sets = all_seen(taught, SETS, "taught")
    first, second = learn(sets)
    nothing = np.zeros(len(sets[0].made.rows))
    learnt = {
        "first": trees(first, sets[0].names),
        "second": trees(second, [*kinship(sets[0].bags, nothing, 0), "first"]),
    }
    if words.held:
        kept = {name: pool for name, pool in every.items() if name not in taught}
        measure(learnt, all_seen(kept, HELD_SETS, "held"))
    else:
        tensors = {f"{name}.{part}": getattr(those, part) for name, those in learnt.items() for part in PARTS}
        save_file(tensors, TREES_FILE, metadata={name: "\n".join(those.names) for name, those in learnt.items()})


if __name__ == "__main__":
    main()
