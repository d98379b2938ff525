"""How strange each row of a file is to the others: what its words mean, who else uses them, what it groups with.

Rows are grouped by Ward's method (1963) on the meaning of their words, at four levels from coarse to fine, since
strangers come alone, as a few or as a subject of their own. A group is held against all rows outside of it. Every sign
comes as it is and against the spread of the same sign in the file, so that a mixed file excuses what a uniform one
does not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

    from backend.audit.word_vectors import WordVectors

MAX_CHARACTERS = 1_000
LEVELS = (200, 60, 25, 10)
"""Rows a group holds on average, coarse to fine."""
FEWEST_GROUPS, MOST_GROUPS = 3, {200: 60, 60: 60, 25: 60, 10: 250}
IN_USE = 0.01
"""Share of the other rows that must hold a word for it to be no bit foreign."""
TYPICAL = 0.02
"""Share of its rows, at least two, in which a word must stand to be typical of a group."""
OWN = 0.5
"""Foreignness of a word from which on it is the group's own."""
NEIGHBOURS = 10

_WORD = re.compile(r"[^\W\d_぀-ヿ㐀-鿿가-힯]{2,}|[぀-ヿ㐀-鿿가-힯]")

_LETTER, _CAPITAL, _DIGIT, _MARK, _SPACE = range(5)


def _kind(sign: str) -> int:
    if sign.isupper():
        return _CAPITAL
    if sign.isalpha():
        return _LETTER
    return _DIGIT if sign.isdigit() else _SPACE if sign in " \0" else _MARK


_KINDS = np.array([*(_kind(chr(code)) for code in range(0x530)), _LETTER], dtype=np.uint8)
"""Kinds of the signs of Latin, Greek and Cyrillic; those beyond count as letters, but for marks and emoji."""


@dataclass(frozen=True)
class Bags:
    """Which words a row holds: `holds` (rows, words) of 0 and 1, and what the row means, (rows, axes) of length 1."""

    words: tuple[str, ...]
    holds: csr_matrix
    meanings: np.ndarray
    rarity: np.ndarray
    """(words,) how rare a word is in general, 0–1."""
    manner: np.ndarray
    """(rows, manners) how the rows are written."""


def bags(texts: Sequence[str], vectors: WordVectors) -> Bags:
    """Raises ValueError when no word occurs twice."""
    from scipy.sparse import csr_matrix

    number: dict[str, int] = {}
    columns: list[int] = []
    ends = [0]
    for text in texts:
        held = dict.fromkeys(_WORD.findall(text[:MAX_CHARACTERS].lower()))
        columns += [number.setdefault(word, len(number)) for word in held]
        ends.append(len(columns))
    if len(columns) == len(number):
        raise ValueError("no word occurs in two texts")
    holds = csr_matrix((np.ones(len(columns), np.float32), columns, ends), shape=(len(texts), len(number)))
    words = tuple(number)
    meant, rarity = vectors.of(words)
    return Bags(words, holds, _unit(holds @ (meant * rarity[:, None])), rarity, _manner(texts))


def _manner(texts: Sequence[str]) -> np.ndarray:
    """(texts, manners) length; shares of capitals, digits, marks and spaces; question marks, commas and full stops to
    a word; whether it ends with one of them and begins with a capital."""
    seen = [text[:MAX_CHARACTERS] for text in texts]
    signs = np.frombuffer("\0".join([*seen, ""]).encode("utf-32-le", "surrogatepass"), np.uint32)
    sizes = np.fromiter(map(len, seen), np.int64, len(seen))
    starts = np.cumsum(sizes + 1) - sizes - 1
    kinds = _KINDS[np.minimum(signs, len(_KINDS) - 1)]
    kinds[(signs >= 0x2000) & (signs < 0x2E80) | (signs >= 0x1F000)] = _MARK

    def count(those: np.ndarray) -> np.ndarray:
        return np.asarray(np.add.reduceat(those, starts, dtype=np.int64))

    spaces = count(signs == ord(" "))
    of = np.maximum(sizes, 1)
    to_a_word = spaces + 1
    ends = np.array([text.rstrip()[-1:] in (".", "!", "?") for text in seen])
    begins = np.array([text[:1].isupper() for text in seen])
    capitals, digits, marks = (count(kinds == kind) for kind in (_CAPITAL, _DIGIT, _MARK))
    asked, commas, stops = (count(np.isin(signs, [ord(sign) for sign in those])) for those in ("?", ",", ".!"))
    lengths = np.log1p(np.fromiter(map(len, texts), np.float64, len(texts)))
    shares = [capitals / of, digits / of, marks / of, spaces / of, asked / to_a_word, commas / to_a_word]
    return np.stack([lengths, *shares, stops / to_a_word, ends, begins], axis=1)


def signs(bags: Bags, labels: np.ndarray | None) -> dict[str, np.ndarray]:
    """Name of a sign → (rows,) values. `labels` are numbers of the rows' labels, None where there are none."""
    from scipy.cluster.hierarchy import fcluster, linkage

    rows = len(bags.meanings)
    holding = np.asarray(bags.holds.sum(axis=0)).ravel()
    lengths = np.maximum(np.diff(bags.holds.indptr), 1)
    found: dict[str, np.ndarray] = {"rows": np.full(rows, np.log(rows)), "words": np.log1p(lengths)}
    centre = bags.meanings.mean(axis=0)
    for _ in range(3):  # without the quarter that is farthest from it
        near = bags.meanings @ centre
        centre = bags.meanings[near >= np.quantile(near, 0.25)].mean(axis=0)
    near = bags.meanings @ (centre / (np.linalg.norm(centre) + 1e-9))
    low, middle = np.quantile(near, [0.1, 0.5])
    found |= {"central": near, "central, spread": _against(near), "central, usual": np.full(rows, middle),
              "central, width": np.full(rows, middle - low)}  # fmt: skip
    foreign = bags.holds @ foreign_to(np.maximum(holding - 1, 0), rows - 1) / lengths
    found |= {"foreign": foreign, "foreign, spread": _against(foreign),
              "foreign, usual": np.full(rows, np.median(foreign))}  # fmt: skip
    manner = bags.manner - np.median(bags.manner, axis=0)
    manner = np.clip(manner / (np.quantile(np.abs(manner), 0.75, axis=0) + 0.02), -6, 6)
    odd = np.abs(manner).mean(axis=1)
    found |= {"manner": odd, "manner, spread": _against(odd, 0.1, 0.05)}
    likeness = bags.meanings @ bags.meanings.T
    apart = np.sqrt(np.maximum(2 - 2 * likeness[np.triu_indices(rows, 1)], 0))
    np.fill_diagonal(likeness, -1)
    nearest = np.partition(likeness, rows - NEIGHBOURS, axis=1)[:, rows - NEIGHBOURS :].mean(axis=1)
    found |= {"near others": nearest, "near others, spread": _against(nearest)}
    tree = linkage(apart, "ward")
    for level in LEVELS:
        count = int(np.clip(rows / level, FEWEST_GROUPS, MOST_GROUPS[level]))
        groups = fcluster(tree, count, "maxclust") - 1
        for name, values in _of_groups(bags, groups, holding, lengths, labels, manner).items():
            found[f"{name}, {level}"] = values
    return found


def foreign_to(holding: np.ndarray, rows: np.ndarray | float) -> np.ndarray:
    """1 for words none of the rows hold, falling to 0 for words that enough of them hold."""
    shares: np.ndarray = np.clip(1 - np.log1p(holding) / np.log1p(IN_USE * rows + 2), 0, 1)
    return shares


def _of_groups(
    bags: Bags, groups: np.ndarray, holding: np.ndarray, lengths: np.ndarray, labels: np.ndarray | None,
    manner: np.ndarray,
) -> dict[str, np.ndarray]:
    """Name → (rows,) signs of the group each row is in."""
    from scipy.sparse import csr_matrix

    rows, count = len(groups), int(groups.max()) + 1
    sizes = np.bincount(groups, minlength=count)
    members = csr_matrix((np.ones(rows, np.float32), (groups, np.arange(rows))), shape=(count, rows))
    own = (members @ bags.holds).toarray()  # (groups, words)
    foreign = foreign_to(holding - own, (rows - sizes)[:, None]).astype(np.float32)
    owners = np.repeat(np.arange(rows), np.diff(bags.holds.indptr))
    strange = foreign[groups[owners], bags.holds.indices]
    weights = bags.rarity[bags.holds.indices]
    said = np.bincount(owners, strange, rows) / lengths
    meant = np.bincount(owners, strange * weights, rows) / np.maximum(np.bincount(owners, weights, rows), 1e-6)
    typical = own >= np.maximum(2.0, TYPICAL * sizes)[:, None]
    sums = members @ bags.meanings  # (groups, axes)
    elsewhere = sums.sum(axis=0) - sums
    centres = _unit(sums)
    beside = centres @ centres.T
    np.fill_diagonal(beside, -1)
    of_group = {
        "said": _medians(said, groups, count),
        "meant": _medians(meant, groups, count),
        "typical": (foreign * typical).sum(axis=1) / np.maximum(typical.sum(axis=1), 1),
        "own": np.log1p((typical & (foreign > OWN)).sum(axis=1)),
        "common": (centres * _unit(elsewhere)).sum(axis=1),
        "tight": np.linalg.norm(sums, axis=1) / sizes,
        "beside": beside.max(axis=1),
        "manner": _apart(manner, members, sizes),
    }
    found = {"share": np.log(sizes / rows)[groups]}
    for name, values in of_group.items():
        found[name] = values[groups]
        found[f"{name}, spread"] = _against(values[groups], 0.15, 0.02)
    found["meant, usual"] = np.full(rows, np.median(found["meant"]))
    found["meant, upper"] = np.full(rows, np.quantile(found["meant"], 0.8))
    found["common, usual"] = np.full(rows, np.median(found["common"]))
    found["common, lower"] = np.full(rows, np.quantile(found["common"], 0.2))
    found["labels differ"] = np.zeros(rows) if labels is None else _labels_differ(labels, members, sizes)[groups]
    return found


def _apart(manner: np.ndarray, members: csr_matrix, sizes: np.ndarray) -> np.ndarray:
    """(groups,) how far the mean manner of a group is from that of the rest, in standard deviations of both."""
    sums, squares = members @ manner, members @ manner**2
    others = (sizes.sum() - sizes)[:, None]
    sizes = sizes[:, None]
    means, elsewhere = sums / sizes, (sums.sum(axis=0) - sums) / np.maximum(others, 1)
    inside = squares / sizes - means**2
    outside = (squares.sum(axis=0) - squares) / np.maximum(others, 1) - elsewhere**2
    apart: np.ndarray = (np.abs(means - elsewhere) / np.sqrt(0.05 + np.maximum(inside + outside, 0))).mean(axis=1)
    return apart


def _labels_differ(labels: np.ndarray, members: csr_matrix, sizes: np.ndarray) -> np.ndarray:
    """(groups,) how far a group's labels are from those of all, beyond chance: a class of its own is no stranger."""
    kinds = int(labels.max()) + 1
    shares = (members @ np.eye(kinds, dtype=np.float32)[labels]) / sizes[:, None]
    usual = np.bincount(labels, minlength=kinds) / len(labels)
    apart: np.ndarray = 0.5 * np.abs(shares - usual).sum(axis=1) - 0.5 * np.sqrt(np.minimum(kinds, sizes) / sizes)
    return apart


def _medians(values: np.ndarray, groups: np.ndarray, count: int) -> np.ndarray:
    order = np.argsort(groups, kind="stable")
    parts = np.split(values[order], np.cumsum(np.bincount(groups, minlength=count))[:-1])
    return np.array([np.median(part) for part in parts])


def _against(values: np.ndarray, tail: float = 0.1, least: float = 2e-3) -> np.ndarray:
    """(rows,) distance from the median in widths between the tails, at most 10."""
    low, middle, high = np.quantile(values, [tail, 0.5, 1 - tail])
    apart: np.ndarray = np.clip((values - middle) / (high - low + least), -10, 10)
    return apart


def _unit(table: np.ndarray) -> np.ndarray:
    lengths: np.ndarray = np.linalg.norm(table, axis=1, keepdims=True)
    shorter: np.ndarray = table / (lengths + 1e-9)
    return shorter
