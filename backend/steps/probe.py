"""A short training on a tenth of the rows: does the base model learn the task at all?

Asked only when no prompt beats the trivial baseline. A model that prompting cannot wake may still learn; one that
some dozen steps do not move is the wrong model, or the task is not in the data.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Sequence

from backend.domain import Example, Goal, Prompt
from backend.errors import InputError
from backend.events import Failed, Progress
from backend.events import follow as follow_events
from backend.models.folder import ModelFolder
from backend.models.generate import LocalModel
from backend.project import Project
from backend.steps.arms import answer, answer_limit, metrics_of
from backend.training import launch
from backend.training.config import TrainingConfig
from backend.training.going import kill

SHARE = 0.1
FEWEST_ROWS = 48
STEPS, BATCH = 36, 8


def probe_score(
    project: Project,
    goal: Goal,
    folder: ModelFolder,
    prompt: Prompt,
    train: Sequence[Example],
    validation: Sequence[Example],
    labels: Sequence[str],
    tell: Callable[[float], None],
) -> float:
    """The primary metric on the validation rows after the probe. Raises InputError when the probe run fails."""
    asked = prompt.model_copy(update={"shots": ()})  # read off as the prompt was: like is compared with like
    count = min(len(train), max(FEWEST_ROWS, int(SHARE * len(train))))
    rows = random.Random(0).sample(list(train), count)  # noqa: S311 (a reproducible sample)
    run_dir = project.folder / "probe"
    kill(run_dir)  # the last one, if whoever waited for it is gone
    shutil.rmtree(run_dir, ignore_errors=True)
    config = TrainingConfig(
        run_id="probe", model=str(folder.path), prompt=asked, task=goal.task, metric=metrics_of(goal)[0],
        labels=tuple(labels),
        settings={
            "batch_size": BATCH, "micro_batch": BATCH, "epochs": STEPS * BATCH / count, "warmup_steps": 3,
            "evaluate_every": STEPS, "early_stopping": False, "score_rows": 0, "validation_rows": 16,
        },
    )
    launch.prepare(run_dir, config, rows, validation)
    launch.start(run_dir, project.home)
    for event in follow_events(run_dir / "events.jsonl", lambda: launch.alive(run_dir)):
        if isinstance(event, Progress):
            tell(0.7 * event.step / event.of)
        elif isinstance(event, Failed):
            raise InputError(f"The training probe failed: {event.what}", where=event.log, do=event.do)
    model = LocalModel(folder, adapter=run_dir / "adapter")
    limit = answer_limit(model, train)
    arm = answer(model, asked, validation, goal, labels, limit, lambda done: tell(0.7 + 0.3 * done)).arm
    return arm.metrics[metrics_of(goal)[0]]["value"]
