"""What each process of the speed benchmark does; it prints a line of JSON with its CPU seconds and peak memory.

Run as `python -m benchmarks.speed.children NAME FILE ROWS`.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

Found = dict[str, Any]

LOADED = (
    "fasttext", "ftfy", "hyperscan", "pyarrow.compute", "safetensors", "scipy.cluster.hierarchy", "scipy.sparse",
    "backend.audit.kinship", "backend.audit.strangeness", "backend.audit.word_features", "backend.data.read_json",
)  # fmt: skip
"""What the audit loads when it first needs it."""


def parse(path: Path, rows: int) -> Found:
    """The measure of all things here: read the file, `json.loads` each line, keep the records."""
    started = time.process_time()
    with path.open(encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    return {"cpu": time.process_time() - started, "rows": len(records)}


def audit(path: Path, rows: int) -> Found:
    """Our audit with all default checks, as `tunewise audit FILE` runs it; imports apart, each stage by itself.

    What was read is kept until after the clock has stopped, as the parsing keeps it.
    """
    started = time.process_time()
    from backend.audit.run import examine
    from rules.judge import all_rules

    for module in LOADED:
        import_module(module)

    all_rules()  # a module each
    imports = time.process_time() - started
    stages: dict[str, float] = {}
    last = ["", time.process_time()]

    def tell(words: str, done: float) -> None:
        now = time.process_time()
        if last[0]:
            stages[str(last[0])] = round(now - float(last[1]), 3)
        last[:] = [words, now]

    started = time.process_time()
    audited = examine(path, on_progress=tell)
    cpu, report = time.process_time() - started, audited.report
    return {
        "cpu": cpu, "imports": imports, "rows": report.data.rows, "stages": stages,
        "task": report.task, "found": {finding.rule: len(finding.rows) for finding in report.findings},
        "sampled": [one.model_dump() for one in report.sampled],
    }  # fmt: skip


def _texts(path: Path, rows: int) -> tuple[list[str], list[str]]:
    """(inputs, answers) of the first rows; reading them is not counted for the peers."""
    inputs, answers = [], []
    with path.open(encoding="utf-8") as file:
        for _, line in zip(range(rows), file, strict=False):
            given, said = json.loads(line).values()
            inputs.append(given)
            answers.append(said)
    return inputs, answers


def datasketch(path: Path, rows: int) -> Found:
    """Near duplicates alone: MinHash of words (128), LSH at 0.7."""
    from datasketch import MinHash, MinHashLSH

    texts, _ = _texts(path, rows)
    started = time.process_time()
    index, found = MinHashLSH(threshold=0.7, num_perm=128), 0
    for row, text in enumerate(texts):
        hashed = MinHash(num_perm=128)
        hashed.update_batch([word.encode() for word in text.lower().split()])
        found += bool(index.query(hashed))
        index.insert(str(row), hashed)
    return {"cpu": time.process_time() - started, "rows": len(texts), "found": found}


def rensa(path: Path, rows: int) -> Found:
    """Near duplicates alone: RMinHash of words (128), LSH at 0.7, candidates as they come."""
    from rensa import RMinHash, RMinHashLSH

    texts, _ = _texts(path, rows)
    started = time.process_time()
    index, found = RMinHashLSH(threshold=0.7, num_perm=128, num_bands=16), 0
    for row, text in enumerate(texts):
        hashed = RMinHash(num_perm=128, seed=7)
        hashed.update(text.lower().split())
        found += bool(index.query(hashed))
        index.insert(row, hashed)
    return {"cpu": time.process_time() - started, "rows": len(texts), "found": found}


def semhash(path: Path, rows: int) -> Found:
    """Near duplicates alone, with an encoder that works offline: hashed words projected to 256 numbers."""
    import numpy as np
    from semhash import SemHash
    from sklearn.feature_extraction.text import HashingVectorizer
    from sklearn.random_projection import SparseRandomProjection

    class Encoder:
        def __init__(self) -> None:
            self.words = HashingVectorizer(n_features=2**16)
            self.project = SparseRandomProjection(256, random_state=7).fit(self.words.transform(["a"]))

        def encode(self, inputs: Any, **_: Any) -> np.ndarray:
            return np.asarray(self.project.transform(self.words.transform(list(inputs))).todense(), dtype=np.float32)

    texts, _ = _texts(path, rows)
    started = time.process_time()
    found = SemHash.from_records(records=texts, model=Encoder()).self_deduplicate(threshold=0.9)
    return {"cpu": time.process_time() - started, "rows": len(texts), "found": len(found.filtered)}


def datalab(path: Path, rows: int) -> Found:
    """cleanlab's Datalab: label issues, outliers and near duplicates from SVD features and out-of-fold predictions."""
    from cleanlab import Datalab
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_predict

    texts, labels = _texts(path, rows)
    started = time.process_time()
    matrix = TfidfVectorizer(min_df=2, max_features=20_000).fit_transform(texts)
    space = TruncatedSVD(64, random_state=7).fit_transform(matrix)
    issues: dict[str, Any] = {"outlier": {}, "near_duplicate": {}}
    if len(set(labels)) < len(labels) / 3:
        lab = Datalab(data={"text": texts, "label": labels}, label_name="label", verbosity=0)
        chances = cross_val_predict(LogisticRegression(max_iter=200), matrix, labels, method="predict_proba")
        lab.find_issues(features=space, pred_probs=chances, issue_types=issues | {"label": {}})
    else:
        lab = Datalab(data={"text": texts}, verbosity=0)
        lab.find_issues(features=space, issue_types=issues)
    summary = lab.get_issue_summary()
    return {"cpu": time.process_time() - started, "rows": len(texts),
            "found": dict(zip(summary["issue_type"], map(int, summary["num_issues"]), strict=True))}  # fmt: skip


CHILDREN: dict[str, Callable[[Path, int], Found]] = {
    "parse": parse, "audit": audit, "datasketch": datasketch, "rensa": rensa, "semhash": semhash, "datalab": datalab,
}  # fmt: skip

if __name__ == "__main__":
    result = CHILDREN[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))
    result["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(result))
