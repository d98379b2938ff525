"""Groups of rows by their words, and how foreign each group's words are to all the others.

A row alone has too few words to tell a stranger from an unusual member of the family. A group of like rows has
enough: what counts is whether the words it uses again and again are in use outside the group as well. Groups are
k-means clusters of rows in a space of latent semantic analysis (Deerwester et al. 1990), fitted on the data itself,
so that nothing has to be downloaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

MAX_CHARACTERS = 1_000
AXES = 40
TOO_COMMON = 0.30
"""Share of rows from which on a word tells nothing about the subject."""
IN_USE = 0.01
"""Share of the other rows that must hold a word for it to be no bit foreign."""
TYPICAL = 0.02
"""Share of its rows, at least two, in which a word must stand to be typical of a group."""
OWN = 0.5
"""Foreignness of a word from which on it is the group's own."""
SMALLEST = 4


@dataclass(frozen=True)
class Group:
    """Rows alike, and how foreign their words are: of what a row says, and of the words typical of the group; 0–1.

    `own_words` counts the typical words that the others hardly use.
    """

    rows: np.ndarray
    said: float
    typical: float
    own_words: int

    @property
    def foreignness(self) -> float:
        """Both together: a template of our own shares the words put into it, a borrowed phrase is said by few."""
        return float(np.sqrt(self.said * self.typical))


def bags(texts: Sequence[str]) -> csr_matrix:
    """(texts, words) of 0 and 1, for words of two letters or more. Raises ValueError when there are none."""
    from sklearn.feature_extraction.text import CountVectorizer

    vectors = CountVectorizer(
        token_pattern=r"(?u)\b[^\W\d_]{2,}\b|[぀-ヿ㐀-鿿가-힯]",  # noqa: S106  # a pattern for words, no password
        binary=True, dtype=np.float32,
    )  # fmt: skip
    return vectors.fit_transform([text[:MAX_CHARACTERS] for text in texts])


def repeated(matrix: csr_matrix) -> csr_matrix:
    """Without the words that occur once: they liken nothing to anything."""
    return matrix[:, np.asarray(matrix.sum(axis=0)).ravel() >= 2]


def foreign_to(holding: np.ndarray, rows: float) -> np.ndarray:
    """(words,) 1 for words none of the rows hold, falling to 0 for words that enough of them hold."""
    shares: np.ndarray = np.clip(1 - np.log1p(holding) / np.log1p(IN_USE * rows + 2), 0, 1)
    return shares


def groupings(matrix: csr_matrix, counts: Sequence[int], seed: int) -> list[list[Group]]:
    """For each count, the rows in about as many groups, each held against all rows outside of it."""
    from scipy.sparse import diags
    from sklearn.cluster import MiniBatchKMeans
    from sklearn.decomposition import TruncatedSVD

    rows = matrix.shape[0]
    holding = np.asarray(matrix.sum(axis=0)).ravel()  # (words,) rows that hold it
    weights = np.where(holding > TOO_COMMON * rows, 0, np.log(rows / holding)).astype(np.float32)
    axes = TruncatedSVD(min(AXES, matrix.shape[1] - 1), n_iter=3, random_state=seed)
    space = axes.fit_transform(matrix @ diags(weights))  # (rows, axes)
    space /= np.linalg.norm(space, axis=1, keepdims=True) + 1e-9
    lengths = np.maximum(np.asarray(matrix.sum(axis=1)).ravel(), 1)
    found = []
    for count in counts:
        belongs = MiniBatchKMeans(count, n_init=3, batch_size=1024, random_state=seed).fit_predict(space)
        members = (np.flatnonzero(belongs == number) for number in range(count))
        found.append([_group(matrix, rows, holding, lengths) for rows in members if len(rows) >= SMALLEST])
    return found


def _group(matrix: csr_matrix, members: np.ndarray, holding: np.ndarray, lengths: np.ndarray) -> Group:
    own = np.asarray(matrix[members].sum(axis=0)).ravel()
    foreign = foreign_to(holding - own, matrix.shape[0] - len(members))
    said = float(np.median((matrix[members] @ foreign) / lengths[members]))
    typical = foreign[own >= max(2.0, TYPICAL * len(members))]
    return Group(members, said, float(typical.mean()) if len(typical) else 0.0, int((typical > OWN).sum()))


def belonging(matrix: csr_matrix, strange: np.ndarray, seed: int, folds: int = 5) -> np.ndarray:
    """(rows,) chance of belonging with the rows marked strange, by naive Bayes that has not seen the row."""
    from sklearn.model_selection import StratifiedKFold
    from sklearn.naive_bayes import MultinomialNB

    chance = np.zeros(len(strange))
    for train, rest in StratifiedKFold(folds, shuffle=True, random_state=seed).split(matrix, strange):
        learner = MultinomialNB(alpha=0.1).fit(matrix[train], strange[train])
        chance[rest] = learner.predict_proba(matrix[rest])[:, 1]
    return chance
