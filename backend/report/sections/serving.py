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
            ("Models", f"base {deployment.base_model or 'not served'}, tuned {deployment.tuned_model}"),
            ("Same as the trained model",
             f"{parity.prompts} prompts: {parity.token_mismatches} differ in tokens, "
             f"{parity.output_mismatches} in the answer, {parity.near_ties} only by rounding"),
            *((f"Same {check.name}", f"{'yes' if check.holds else 'no'}: {check.said}") for check in deployment.checks),
            *((f"Served with {one.name} {one.value}", one.reason) for one in deployment.settings),
        ]
    if latency is None:
        return Section("serving", "Serving and latency", facts=tuple(facts))
    facts.append(("Latency test", f"{latency.report['verdict']}: {latency.report['because']}"))
    facts += _further(latency.report)
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


def judged(report: Mapping[str, object]) -> Mapping[str, Any]:
    """The level the verdict is about. Raises IndexError for a report without levels."""
    found = levels(report)
    return next((one for one in found if one["users"] == report.get("judged_users")), found[-1])


def _further(report: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What else the test found, where it found it."""
    cause = report.get("cause") or {}
    told = {
        "Cut short": report.get("cut_short") or ("yes, by a person" if report.get("stopped") else ""),
        "Shown to hold for": f"{report['holds_users']} users at once" if report.get("holds_users") else "",
        "The knee": f"{report['knee_users']} users at once; more mostly wait" if report.get("knee_users") else "",
        "Where the time goes": f"{cause['kind']} ({cause['source']}): {cause['because']}" if cause else "",
        "What to try": " ".join(cause.get("advice", ())),
        "Compared in turns": " ".join(one["because"] for one in report.get("comparison", ())),
        "Notes": " ".join(report.get("notes", ())),
    }
    return [(what, text) for what, text in told.items() if text]


def pair(times: Mapping[str, float | None]) -> str:
    """Median and 95th percentile."""
    return f"{milliseconds(times.get('p50'))} / {milliseconds(times.get('p95'))}"


def _level(level: Mapping[str, Any]) -> tuple[str, ...]:
    within = level["within_target"]
    kept = "no target" if within is None else (
        f"{within['good']} of {within['of']} (95% interval {percent(within['low'])} to {percent(within['high'])})"
    )
    load = f"{level['rate_rps']:.3g} arrivals a second" if level.get("rate_rps") else str(level["users"])
    compared = f" ({level['model']}, in turns)" if level.get("role") == "compared" else ""
    return (
        load + compared,
        f"{level['requests']} ({level['failed']})",
        *(pair(level[name]) for name in ("ttft_ms", "tpot_ms", "e2e_ms")),
        kept,
    )
