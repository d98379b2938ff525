"""Sets made up from pools of texts, with rows from elsewhere whose places are known, for `learn_off_topic.py`.

A set is of one kind of texts, of several of one family in unequal shares, drawn from a few templates, or a mixture of
kinds of which none has half of the rows. None to a fifth of its rows come from kinds that touch no subject of it: one
by one from many, or all from one, some in the dress of the file's own. In a mixture nothing is from elsewhere.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from off_topic_texts import Pair, Pool

from backend.domain import Example, Task

RATES = (0, 0, 0, 0.003, 0.01, 0.01, 0.02, 0.05, 0.1, 0.2)
FEWEST, MOST = 120, 1_600
"""Rows of a set."""
DRESSED = 0.15
"""Share of the sets in which strangers begin as rows of the file do."""
REQUESTS = (
    "Continue the passage: ", "Continue this text.\n\n", "What comes next?\n", "Complete the following: ",
    "Write the rest of the paragraph.\n\n", "Go on from here: ", "Answer the question.\n\n", "Explain: ", "Q: ",
    "Finish the entry. ", "Please help me with this: ", "Rewrite in plain words:\n", "Summarise: ", "User: ",
)  # fmt: skip
"""What is asked before the text of a row."""
MOST_OF_MIXTURE = 0.45
"""Share of one kind of texts in a mixture."""
WORDS = "north delta ok main user cache worker queue alpha disk node read write eth0 timeout true null eu-west".split()


@dataclass(frozen=True)
class Made:
    """A set made up: `strange` are the places of the rows from elsewhere."""

    kind: str
    host: str
    how: str
    rate: float
    task: Task
    rows: tuple[Pair, ...]
    strange: frozenset[int]

    def examples(self) -> list[Example]:
        return [Example(row=at, input=text, answer=told) for at, (text, told) in enumerate(self.rows)]


def _fill(template: str, rng: random.Random) -> str:
    """{n} becomes something that varies: a number, an address, a word."""
    options: Sequence[Callable[[], str]] = (
        lambda: str(rng.randrange(10 ** rng.randint(1, 5))),
        lambda: f"{rng.randrange(100)}.{rng.randrange(10)}",
        lambda: f"{rng.getrandbits(32):08x}",
        lambda: f"/{rng.choice(WORDS)}/{rng.choice(WORDS)}{rng.randrange(9)}",
        lambda: f"10.0.{rng.randrange(256)}.{rng.randrange(256)}",
        lambda: rng.choice(WORDS),
    )
    return re.sub(r"\{(\d?)n?\}", lambda _: rng.choice(options)(), template)


def _template(text: str, rng: random.Random) -> str:
    """`text` with gaps, unless it has some."""
    words = re.sub(r"\{(?!n\})|(?<!\{n)\}", "", text).split()[: rng.randint(5, 18)]
    if "{n}" not in text:
        for at in rng.sample(range(len(words)), min(len(words), rng.randint(1, 3))):
            words[at] = "{n}"
    return " ".join(words)


def templated(pool: Pool, count: int, rng: random.Random) -> list[Pair]:
    """Rows from a few templates that texts of the pool become, of very unequal share."""
    some = rng.sample(pool.rows, min(len(pool.rows), rng.choice((2, 4, 6, 8, 12, 20, 40))))
    lead = rng.choice(("", "", "", "{n}: ", "2024-05-{n} {n}:{n} [{n}] ", "INFO ", "ERROR {n} "))
    both = [(lead + _template(text, rng), _template(told or text, rng)) for text, told in some]
    shares = np.random.default_rng(rng.getrandbits(32)).dirichlet([rng.choice((0.4, 1, 4))] * len(some))
    drawn = rng.choices(both, shares, k=2 * count)
    return list(dict.fromkeys((_fill(text, rng), _fill(told, rng)) for text, told in drawn))[:count]


def _shaped(pairs: Sequence[Pair], shape: str) -> list[Pair]:
    """The pairs as the file has its rows: question and answer, or a text and its continuation."""
    shaped = []
    for text, told in pairs:
        if shape == "asked" and told:
            shaped.append((text, told))
        else:
            words = f"{text} {told}".split()
            middle = max(1, len(words) // 2)
            shaped.append((" ".join(words[:middle]), " ".join(words[middle:]) or "."))
    return shaped


def _hosts(held: Mapping[str, Pool], kind: str, rng: random.Random) -> list[Pool]:
    """One pool or several of a family; kinds of texts take turns, however many families and pools they have."""
    if kind == "mixture":
        by_sort: dict[str, list[Pool]] = {}
        for pool in held.values():
            if pool.language == "en":
                by_sort.setdefault(pool.family.split()[0], []).append(pool)
        return [rng.choice(by_sort[sort]) for sort in rng.sample(sorted(by_sort), rng.randint(4, 10))]
    sorts = sorted({pool.family.split()[0] for pool in held.values()})
    sort = rng.choice(sorts)
    family = rng.choice(sorted({pool.family for pool in held.values() if pool.family.split()[0] == sort}))
    pools = [pool for pool in held.values() if pool.family == family]
    return rng.sample(pools, min(len(pools), rng.randint(2, 7)) if kind == "several" else 1)


def _own(hosts: Sequence[Pool], kind: str, shape: str, rng: random.Random) -> list[Pair]:
    """The rows that belong."""
    size = math.exp(rng.uniform(math.log(FEWEST), math.log(MOST)))
    even = rng.choice((1, 3, 10) if kind == "mixture" else (0.4, 1, 3))
    shares = np.random.default_rng(rng.getrandbits(32)).dirichlet([even] * len(hosts))
    if kind == "mixture":
        shares = np.minimum(shares, MOST_OF_MIXTURE)
    rows: list[Pair] = []
    for host, share in zip(hosts, shares, strict=True):
        count = min(len(host.rows), math.ceil(share * size))
        own = templated(host, count, rng) if kind == "templates" else rng.sample(host.rows, count)
        rows += _shaped(own, rng.choice(("asked", "halves")) if kind == "mixture" else shape)
    return [row for row in dict.fromkeys(rows) if row[0].strip() and row[1].strip()]


def _foreign(others: Sequence[Pool], count: int, clustered: bool, shape: str | None, rng: random.Random) -> list[Pair]:
    """Rows from elsewhere, in the `shape` of the file's own where one is given."""
    sources = rng.sample(others, 1 if clustered else min(len(others), rng.randint(3, 10)))
    found: list[Pair] = []
    for at, pool in enumerate(sources):
        part = len(range(at, count, len(sources)))
        drawn = templated(pool, part, rng) if clustered and rng.random() < 0.4 else []
        pairs = drawn or rng.sample(pool.rows, min(part, len(pool.rows)))
        found += _shaped(pairs, shape or ("halves" if pool.labelled else "asked"))
    return found


def _requested(rows: Sequence[Pair], requests: Sequence[str], rng: random.Random) -> list[Pair]:
    """The rows with a request before each, the first more often than the others."""
    shares = [1 / (at + 1) ** 2 for at in range(len(requests))]
    return [(rng.choices(requests, shares)[0] + text, told) for text, told in rows]


def _dressed(rows: Sequence[Pair], own: Sequence[Pair], rng: random.Random) -> list[Pair]:
    """The rows with first words of rows of the file."""
    lead = rng.randint(1, 3)
    return [(" ".join([*rng.choice(own)[0].split()[:lead], text]), told) for text, told in rows]


def make(held: Mapping[str, Pool], seed: str, alike_share: float = 0) -> Made | None:
    """A set of texts of the pools `held`; None where they are too few.

    In `alike_share` of the sets strangers are asked as the rows of the file are.
    """
    rng = random.Random(seed)  # noqa: S311  # repeatable sets, no secret
    kind = rng.choice(("one", "one", "one", "several", "several", "several", "templates", "mixture"))
    hosts = _hosts(held, kind, rng)
    alike = kind in ("one", "several") and bool(alike_share) and rng.random() < alike_share
    shape = "halves" if alike and any(host.labelled for host in hosts) else rng.choice(("asked", "asked", "halves"))
    own = _own(hosts, kind, shape, rng)
    fields = frozenset[str]().union(*(host.fields for host in hosts))
    others = [pool for pool in held.values() if not pool.fields & fields and pool.language == hosts[0].language]
    rate = rng.choice(RATES) if others and kind != "mixture" else 0.0
    clustered = rng.random() < 0.5
    in_shape = shape if alike else None
    strange = _foreign(others, max(1, round(rate * len(own))), clustered, in_shape, rng) if rate else []
    if alike and rng.random() < 0.7:
        requests = rng.sample(REQUESTS, rng.choice((1, 1, 1, 2, 4)))
        own, strange = _requested(own, requests, rng), _requested(strange, requests, rng)
    elif rng.random() < DRESSED:
        strange = _dressed(strange, own, rng)
    known = set(own)
    strange = [row for row in dict.fromkeys(strange) if row not in known]
    if len(own) < FEWEST:
        return None
    return mixed(kind, hosts[0].family, "clustered" if clustered else "scattered", rate, "answer", own, strange, rng)


def mixed(
    kind: str,
    host: str,
    how: str,
    rate: float,
    task: Task,
    own: Sequence[Pair],
    strange: Sequence[Pair],
    rng: random.Random,
) -> Made:
    """The rows in an order by chance."""
    marked = [(row, False) for row in own] + [(row, True) for row in strange]
    rng.shuffle(marked)
    places = frozenset(at for at, (_, foreign) in enumerate(marked) if foreign)
    return Made(kind, host, how, rate, task, tuple(row for row, _ in marked), places)
