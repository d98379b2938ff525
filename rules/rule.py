"""What a rule is: a header that documents and registers it, and a pure function from facts to findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from rules.facts import Facts

Severity = Literal["block", "warn", "note"]
Family = Literal["quality", "prompt", "size", "iteration", "expertise", "fairness"]

BELIEFS: dict[Family, str] = {
    "quality": "More data is always better.",
    "prompt": "Tuning will repair a vague prompt or a weak base model.",
    "size": "The largest model is the safe choice.",
    "iteration": "One run and done.",
    "expertise": "Nobody from the domain is needed.",
    "fairness": "A tuned model is as fair as its data.",
}
"""What people believe who run into the problems of a family; its rules test that belief."""

STEPS = ("goal", "data", "prompt", "plan", "signoff", "train", "evaluate", "play", "serve", "report")
"""The ids of the ten steps, in order. A step may start when nothing blocks any step before it."""


@dataclass(frozen=True)
class Hit:
    """What a rule's function yields: one thing it saw. Everything else of a finding comes from the header.

    `message` is a plain sentence with the numbers in it. `measured` is the number that decided, `threshold` the limit
    in force that it crossed, both in `unit` (rows, share of answers, ratio …); None where nothing was measured.
    `rows` are 0-based positions of all affected records in the file's order. `severity`, `waivable`, `gate` and `fix`
    override the header's for this hit.
    """

    message: str
    measured: float | None = None
    threshold: float | None = None
    unit: str = ""
    rows: tuple[int, ...] = ()
    severity: Severity | None = None
    waivable: bool | None = None
    gate: str | None = None
    fix: str | None = None


@dataclass(frozen=True)
class Finding:
    """One judged problem, complete: what, how much, where, why it matters and what to do."""

    rule: str
    family: Family
    step: str
    gate: str
    severity: Severity
    waivable: bool
    message: str
    why: str
    fix: str
    measured: float | None
    threshold: float | None
    unit: str
    rows: tuple[int, ...]


@dataclass(frozen=True)
class Threshold:
    """A named constant of a rule, with its source. A project's policy may replace `value`."""

    value: float
    unit: str
    source: str


@dataclass(frozen=True)
class Limits:
    """The thresholds in force for one judging: the rule's own, replaced where the policy says so."""

    values: Mapping[str, float]

    def __getattr__(self, name: str) -> float:
        try:
            return self.values[name]
        except KeyError:
            raise AttributeError(name) from None


def _unjudged(facts: Facts, limits: Limits) -> Iterator[Hit]:
    """In place of the judging function that was never attached: a rule that judges nothing must not pass."""
    raise NotImplementedError("no judging function: write @RULE above it")


@dataclass(frozen=True)
class Rule:
    """The header of a rule. `needs` are dotted paths into `Facts`: while one is None the rule is not asked.

    `step` is where the finding is shown. A blocking finding stops the step `gate` and all after it;
    by default that is the step after `step`. Where the severity depends on the numbers, `severity` is the
    mildest and `levels` says in words when it gets worse. `problem`, `why` and `fix` are for a person who
    knows no jargon.
    `fires_on` and `quiet_on` are the two cases every rule is tested with.
    """

    id: str
    family: Family
    step: str
    severity: Severity
    problem: str
    why: str
    fix: str
    needs: tuple[str, ...]
    fires_on: Facts
    quiet_on: Facts
    thresholds: Mapping[str, Threshold] = field(default_factory=dict)
    waivable: bool = False
    gate: str = ""
    levels: str = ""
    check: Callable[[Facts, Limits], Iterator[Hit]] = field(default=_unjudged, repr=False)

    def __post_init__(self) -> None:
        if self.step not in STEPS or (self.gate and self.gate not in STEPS):
            raise ValueError(f"rule {self.id}: step {self.step!r} or gate {self.gate!r} is not one of {STEPS}")
        if not self.gate:
            after = min(STEPS.index(self.step) + 1, len(STEPS) - 1)
            object.__setattr__(self, "gate", STEPS[after])

    def __call__(self, check: Callable[[Facts, Limits], Iterator[Hit]]) -> Rule:
        """Attach the judging function: written as a decorator under the header.

        The name of the function then stands for the rule, so that `check` in a rule's file is its `RULE`.
        """
        object.__setattr__(self, "check", check)
        return self

    @property
    def belief(self) -> str:
        """What people believe who run into this."""
        return BELIEFS[self.family]

    def limits(self, policy: Mapping[str, Mapping[str, float]]) -> Limits:
        """The thresholds in force under a project's policy, `{rule id: {threshold name: value}}`."""
        own = {name: threshold.value for name, threshold in self.thresholds.items()}
        return Limits({**own, **policy.get(self.id, {})})

    def missing(self, facts: Facts) -> tuple[str, ...]:
        """The needed facts that have not been measured yet."""
        return tuple(path for path in self.needs if facts.at(path) is None)

    def findings(self, facts: Facts, policy: Mapping[str, Mapping[str, float]]) -> tuple[Finding, ...]:
        """Judge. Only call when nothing is `missing`."""
        return tuple(self._finding(hit) for hit in self.check(facts, self.limits(policy)))

    def _finding(self, hit: Hit) -> Finding:
        severity = hit.severity or self.severity
        waivable = self.waivable if hit.waivable is None else hit.waivable
        return Finding(
            rule=self.id,
            family=self.family,
            step=self.step,
            gate=hit.gate or self.gate,
            severity=severity,
            waivable=waivable and severity == "block",  # only what blocks can be waived
            message=hit.message,
            why=self.why,
            fix=hit.fix or self.fix,
            measured=hit.measured,
            threshold=hit.threshold,
            unit=hit.unit,
            rows=hit.rows,
        )
