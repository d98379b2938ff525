"""Our metrics as `evaluate.Metric` objects, for whoever works with that library; importing it takes seconds."""

from __future__ import annotations

from typing import Any

from backend.evaluation.metrics import named


def as_evaluate(name: str, **options: Any) -> Any:
    """The metric as an `evaluate.Metric` that works offline, alone and in `evaluate.combine`.

    `options` go to `evaluate.Metric` (such as `keep_in_memory=True`).

    >>> as_evaluate("accuracy").compute(predictions=["spam"], references=["spam"])     # doctest: +SKIP
    {'accuracy': 1.0}
    """
    import datasets
    import evaluate

    metric = named(name)

    class Ours(evaluate.Metric):  # type: ignore[misc]
        def _info(self) -> Any:
            text = datasets.Value("string")
            return evaluate.MetricInfo(
                description=metric.words,
                citation=metric.source,
                features=datasets.Features({"predictions": text, "references": text}),
            )

        def _compute(self, predictions: list[str], references: list[str]) -> dict[str, float]:
            return {metric.name: metric.score(predictions, references)}

    Ours.__name__ = metric.name  # the library derives the metric's name from the class
    return Ours(**options)
