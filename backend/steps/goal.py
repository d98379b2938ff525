"""Step 1: save what the person wants."""

from __future__ import annotations

from backend.domain import Goal
from backend.errors import InputError
from backend.evaluation.metrics import all_metrics, suitable_metrics
from backend.project import Project


def check_goal(goal: Goal) -> None:
    """Raise InputError for a metric that does not exist or a goal without a sentence."""
    if not goal.sentence.strip():
        raise InputError("The goal needs one sentence.", do="Say in one sentence what the model should do.")
    if goal.metric is not None and goal.metric not in all_metrics():
        raise InputError(
            f"There is no metric named {goal.metric!r}.",
            do=f"For this task choose one of: {', '.join(suitable_metrics(goal.task))}.",
        )


def set_goal(project: Project, goal: Goal) -> Goal:
    """Save the goal. Raises InputError like `check_goal`."""
    check_goal(goal)
    with project.changing():
        return project.save(goal)
