"""Plan: the model, every setting with its reason, and what was estimated beforehand."""

from __future__ import annotations

from backend.domain import Estimate, Setting
from backend.report.given import ReportInput
from backend.report.page import Section, Table, number


def section(given: ReportInput) -> Section | None:
    """Estimates are called estimates; measurements stand under Training and Serving."""
    plan = given.plan
    if plan is None:
        return None
    return Section(
        id="plan",
        title="Plan",
        facts=(
            ("Base model", f"{plan.model}, {plan.model_facts.billions:g} billion parameters"),
            ("SHA-256 of the base model", plan.model_sha256),
            ("Licence", plan.model_facts.licence or "not stated"),
            ("Prompt", plan.prompt.name),
            *((("System prompt", plan.prompt.system),) if plan.prompt.system else ()),
            ("User prompt", plan.prompt.user),
            ("Solved examples in the prompt", str(len(plan.prompt.shots))),
        ),
        tables=tuple(
            table
            for table in (
                Table("Settings", ("Setting", "Value", "Why"), tuple(_setting(setting) for setting in plan.settings)),
                Table(
                    "Estimates made before training", ("What", "Low", "Typical", "High", "Formula"),
                    tuple(_estimate(estimate) for estimate in plan.estimates),
                ),
                Table(
                    "Latency estimates, corrected after the latency test",
                    ("What", "Low", "Typical", "High", "Formula"),
                    tuple(_estimate(estimate) for estimate in given.recalibrated),
                ),
                Table(
                    "Other models considered", ("Model", "Billion parameters", "Licence", "Bits per byte", "Fits"),
                    tuple(
                        (c.name, number(c.billions), c.licence or "–", number(c.bits_per_byte), number(c.fits))
                        for c in plan.candidates
                    ),
                ),
            )
            if table.rows
        ),
    )


def _setting(setting: Setting) -> tuple[str, ...]:
    source = f" ({setting.source})" if setting.source else ""
    return setting.name, number(setting.value), setting.reason + source


def _estimate(estimate: Estimate) -> tuple[str, ...]:
    ends = (f"{number(value)} {estimate.unit}" for value in (estimate.low, estimate.typical, estimate.high))
    return (estimate.name, *ends, estimate.formula)
