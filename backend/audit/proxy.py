"""The cheap proxy learner of the audit: TF-IDF words and word pairs into logistic regression."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

NAME = "TF-IDF words and word pairs, logistic regression"
MAX_CHARACTERS = 1_500
"""Of each text; what a text is about shows early, and time stays bounded."""
FEATURES = 30_000


def features(texts: Sequence[str]) -> csr_matrix:
    """(texts, features) sparse matrix. Raises ValueError when no word occurs twice."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectors = TfidfVectorizer(
        ngram_range=(1, 2), min_df=2, sublinear_tf=True, max_features=FEATURES, dtype=np.float32,
        token_pattern=r"(?u)\b\w+\b|[぀-ヿ㐀-鿿가-힯]",  # noqa: S106  # a pattern for words, no password
    )  # fmt: skip
    return vectors.fit_transform([text[:MAX_CHARACTERS] for text in texts])


def learner() -> Any:
    """A fresh classifier with `fit` and `predict_proba`. C = 10: texts are short and labels few."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=10.0, max_iter=100, tol=1e-3)


def out_of_fold(matrix: csr_matrix, labels: np.ndarray, seed: int, folds: int = 5) -> np.ndarray:
    """(rows, classes) probabilities, each row predicted by learners that have not seen it.

    Geometric mean of logistic regression and naive Bayes, which err differently: on 5 % flipped labels the two
    together named fewer sound rows than either. `labels` are class numbers from 0; every class needs at least `folds`
    rows.
    """
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.model_selection import StratifiedKFold
    from sklearn.naive_bayes import MultinomialNB

    probabilities = np.zeros((len(labels), int(labels.max()) + 1))
    parts = StratifiedKFold(folds, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a nearly converged judge is good enough for ranking
        for train, rest in parts.split(matrix, labels):
            one = learner().fit(matrix[train], labels[train]).predict_proba(matrix[rest])
            two = MultinomialNB(alpha=0.1).fit(matrix[train], labels[train]).predict_proba(matrix[rest])
            both = np.sqrt(one * two) + 1e-12
            probabilities[rest] = both / both.sum(axis=1, keepdims=True)
    return probabilities
