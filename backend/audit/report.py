"""What an audit reports: the objects of the JSON contract, and how many rows each finding is the worst of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Literal, Protocol

from backend.audit.columns import row_numbers
from backend.audit.hide import hide
from backend.audit.not_checked import not_checked
from backend.audit.shown import ShownRow, shown_rows
from backend.domain import Example
from backend.record import Frozen
from rules.facts import CurveFacts, DataFacts
from rules.judge import Verdict
from rules.rule import Finding, Severity

WORST_FIRST: tuple[Severity, ...] = ("block", "warn", "note")
"""The order in which findings are told."""


class DataReport(Frozen):
    """The file that was audited. `flawed_rows` are the distinct rows named by any finding."""

    path: str
    sha256: str
    rows: int
    usable_rows: int
    flawed_rows: int = 0


class FindingReport(Frozen):
    """One finding. `rows` are 0-based positions of records in the file's order, all of them.

    Those of `leaked-rows` are positions in the test file. `counted_rows` are the rows whose worst finding this is, so
    that summed over all findings they make `flawed_rows`. `examples` are up to five rows, private stretches hidden.
    """

    rule: str
    severity: Literal["block", "warn", "note"]
    message: str
    why: str
    fix: str
    measured: int | float | None
    threshold: int | float | None
    unit: str
    rows: tuple[int, ...]
    counted_rows: int = 0
    examples: tuple[ShownRow, ...] = ()


class Sampled(Frozen):
    """A measurement that looked at `looked_at` of `of` rows, drawn at random with a fixed seed.

    What none of them shows is in fewer than `bound` (0–1) of all rows, at 95 % confidence: the rule of three.
    """

    measurement: str
    looked_at: int
    of: int
    bound: float


class AuditReport(Frozen):
    """The result of `tunewise audit --json`: `model_dump(mode="json")` is the contract."""

    tunewise: str
    verdict: Literal["pass", "warn", "block"]
    data: DataReport
    findings: tuple[FindingReport, ...]
    not_asked: tuple[str, ...]
    seconds: float
    not_checked: tuple[str, ...] = ()
    task: str = ""
    sampled: tuple[Sampled, ...] = ()
    curve: CurveFacts | None = None


class Named(Protocol):
    """A finding, as judged or as reported."""

    @property
    def rule(self) -> str: ...
    @property
    def severity(self) -> Severity: ...
    @property
    def rows(self) -> tuple[int, ...]: ...


def counted_once(findings: Sequence[Named]) -> tuple[dict[str, int], int]:
    """(rule → rows whose worst finding it is, distinct rows): one bad row is not counted five times.

    The worst is what blocks before what warns; of equals the one with fewer rows, since it says more about a row.
    """
    ordered = sorted(findings, key=lambda found: (WORST_FIRST.index(found.severity), len(found.rows)))
    seen: set[int] = set()
    counts: dict[str, int] = {}
    for found in ordered:
        new = set(found.rows) - seen
        counts[found.rule] = counts.get(found.rule, 0) + len(new)
        seen |= new
    return counts, len(seen)


def report_of(
    path: str,
    sha256: str,
    task: str,
    data: DataFacts,
    verdicts: Sequence[Verdict],
    examples: Sequence[Example],
    test: Sequence[Example] | None,
    seconds: float,
    curve: CurveFacts | None = None,
) -> AuditReport:
    """The report on a file. `test` are the rows of the person's own test file, which `leaked-rows` is about then."""
    findings: list[Finding] = [found for v in verdicts if v.rule.step == "data" for found in v.findings]
    severities = {found.severity for found in findings}
    in_file = [found for found in findings if found.rule != "leaked-rows" or test is None]
    counts, flawed = counted_once(in_file)
    by_row = dict(zip(row_numbers(examples), examples, strict=True))
    test_by_row = {example.row: example for example in test or ()}

    def rows_of(found: Finding) -> tuple[ShownRow, ...]:
        elsewhere = found.rule == "leaked-rows" and test is not None
        known: Mapping[int, Example] = test_by_row if elsewhere else by_row
        return shown_rows(found.rule, found.rows, known, data)

    return AuditReport(
        tunewise=version("tunewise"),
        verdict="block" if "block" in severities else "warn" if "warn" in severities else "pass",
        data=DataReport(
            path=path, sha256=sha256, rows=data.rows, usable_rows=data.usable_rows, flawed_rows=flawed
        ),
        findings=tuple(
            FindingReport(
                rule=found.rule, severity=found.severity, message=hide(found.message), why=found.why, fix=found.fix,
                measured=found.measured, threshold=found.threshold, unit=found.unit, rows=found.rows,
                counted_rows=counts.get(found.rule, 0) if found in in_file else 0, examples=rows_of(found),
            )
            for found in findings
        ),
        not_asked=tuple(verdict.rule.id for verdict in verdicts if verdict.state == "not asked"),
        seconds=round(seconds, 2),
        not_checked=not_checked(data, verdicts),
        task=task,
        sampled=tuple(
            Sampled(measurement=name, looked_at=looked_at, of=data.rows, bound=min(1.0, 3 / max(1, looked_at)))
            for name, looked_at in data.sampled
        ),
        curve=curve,
    )  # fmt: skip
