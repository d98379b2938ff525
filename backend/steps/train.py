"""Step 6: a detached run in its own folder; starting, following, stopping, resuming and taking in its result."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from backend.domain import Dataset, Goal, Plan, Run, SignOff, Split
from backend.errors import Blocked, InputError
from backend.events import AnyEvent, Done, Failed, Waiting, read
from backend.events import follow as follow_events
from backend.flow import require
from backend.index import Index
from backend.models.folder import model_sha256
from backend.models.resolve import resolve
from backend.project import Project
from backend.steps import data
from backend.steps.arms import metrics_of
from backend.steps.prompt import labels
from backend.steps.report import write_card
from backend.store import write_text
from backend.training import launch
from backend.training.config import TrainingConfig
from backend.training.on_ray import require_ray
from backend.training.settings import MOST_TRIALS
from backend.training.trackers import refuse_missing
from rules.rule import Finding

if TYPE_CHECKING:
    from backend.training.preview import TokenPreview

State = Literal["queued", "running", "done", "stopped", "failed"]


@dataclass(frozen=True)
class RunState:
    """A run as it is now: `queued` while it waits in the line. `events` are all so far, oldest first."""

    run_id: str
    folder: Path
    state: State
    events: tuple[AnyEvent, ...]

    @property
    def going(self) -> bool:
        """Whether it will go on by itself."""
        return self.state in ("queued", "running")


def train(
    project: Project, home: Path, search_trials: int | None, search_minutes: float | None = None,
    tracker: str | None = None, cluster: str | None = None,
) -> str:
    """Start a run. Raises Blocked unless everything before is done, signed and unchanged."""
    require(project, "train")
    now = run_state(project)
    if now is not None and now.going:
        raise InputError(
            f"The run {now.run_id} is still going." if now.state == "running" else
            f"The run {now.run_id} is waiting in the line already.",
            where=project.name, do="Follow it with `tunewise follow`, or stop it with `tunewise stop`.",
        )
    goal = project.need(Goal, "Set the goal first (step 1).")
    dataset = project.need(Dataset, "Add data first (step 2).")
    split = project.need(Split, "Add data first (step 2).")
    plan = project.need(Plan, "Make the plan first (step 4).")
    project.need(SignOff, "Have the expert sign first (step 5).")
    train_rows = data.examples(project, split.train)  # raises when the stored data is not the signed data
    folder = resolve(plan.model, home)
    if model_sha256(folder.path) != plan.model_sha256:
        raise InputError("The base model's files are not the ones planned and signed.", do="Plan again (step 4).")
    run_id = f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(2)}"
    settings = {setting.name: setting.value for setting in plan.settings}
    if search_trials is not None:
        settings["search_trials"] = search_trials
    if search_minutes is not None:
        settings |= {"search_minutes": search_minutes, "search_trials": search_trials or MOST_TRIALS}
    if tracker is not None:
        settings["tracker"] = tracker
    refuse_missing(str(settings.get("tracker", "none")), bool(settings.get("tracker_online", False)))
    if cluster:
        require_ray()
        settings["cluster"] = cluster
    run_dir = project.folder / "runs" / run_id
    launch.prepare(
        run_dir,
        TrainingConfig(
            run_id=run_id, model=str(folder.path), prompt=plan.prompt, settings=settings, task=goal.task,
            metric=metrics_of(goal)[0], labels=labels(goal, train_rows), data_version=dataset.version,
            signed=project.fingerprint("signoff"),
        ),
        train_rows,
        data.examples(project, split.validation),
    )
    Index(home).add_run(run_id, project.id)
    write_text(project.folder / "current-run", run_id)
    launch.start(run_dir, home)
    return run_id


def token_preview(project: Project, home: Path, count: int = 4) -> TokenPreview:
    """What the planned training reads and learns, token by token, of `count` training rows. Loads no weights."""
    from backend.training.preview import preview

    plan = project.need(Plan, "Make the plan first (step 4).")
    split = project.need(Split, "Add data first (step 2).")
    rows = data.examples(project, split.train)
    return preview(plan.model, home, plan.prompt, rows, int(plan.value("max_length")), count)


def run_state(project: Project) -> RunState | None:
    """The newest run and how it is: a dead worker that said nothing is failed, never running.

    Whoever looks wakes the runs of the home that wait in the line and lost their process, with the machine say.
    """
    launch.wake(project.home)
    folder = _current(project)
    if folder is None:
        return None
    alive = launch.alive(folder)
    events, _ = read(folder / "events.jsonl")
    last = events[-1] if events else None
    if alive:
        state: State = "queued" if isinstance(last, Waiting) else "running"
    elif isinstance(last, Done):
        state = "stopped" if last.why == "stopped" else "done"
    else:
        state = "failed"
        if not isinstance(last, Failed):
            events = list(follow_events(folder / "events.jsonl", lambda: False))
    return RunState(folder.name, folder, state, tuple(events))


def resume(project: Project) -> str:
    """Go on from the newest whole checkpoint. Raises Blocked when what was signed has changed since."""
    folder = _need_run(project)
    require(project, "train")
    launch.start(folder, project.home)
    return folder.name


def stop(project: Project, save: bool = True) -> None:
    """Ask the worker to stop after this step and save, or at once, back to its last checkpoint. Harmless when ended.

    A run that waits is taken out of the line.
    """
    launch.stop(_need_run(project), save, project.home)


def follow(project: Project) -> Iterator[AnyEvent]:
    """Replay and tail the newest run until it ends."""
    launch.wake(project.home)
    folder = _need_run(project)
    return follow_events(folder / "events.jsonl", lambda: launch.alive(folder))


def finish_run(project: Project) -> Run:
    """Take the result of the ended run into the project, once."""
    now = run_state(project)
    if now is None or now.going:
        raise InputError("The training has not ended yet.", do="Wait for it with `tunewise follow`.")
    if now.state == "failed":
        failed = now.events[-1]
        assert isinstance(failed, Failed)
        raise InputError(failed.what, where=failed.log, do=failed.do or "Start it again with `tunewise resume`.")
    known = project.fresh(Run)
    if known is not None and known.run_id == now.run_id:
        return known
    result = launch.result(now.folder)
    if result.signed != project.fingerprint("signoff"):
        raise Blocked("train", (_changed(),), ())
    with project.changing():
        run = project.save(
            Run(
                run_id=now.run_id,
                folder=f"runs/{now.run_id}",
                adapter=f"runs/{now.run_id}/adapter",
                adapter_sha256=model_sha256(now.folder / "adapter"),
                settings=result.settings,
                versions=result.versions,
                hardware=result.hardware,
                seconds=result.seconds,
                facts=result.facts,
                search=result.search,
            )
        )
    write_card(project)
    return run


def take_in(project: Project) -> None:
    """Take in a run that has ended while nobody followed it; what was not signed, or failed, is left alone."""
    launch.wake(project.home)
    folder, known = _current(project), project.get(Run)
    if folder is None or (known is not None and known.run_id == folder.name) or not has_result(folder):
        return
    # Stopped, resumed and killed: the result is that of the stop, and the run is to be resumed, not taken in.
    ended = launch.status(folder) in ("done", "stopped")
    if ended and launch.result(folder).signed == project.fingerprint("signoff"):
        finish_run(project)


def has_result(folder: Path) -> bool:
    """Whether a run has left an adapter to use; one that was stopped at once has not."""
    return (folder / "result.json").exists()


def _changed() -> Finding:
    from rules.expertise.signoff_outdated import RULE

    return Finding(
        RULE.id, RULE.family, RULE.step, RULE.gate, "block", False, "The run was started under an earlier signature.",
        RULE.why, RULE.fix, None, None, "", (),
    )


def _current(project: Project) -> Path | None:
    pointer = project.folder / "current-run"
    return project.folder / "runs" / pointer.read_text(encoding="utf-8") if pointer.exists() else None


def _need_run(project: Project) -> Path:
    folder = _current(project)
    if folder is None:
        raise InputError("There is no training run yet.", where=project.name, do="Start one with `tunewise train`.")
    return folder
