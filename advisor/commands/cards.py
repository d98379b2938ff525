"""Findings as cards for the eye and as the contract's objects for programs; steps as a table."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from advisor.terminal import Output

if TYPE_CHECKING:
    from backend.audit.report import FindingReport
    from backend.flow import Standing
    from rules.rule import Finding

COLOURS = {"block": "bold red", "warn": "bold yellow", "note": "bold cyan"}
SIGNS = {"block": "■", "warn": "▲", "note": "·"}


def show_findings(out: Output, findings: Sequence[Finding | FindingReport], waived: Collection[str] = ()) -> None:
    """A card a finding, in the order given: what, why, what to do, and which rows."""
    from advisor.words import finding_words

    for finding in findings:
        words = finding_words(finding)
        set_aside = " (set aside by the expert)" if finding.rule in waived and finding.severity == "block" else ""
        out.say(f"\n{SIGNS[finding.severity]} {words.title}  [{words.rule}: {words.label}{set_aside}]",
                style=COLOURS[finding.severity])
        out.say(f"  {words.message}")
        if words.rows:
            out.say(f"  Which: {words.rows}")
        out.say(f"  Why it matters: {words.why}")
        out.say(f"  What to do: {words.fix}")
        if words.waivable and not set_aside:
            out.say(f"  The expert may set it aside in writing: tunewise waive PROJECT {words.rule}")


def finding_json(finding: Finding) -> dict[str, object]:
    """The contract's object, and where the finding belongs."""
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "message": finding.message,
        "why": finding.why,
        "fix": finding.fix,
        "measured": finding.measured,
        "threshold": finding.threshold,
        "unit": finding.unit,
        "rows": finding.rows,
        "step": finding.step,
        "gate": finding.gate,
        "waivable": finding.waivable,
    }


def show_steps(out: Output, now: Standing) -> None:
    """The ten steps, each with its state and what was found there."""
    from advisor.words import STATE_WORDS, STEP_TITLES

    colours = {
        "done": "green", "next": "bold", "blocked": "bold red",
        "out of date": "yellow", "waiting": "dim", "optional": "cyan",
    }  # fmt: skip
    for number, step in enumerate(now.steps, 1):
        out.say(f"{number:>2}  {STEP_TITLES[step.step]:<42} {STATE_WORDS[step.state]}", style=colours[step.state])


def version() -> str:
    """The installed version of Tunewise."""
    from importlib.metadata import version as installed

    return installed("tunewise")
