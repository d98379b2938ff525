"""Serving: which endpoint, whether it answers like the trained model, and how fast."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backend.report.given import ReportInput
from backend.report.page import Section, Table, milliseconds
from rules.wording import percent


def section(given: ReportInput) -> Section | None:
    """Latency numbers as the client saw them, a row for each number of users."""
    deployment, latency = given.deployment, given.latency
    if deployment is None and latency is None:
        return None
    facts = []
    if deployment:
        parity = deployment.facts
        facts += [
            ("Endpoint", f"{deployment.endpoint} ({deployment.engine})"),
            ("Models", f"base {deployment.base_model}, tuned {deployment.tuned_model}"),
            ("Same as the trained model",
             f"{parity.prompts} prompts: {parity.token_mismatches} differ in tokens, "
             f"{parity.output_mismatches} in the answer"),
        ]
    if latency is None:
        return Section("serving", "Serving and latency", facts=tuple(facts))
    facts.append(("Latency test", f"{latency.report['verdict']}: {latency.report['because']}"))
    table = Table(
        "Latency by number of users at once",
        ("Users", "Requests (failed)", "First words, p50 / p95", "Each further piece, p50 / p95",
         "Whole answer, p50 / p95", "Within target"),
        tuple(_level(level) for level in levels(latency.report)),
    )
    return Section("serving", "Serving and latency", facts=tuple(facts), tables=(table,))


def levels(report: Mapping[str, object]) -> list[Mapping[str, Any]]:
    """The measured levels of a latency report, fewest users first."""
    found = report["levels"]
    assert isinstance(found, list)
    return found


def pair(times: Mapping[str, float | None]) -> str:
    """Median and 95th percentile."""
    return f"{milliseconds(times.get('p50'))} / {milliseconds(times.get('p95'))}"


def _level(level: Mapping[str, Any]) -> tuple[str, ...]:
    within = level["within_target"]
    kept = "no target" if within is None else (
        f"{within['good']} of {within['of']} (95 % interval {percent(within['low'])} to {percent(within['high'])})"
    )
    return (
        str(level["users"]),
        f"{level['requests']} ({level['failed']})",
        *(pair(level[name]) for name in ("ttft_ms", "tpot_ms", "e2e_ms")),
        kept,
    )
