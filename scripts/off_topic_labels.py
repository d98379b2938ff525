"""Sets of texts with labels, made up from pools, with rows from elsewhere that got one of the labels by chance.

The labels are subjects, sources, what the pool has itself, or nothing that the text tells. Some classes are rare, one
may be of very short texts, some labels are slips, and a class may hold several kinds of texts.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence

import numpy as np
from off_topic_sets import Made, mixed, templated
from off_topic_texts import Pair, Pool

RATES = (0, 0, 0.005, 0.01, 0.01, 0.02, 0.05, 0.05, 0.1, 0.2)
FEWEST, MOST = 150, 1_600
"""Rows of a set."""
LABELS = "a b good bad open closed urgent later spam 1 2 3".split()
SLIPS = (0, 0, 0, 0.03, 0.1, 0.3)
"""Share of labels that are wrong."""
SHORT, FORMS, UNRELATED = 0.2, 0.15, 0.1
"""Chances that one class is of texts of a few words; that texts are drawn from templates; that labels say nothing."""
MOST_LABELS = 60
FEWEST_FAMILIES = 4


def _text(pair: Pair, shape: str) -> str:
    text, told = pair
    return {"first": text, "second": told or text}.get(shape) or (f"{text}: {told}" if told else text)


def _shares(count: int, rng: random.Random) -> list[float]:
    drawn = np.random.default_rng(rng.getrandbits(32))
    shares = drawn.dirichlet([rng.choice((0.5, 1, 3, 30))] * count)
    for at in rng.sample(range(count), rng.choice((0, 0, 1, 1, 2)) if count > 2 else 0):
        shares[at] = rng.uniform(0.01, 0.05)
    return list(shares / shares.sum())


def _hosts(held: Mapping[str, Pool], kind: str, rng: random.Random) -> dict[str, list[Pool]]:
    """Label → the pools it is given to; kinds of texts take turns, however many families and pools they have."""
    families: dict[str, list[Pool]] = {}
    for pool in held.values():
        families.setdefault(pool.family, []).append(pool)
    sorts: dict[str, list[str]] = {}
    for family, of in sorted(families.items()):
        if kind != "topics" or len(of) > 1:
            sorts.setdefault(family.split()[0], []).append(family)
    family = rng.choice(sorts[rng.choice(sorted(sorts))])
    if kind == "sources":
        language = families[family][0].language
        like = {
            sort: some
            for sort, those in sorts.items()
            if (some := [one for one in those if families[one][0].language == language])
        }
        chosen = rng.sample(sorted(like), min(len(like), rng.randint(2, 8)))
        return {sort: [rng.choice(families[rng.choice(like[sort])])] for sort in chosen}
    pools = rng.sample(families[family], min(len(families[family]), rng.randint(2, 12) if kind == "topics" else 1))
    labels = min(len(pools), rng.randint(2, 10))
    found: dict[str, list[Pool]] = {}
    for at, pool in enumerate(pools):
        found.setdefault(pools[at % labels].name, []).append(pool)
    return found


def _own(hosts: Mapping[str, Sequence[Pool]], kind: str, shape: str, rng: random.Random) -> list[Pair]:
    size = math.exp(rng.uniform(math.log(FEWEST), math.log(MOST)))
    pools = [(label, pool) for label, those in hosts.items() for pool in those]
    short = rng.choice(list(hosts)) if len(hosts) > 2 and rng.random() < SHORT else ""
    form = rng.random() < FORMS
    rows: list[Pair] = []
    for (label, pool), share in zip(pools, _shares(len(pools), rng), strict=True):
        count = min(len(pool.rows), max(3, math.ceil(share * size)))
        drawn = templated(pool, count, rng) if form else rng.sample(pool.rows, count)
        for pair in drawn:
            text = _text(pair, shape)
            if label == short:
                text = " ".join(text.split()[: rng.randint(2, 6)])
            rows.append((text, pair[1] if kind == "own" else label))
    return [row for row in dict.fromkeys(rows) if row[0].strip() and row[1].strip()]


def _strange(
    held: Mapping[str, Pool],
    hosts: Sequence[Pool],
    own: Sequence[Pair],
    count: int,
    clustered: bool,
    rng: random.Random,
) -> list[Pair]:
    """Rows of kinds that touch no subject of the hosts, or, of many hosts, of other kinds; labels by chance."""
    fields = frozenset[str]().union(*(pool.fields for pool in hosts))
    sorts = {pool.family.split()[0] for pool in hosts}
    like = [one for one in held.values() if one.language == hosts[0].language and one.family.split()[0] not in sorts]
    apart = [pool for pool in like if not pool.fields & fields]
    if len(sorts) > 1 and len({pool.family for pool in apart}) < FEWEST_FAMILIES:
        apart = like
    families: dict[str, list[Pool]] = {}
    for pool in apart:
        families.setdefault(pool.family, []).append(pool)
    chosen = rng.sample(sorted(families), min(len(families), 1 if clustered else rng.randint(2, 8)))
    labels = [label for _, label in own]
    if rng.random() < 0.6:
        labels = sorted(set(labels))  # alike, and not as often as in the file
    shape = rng.choice(("first", "second", "both"))
    found: list[Pair] = []
    for at, family in enumerate(chosen):
        pool, part = rng.choice(families[family]), len(range(at, count, len(chosen)))
        pairs = templated(pool, part, rng) if clustered and rng.random() < 0.2 else []
        for text, told in pairs or rng.sample(pool.rows, min(part, len(pool.rows))):
            found.append((_text((text, "" if pool.labelled else told), shape), rng.choice(labels)))
    return found


def make_labelled(held: Mapping[str, Pool], seed: str) -> Made | None:
    """A set of texts of the pools `held`, with labels; None where they are too few."""
    rng = random.Random(seed)  # noqa: S311  # repeatable sets, no secret
    kind = rng.choice(("topics", "topics", "topics", "sources", "sources", "one"))
    hosts = _hosts(held, kind, rng)
    shape = rng.choice(("first", "second", "both"))
    pools = [pool for those in hosts.values() for pool in those]
    if kind == "one" and pools[0].labelled:
        kind, shape = "own", "first"
    own = _own(hosts, kind, shape, rng)
    labels = rng.sample(LABELS, rng.randint(2, 8))
    if kind == "one" or rng.random() < UNRELATED:
        own = [(text, rng.choice(labels)) for text, _ in own]
    labels = sorted({label for _, label in own})
    if len(own) < FEWEST or not 2 <= len(labels) <= MOST_LABELS:
        return None
    slips = rng.choice(SLIPS)
    own = [(text, rng.choice(labels) if rng.random() < slips else label) for text, label in own]
    rate, clustered = rng.choice(RATES), rng.random() < 0.4
    strange = _strange(held, pools, own, max(1, round(rate * len(own))), clustered, rng) if rate else []
    known = {text for text, _ in own}
    strange = [row for row in dict.fromkeys(strange) if row[0] not in known and row[0].strip()]
    return mixed(kind, pools[0].family, "clustered" if clustered else "scattered", rate, "classify", own, strange, rng)
