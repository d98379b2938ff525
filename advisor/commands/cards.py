"""Findings as cards for the eye and as the contract's objects for programs; steps as a table."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from advisor.terminal import Output

if TYPE_CHECKING:
    from backend.audit.report import FindingReport
    from backend.audit.shown import ShownRow
    from backend.data.changes import Change
    from backend.flow import Standing
    from rules.rule import Finding

COLOURS = {"block": "bold red", "warn": "bold yellow", "note": "bold cyan"}
SHOWN_ROWS = 3
"""Rows of a finding that a terminal shows; the JSON and the HTML have up to five."""
SIGNS = {"block": "■", "warn": "▲", "note": "·"}


def show_findings(
    out: Output,
    findings: Sequence[Finding | FindingReport],
    waived: Collection[str] = (),
    rows: Mapping[str, Sequence[ShownRow]] | None = None,
    project: str = "",
    task: str = "",
) -> None:
    """A card a finding, in the order given: what, which rows (some of `rows` with the stretch marked), why, what to do.

    `project` names the project whose commands mend it, `task` what the finding means there.
    """
    from advisor.words import counted, finding_words
    from backend.audit.report import counted_once

    here, _ = counted_once(findings)
    for finding in findings:
        words = finding_words(finding, project, task)
        set_aside = " (set aside by the expert)" if finding.rule in waived else ""
        out.say(f"\n{SIGNS[finding.severity]} {words.title}  [{words.rule}: {words.label}{set_aside}]",
                style=COLOURS[finding.severity])
        out.say(f"  {words.message}")
        if words.rows:
            count = here[finding.rule]
            more = f" ({counted(len(finding.rows), count)})" if count < len(finding.rows) else ""
            out.say(f"  Which: {words.rows}{more}")
        for row in (rows or {}).get(finding.rule, ())[:SHOWN_ROWS]:
            show_row(out, row)
        out.say(f"  Why it matters: {words.why}")
        out.say(f"  What to do: {words.fix}")
        if (words.waivable or (project and finding.severity == "warn")) and not set_aside:
            name = f'"{project}"' if " " in project else project or "PROJECT"
            out.say(f"  Fine as it is? The expert may set it aside in writing: tunewise waive {name} {words.rule}")


def show_row(out: Output, row: ShownRow) -> None:
    """One row: each text on a line, the stretch in question between double brackets."""
    out.say(f"    row {row.row}{f': {row.note}' if row.note else ''}", style="dim")
    for text in row.texts:
        out.say(f"      {text.name}: {marked(text.parts) or '(nothing)'}")


def marked(parts: Iterable[tuple[str, bool]]) -> str:
    """Pieces of a text on one line, what is marked between double brackets."""
    return " ".join("".join(f"⟦{text}⟧" if is_marked else text for text, is_marked in parts).split())


def show_changes(out: Output, changes: Sequence[Change], most: int) -> None:
    """Rows before and after, for at most `most` changes of each rule; private stretches hidden."""
    from collections import Counter

    from advisor.words import count_of
    from backend.data.changes import preview
    from backend.data.clean import FIXES

    said: Counter[str] = Counter()
    totals = Counter(change.rule for change in changes)
    for change in changes:
        if not said[change.rule]:
            count = count_of(totals[change.rule], "change")
            out.say(f"\n{change.rule}: {count}; {FIXES[change.rule].does}", style="bold")
        said[change.rule] += 1
        if said[change.rule] > most:
            continue
        shown = preview(change)
        what = "left out" if shown.action == "drop" else f"{shown.field} changed"
        out.say(f"  row {shown.row}, {what}{f': {shown.why}' if shown.why else ''}")
        if shown.before:
            out.say(f"    - {marked(shown.before)}", style="red")
        if shown.action == "edit":
            out.say(f"    + {marked(shown.after)}", style="green")


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
