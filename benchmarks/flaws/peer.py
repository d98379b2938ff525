"""The peers: plain cleanlab for label errors, a plain outlier score of nearest neighbours for rows off topic."""

from __future__ import annotations


def cleanlab_on(texts: list[str], labels: list[str]) -> set[int]:
    """Rows that `cleanlab.filter.find_label_issues` names with its defaults."""
    import numpy as np
    from cleanlab.filter import find_label_issues
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    _, numbers = np.unique(labels, return_inverse=True)
    counts = np.bincount(numbers)
    kept = np.flatnonzero(counts[numbers] >= 5)
    _, numbers = np.unique(numbers[kept], return_inverse=True)
    matrix = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True).fit_transform([texts[at] for at in kept])
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    probabilities = cross_val_predict(LogisticRegression(max_iter=1000), matrix, numbers, cv=folds, method="predict_proba")
    return {int(kept[at]) for at in np.flatnonzero(find_label_issues(numbers, probabilities, n_jobs=1))}


def neighbours_on(texts: list[str], count: int) -> set[int]:
    """The `count` rows farthest from their ten nearest neighbours by cosine, over TF-IDF in 64 axes of LSA.

    It is told how many rows there are to find, which the audit is not.
    """
    import numpy as np
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.neighbors import NearestNeighbors
    from sklearn.preprocessing import normalize

    matrix = TfidfVectorizer(sublinear_tf=True, min_df=2).fit_transform(texts)
    space = normalize(TruncatedSVD(min(64, matrix.shape[1] - 1), random_state=0).fit_transform(matrix))
    distances, _ = NearestNeighbors(n_neighbors=11, metric="cosine").fit(space).kneighbors(space)
    return {int(at) for at in np.argsort(-distances[:, 1:].mean(axis=1))[:count]}
