"""Data: which file, which version, how it was split; the hashes by which anyone can check."""

from __future__ import annotations

from backend.report.charts import curves
from backend.report.given import ReportInput
from backend.report.page import Chart, Section, duration
from rules.facts import CurveFacts


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
    if given.curve and given.curve.points:
        facts.append(("Would more rows help?", _says(given.curve)))
    return Section("data", "Data", facts=tuple(facts), charts=_learning_curve(given.curve))


def _learning_curve(curve: CurveFacts | None) -> tuple[Chart, ...]:
    if curve is None or not curve.points:
        return ()
    what = "loss" if curve.measure == "loss" else "score"
    return (curves("Would more rows help?", ((f"{what} of {curve.learner}", curve.points),), "row"),)


def _says(curve: CurveFacts) -> str:
    all_said = {True: "Hardly: the curve is flat", False: "Yes: it still rises", None: "It can't be told"}
    said = all_said[curve.flat]
    how = "with the model itself" if curve.measured else "with a simple learner in the model's place"
    if curve.gain_of_doubling is None:
        return f"{said} (measured {how})."
    low, high = (f"{gain:+.3f}" for gain in curve.gain_of_doubling)
    what = "the loss by" if curve.measure == "loss" else f"{curve.measure} by"
    return f"{said} (measured {how}: twice as many rows would better {what} {low} to {high})."
