"""Data: which file, which version, how it was split; the hashes by which anyone can check."""

from __future__ import annotations

from backend.report.charts import curves
from backend.report.given import ReportInput
from backend.report.page import Chart, Section, duration


def section(given: ReportInput) -> Section | None:
    """The version, its split and the learning curve; what the audit found stands under Gates."""
    dataset, split, audit = given.dataset, given.split, given.audit
    if dataset is None:
        return None
    facts = [
        ("File", f"{dataset.source_name} ({dataset.format}, {dataset.source_rows:,} rows)"),
        ("SHA-256 of the file", dataset.source_sha256),
        ("Version", f"{dataset.version}, {dataset.changes:,} changes from the file"),
        ("SHA-256 of this version", dataset.content_sha256),
    ]
    if dataset.test_source_sha256:
        facts.append(("SHA-256 of the test file", dataset.test_source_sha256))
    if audit:
        usable = f"{audit.facts.usable_rows:,} of {audit.facts.rows:,}"
        facts.append(("Usable rows", f"{usable}; audited in {duration(audit.seconds)}"))
    if split:
        train, validation, test = (f"{len(rows):,}" for rows in (split.train, split.validation, split.test))
        facts += [
            ("Split", f"{train} to train, {validation} to choose (validation), {test} to test; seed {split.seed}"),
            ("SHA-256 of the sealed test rows", split.sealed),
        ]
    return Section("data", "Data", facts=tuple(facts), charts=_learning_curve(given))


def _learning_curve(given: ReportInput) -> tuple[Chart, ...]:
    curve = given.audit.curve if given.audit else None
    if curve is None or not curve.points:
        return ()
    said = {True: "flat, more rows add little", False: "still rising", None: "can't tell"}[curve.flat]
    return (curves(f"Would more rows help? ({said})", ((f"score of {curve.learner}", curve.points),), "row"),)
