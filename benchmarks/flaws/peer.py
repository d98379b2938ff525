"""The peer for label errors: plain cleanlab over TF-IDF and logistic regression, five folds."""

from __future__ import annotations


def cleanlab_on(texts: list[str], labels: list[str]) -> set[int]:
    """Rows that `cleanlab.filter.find_label_issues` names with its defaults."""
    import numpy as np
    from cleanlab.filter import find_label_issues
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    names, numbers = np.unique(labels, return_inverse=True)
    counts = np.bincount(numbers)
    kept = np.flatnonzero(counts[numbers] >= 5)
    _, numbers = np.unique(numbers[kept], return_inverse=True)
    matrix = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True).fit_transform([texts[at] for at in kept])
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    probabilities = cross_val_predict(LogisticRegression(max_iter=1000), matrix, numbers, cv=folds, method="predict_proba")
    return {int(kept[at]) for at in np.flatnonzero(find_label_issues(numbers, probabilities, n_jobs=1))}
