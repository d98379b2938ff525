"""Everything the report is made from; None is a step that is not done or out of date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from backend.decisions import Vote, Waiver
from backend.domain import (
    Audit,
    Dataset,
    Deployment,
    Estimate,
    Evaluation,
    Goal,
    LatencyRecord,
    Plan,
    PromptTrials,
    Run,
    SignOff,
    Split,
)
from backend.events import AnyEvent
from rules.facts import CurveFacts, ReadingFacts, ReviewFacts
from rules.judge import Verdict


@dataclass(frozen=True)
class ReportInput:
    """`waivers` are those in force. `stand_ins` says what the demo did instead of a person, in a few words each.

    `recalibrated` holds the latency estimates as the test corrected them; `policy` the thresholds the project
    changed, `{rule id: {threshold name: value}}`.
    """

    name: str
    goal: Goal | None = None
    dataset: Dataset | None = None
    split: Split | None = None
    audit: Audit | None = None
    curve: CurveFacts | None = None
    trials: PromptTrials | None = None
    plan: Plan | None = None
    review: ReviewFacts | None = None
    signoff: SignOff | None = None
    run: Run | None = None
    events: tuple[AnyEvent, ...] = ()
    evaluation: Evaluation | None = None
    reading: ReadingFacts | None = None
    votes: tuple[Vote, ...] = ()
    deployment: Deployment | None = None
    latency: LatencyRecord | None = None
    recalibrated: tuple[Estimate, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    policy: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    journal_head: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    stand_ins: tuple[str, ...] = ()

    @property
    def metric(self) -> str:
        """The primary metric: that of the primary comparison, else the goal's; empty when neither is there."""
        primary = [c.metric for c in self.evaluation.comparisons if c.primary] if self.evaluation else []
        return primary[0] if primary else (self.goal.metric or "") if self.goal else ""

    @property
    def waived(self) -> dict[str, Waiver]:
        """Rule id to the waiver in force."""
        return {waiver.rule: waiver for waiver in self.waivers}
