"""The one service layer: a method for everything a person can do to a project. CLI, app and Python all call it.

>>> Workbench.new("reviews", home).set_goal(Goal(task="classify", sentence="Tell positive reviews from others."))
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from backend import flow
from backend.decisions import Judgement, Reading, Waiver
from backend.domain import (
    Arm,
    Dataset,
    Deployment,
    Evaluation,
    Example,
    Goal,
    LatencyRecord,
    Mapping,
    Plan,
    Prompt,
    PromptTrials,
    Report,
    ReviewPlan,
    Run,
    SignOff,
)
from backend.events import AnyEvent
from backend.flow import Standing
from backend.index import Index, default_home
from backend.project import Project, R

if TYPE_CHECKING:
    from backend.audit.report import AuditReport
    from backend.audit.shown import ShownRow
    from backend.data.clean import Change
    from backend.data.load import Table
    from backend.latency.wanted import Cancel, LatencyTest, OnProgress
    from backend.steps.play import Playground
    from backend.steps.serve import ProjectServer
    from backend.steps.train import RunState
    from rules.rule import Finding

Tell = Callable[[str, float], None]
"""Called with what is being done, in words, and the fraction done 0–1, whenever there is news."""


def silent(words: str, done: float) -> None:
    """The default `Tell`: says nothing."""


class Workbench:
    """One project and everything that can be done to it. Nothing is written when a method raises.

    Every method that a rule can refuse raises `backend.errors.Blocked` with the findings; what the person can
    mend raises `InputError`.
    """

    def __init__(self, project: Project, home: Path) -> None:
        self.project = project
        self.home = home

    @classmethod
    def new(cls, name: str, home: Path | None = None) -> Workbench:
        """Make a project under `home` (default: `TUNEWISE_HOME` or ~/.tunewise)."""
        home = home or default_home()
        project = Project.create(home, name)
        Index(home).add_project(project.id, project.name)
        return cls(project, home)

    @classmethod
    def open(cls, name: str, home: Path | None = None) -> Workbench:
        """Open a project by its id or its name. Raises InputError when there is none."""
        home = home or default_home()
        return cls(Project.open(home, name), home)

    @staticmethod
    def list(home: Path | None = None) -> tuple[tuple[str, str, str], ...]:
        """(id, name, when it was made) of every project in a home, newest first."""
        return tuple(Index(home or default_home()).projects())

    def fresh(self, record: type[R]) -> R | None:
        """The current record of a type, such as `Plan`; None while it is missing or out of date."""
        return self.project.fresh(record)

    # --- where it stands -------------------------------------------------------------------------------------
    def standing(self) -> Standing:
        """The facts, every rule's verdict, the waivers in force and the state of the ten steps."""
        from backend.steps import curve, train

        train.take_in(self.project)
        curve.take_in(self.project)
        return flow.standing(self.project)

    def require(self, step: str) -> Standing:
        """Raise Blocked unless `step` may start now."""
        return flow.require(self.project, step)

    def waive(self, rule: str, by: str, why: str, stand_in: bool = False) -> Waiver:
        """Set a waivable block aside: by the named expert, in writing, for the records as they are now."""
        return flow.waive(self.project, rule, by, why, stand_in)

    # --- 1 goal ----------------------------------------------------------------------------------------------
    def set_goal(self, goal: Goal) -> Goal:
        """Save the goal. What depended on an earlier one becomes out of date by itself."""
        from backend.steps import goal as step

        return step.set_goal(self.project, goal)

    # --- 2 data ----------------------------------------------------------------------------------------------
    def preview(self, path: Path) -> tuple[Table, Mapping]:
        """The table as read and the guessed meaning of its columns; nothing is stored."""
        from backend.steps import data as step

        return step.preview(path)

    def add_data(
        self, path: Path, mapping: Mapping | None = None, test: Path | None = None, tell: Tell = silent
    ) -> Dataset:
        """Read, store as the next version, audit and split. `test` is the person's own held-out file."""
        from backend.steps import data as step

        return step.add_data(self.project, path, mapping, test, tell)

    def proposed_fixes(self, rules: Sequence[str] | None = None) -> tuple[Change, ...]:
        """Every change a clean copy would make, in order: by these rules, or by all that need no person's judgement."""
        from backend.steps import data as step

        return step.proposed_fixes(self.project, rules)

    def offered_fixes(self) -> tuple[Change, ...]:
        """The same, and after it what each rule that needs a person's judgement would do alone; nothing is applied."""
        from backend.steps import data as step

        return step.offered_fixes(self.project)

    def apply_fixes(self, rules: Sequence[str] | None = None, tell: Tell = silent) -> Dataset:
        """Make the next version of the data with the proposed changes (of these rules, or all), audited anew."""
        from backend.steps import data as step

        return step.apply_fixes(self.project, rules, tell)

    def undo_data(self, tell: Tell = silent) -> Dataset:
        """Go back to the version of the data before this one."""
        from backend.steps import data as step

        return step.undo_data(self.project, tell)

    def examples(self, rows: Sequence[int] | None = None) -> tuple[Example, ...]:
        """The examples of the current data, all or these rows (unknown row numbers are left out)."""
        from backend.steps import data as step

        return step.examples(self.project, rows)

    def shown(self, findings: Sequence[Finding]) -> dict[str, tuple[ShownRow, ...]]:
        """Rule → up to five rows of its finding as they may be shown, the stretch it is about marked."""
        from backend.steps import data as step

        return step.shown(self.project, findings)

    def audit_report(self) -> AuditReport:
        """The audit of the current data in the form `tunewise audit` reports on a file."""
        from backend.steps import data as step

        return step.audit_report(self.project, self.standing().verdicts)

    # --- 3 prompt first --------------------------------------------------------------------------------------
    def suggested_prompts(self) -> tuple[Prompt, ...]:
        """Bare, improved, few-shot and label-constrained prompts drafted from the goal and the training rows."""
        from backend.steps import prompt as step

        return step.suggested_prompts(self.project)

    def try_prompts(
        self, model: str, prompts: Sequence[Prompt] | None = None, rows: int = 150, tell: Tell = silent
    ) -> PromptTrials:
        """Measure every prompt with the base model on up to `rows` validation rows, beside a trivial baseline."""
        from backend.steps import prompt as step

        return step.try_prompts(self.project, self.home, model, prompts, rows, tell)

    # --- 4 right size ----------------------------------------------------------------------------------------
    def make_plan(
        self, settings: dict[str, float | int | str | bool] | None = None, prompt: str | None = None,
        rivals: Sequence[str] = (), tell: Tell = silent,
    ) -> Plan:
        """Derive every training setting with its reason, and estimate memory, time and latency.

        `settings` overrides by name; `prompt` is the arm to train with, else the best; `rivals` are models to compare.
        """
        from backend.steps import plan as step

        return step.make_plan(self.project, self.home, settings or {}, prompt, rivals, tell)

    # --- 5 expert --------------------------------------------------------------------------------------------
    def start_review(self, seed: int = 42) -> ReviewPlan:
        """Draw the stratified random sample the expert judges; the same one while data and split stay."""
        from backend.steps import signoff as step

        return step.start_review(self.project, seed)

    def review(self, judgement: Judgement) -> None:
        """Write one judgement of one sampled row to the journal."""
        from backend.steps import signoff as step

        step.review(self.project, judgement)

    def judgements(self) -> tuple[Judgement, ...]:
        """Each reviewer's last judgement of each sampled row."""
        from backend.facts import judgements

        return judgements(self.project)

    def apply_review(self, tell: Tell = silent) -> Dataset:
        """Make a version of the data with the reviewers' corrected answers and without their rejected rows."""
        from backend.steps import signoff as step

        return step.apply_review(self.project, tell)

    def sign(self, signer: str, statement: str, acknowledged: Sequence[str] = (), stand_in: bool = False) -> SignOff:
        """The named expert signs exactly this data and plan, acknowledging the open warnings by rule id."""
        from backend.steps import signoff as step

        return step.sign(self.project, signer, statement, acknowledged, stand_in)

    # --- 6 train ---------------------------------------------------------------------------------------------
    def train(
        self, search_trials: int | None = None, search_minutes: float | None = None, tracker: str | None = None,
        cluster: str | None = None,
    ) -> str:  # fmt: skip
        """Start training in a detached process; the run's id. What is given here overrides the plan's."""
        from backend.steps import train as step

        return step.train(self.project, self.home, search_trials, search_minutes, tracker, cluster)

    def resume(self) -> str:
        """Go on with the newest run from its last complete checkpoint."""
        from backend.steps import train as step

        return step.resume(self.project)

    def stop(self, save: bool = True) -> None:
        """Ask the running worker to stop after this step and save; without `save` at once, back to a checkpoint."""
        from backend.steps import train as step

        step.stop(self.project, save)

    def run_state(self) -> RunState | None:
        """The newest run's id, state (queued, running, done, failed, stopped), events so far; None before the first."""
        from backend.steps import train as step

        return step.run_state(self.project)

    def follow(self) -> Iterator[AnyEvent]:
        """Replay and tail the newest run's events until it ends; a silent death ends it as failed."""
        from backend.steps import train as step

        return step.follow(self.project)

    def finish_run(self) -> Run:
        """Take the ended run's result into the project. Called by whoever sees the run end; twice is harmless."""
        from backend.steps import train as step

        return step.finish_run(self.project)

    # --- 7 evaluate ------------------------------------------------------------------------------------------
    def evaluate(self, rows: int | None = None, tell: Tell = silent) -> Evaluation:
        """Open the sealed test rows (counted) and score base bare, base with best prompt, and tuned."""
        from backend.steps import evaluate as step

        return step.evaluate(self.project, self.home, rows, tell)

    def outputs_to_read(self, count: int = 30) -> tuple[tuple[Example, str], ...]:
        """Test rows and the tuned model's answers for a person to read: seeded, errors first half."""
        from backend.steps import evaluate as step

        return step.outputs_to_read(self.project, count)

    def read_output(self, reading: Reading) -> None:
        """Write one reading of one output to the journal."""
        from backend.steps import evaluate as step

        step.read_output(self.project, reading)

    def explain_errors(self, group: str, note: str, by: str, stand_in: bool = False) -> None:
        """Write the expert's explanation of one error group to the journal."""
        from backend.steps import evaluate as step

        step.explain_errors(self.project, group, note, by, stand_in)

    # --- 8 playground ----------------------------------------------------------------------------------------
    @property
    def playground(self) -> Playground:
        """Ask base and tuned side by side, vote, look back, export what people preferred."""
        from backend.steps.play import Playground

        return Playground(self.project, self.home)

    # --- 9 serve ---------------------------------------------------------------------------------------------
    def serve(
        self, tell: Tell = silent, merged: bool = False, port: int | None = None, stay: float | None = 0.0
    ) -> Deployment:
        """Start vLLM on loopback, check parity with the trainer, and record it as deployed.

        Base and tuned from one server, or `merged`: tuned alone, as one model. The server lives as long as this
        process and `stay` seconds longer; None: until `stop_server`. More: `backend.steps.serve`.
        """
        from backend.steps import serve as step

        return step.serve(self.project, self.home, tell, merged, port, stay)

    @property
    def server(self) -> ProjectServer:
        """Explain how it would be set up, look at its phase, wait for its end, keep it or let it go."""
        from backend.steps.serve import ProjectServer

        return ProjectServer(self.project, self.home)

    def server_state(self) -> str:
        """In words: not started, loading, ready at which address, or ended."""
        from backend.steps import serve as step

        return step.server_state(self.project)

    def stop_server(self) -> None:
        """Stop the server and everything it started; harmless when it is not running."""
        from backend.steps import serve as step

        step.stop_server(self.project)

    def test_latency(
        self, asked: LatencyTest | None = None, on_progress: OnProgress | None = None, cancel: Cancel | None = None
    ) -> LatencyRecord:
        """Load-test the endpoint with the project's own inputs; backend/latency/wanted.py says what one can ask."""
        from backend.steps import latency as step

        return step.test_latency(self.project, self.home, asked, on_progress, cancel)

    # --- 10 report -------------------------------------------------------------------------------------------
    def report(self) -> Report:
        """Write report.html, report.md and the model card as things stand now; never refused."""
        from backend.steps import report as step

        return step.write_report(self.project)


__all__ = ["Arm", "Standing", "Tell", "Workbench", "silent"]
