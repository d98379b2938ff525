"""One metric a file: a file here with a `METRIC` is registered, and nothing else has to change."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from backend.errors import InputError
from backend.evaluation.metric import Metric


@cache
def all_metrics() -> dict[str, Metric]:
    """Every metric by its name. Cheap: numpy, sacrebleu and evaluate are imported when a metric needs them."""
    modules = (importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
    return {module.METRIC.name: module.METRIC for module in modules}


def named(name: str) -> Metric:
    """The metric of that name. Raises InputError that lists the names there are."""
    try:
        return all_metrics()[name]
    except KeyError:
        raise InputError(
            f"There is no metric called {name!r}.", do=f"Take one of: {', '.join(sorted(all_metrics()))}."
        ) from None


def suitable_metrics(task: str) -> tuple[str, ...]:
    """The names of the metrics that suit a task, the usual choice first."""
    suitable = [metric for metric in all_metrics().values() if task in metric.tasks]
    # A metric names its own task first: that makes it the usual choice there.
    return tuple(metric.name for metric in sorted(suitable, key=lambda metric: (metric.tasks[0] != task, metric.name)))
