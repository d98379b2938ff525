"""An audit as one HTML file: no script, nothing fetched, so that it opens anywhere and can be passed on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from advisor import finding_cards, words
from advisor.cards import esc, figures
from advisor.curve_drawn import drawn

if TYPE_CHECKING:
    from backend.audit.report import AuditReport, FindingReport
    from backend.data.changes import Change, Preview
    from backend.workbench import Workbench

SHOWN_CHANGES = 4
"""Changes previewed for each rule."""


def page(report: AuditReport, previews: Sequence[Preview], counts: Mapping[str, int], project: str = "") -> str:
    """The whole page. `previews` are some of the changes on offer, `counts` how many there are of each rule's."""
    shown = finding_cards.Shown(
        project=project, task=report.task, rows={found.rule: found.examples for found in report.findings},
        here={found.rule: found.counted_rows for found in report.findings}, fixable=frozenset(counts), aside=False,
    )
    worst = sorted(report.findings, key=lambda found: list(words.SEVERITY_WORDS).index(found.severity))
    cards = "".join(finding_cards.finding(found, shown, _fine(found, project)) for found in worst)
    about = report.data
    title = words.verdict_line(worst, about.flawed_rows, about.rows)
    rules = "".join(f"<li><code>{esc(rule)}</code></li>" for rule in report.not_asked)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>Data audit: {esc(about.path)}</title><style>{_css()}</style></head><body><main class=\"tw\">"
        f'<div class="tw-verdict is-{report.verdict}"><h1>{esc(title)}</h1>'
        f'<p class="soft">Audit of {esc(about.path)}</p></div>'
        + figures([
            ("Rows", f"{about.rows:,}"), ("Usable", f"{about.usable_rows:,}"), ("Affected", f"{about.flawed_rows:,}"),
            ("Stop you", str(sum(found.severity == "block" for found in worst))),
            ("Need a look", str(sum(found.severity == "warn" for found in worst))),
        ])
        + (f"<h2>What was found</h2>{cards}" if cards else "<p>Nothing was found in what was checked.</p>")
        + (drawn(report.curve) if report.curve else "")
        + _fixes(previews, counts, project)
        + finding_cards.not_checked(report.not_checked)
        + f"<details><summary>{len(report.not_asked)} rules were not asked</summary><p>The data alone does not answer "
        f"them (goal, prompts, expert, runs).</p><ul>{rules}</ul></details>"
        f'<p class="soft">Tunewise {esc(report.tunewise)}, task: {esc(report.task)}, '
        f"SHA-256 of the data {esc(about.sha256)}. Personal data and keys are replaced by their kind "
        "throughout this page.</p></main></body></html>"
    )


def of_project(workbench: Workbench) -> str:
    """The page about a project's current data. Raises InputError when there is none."""
    previews, counts = some_of(workbench.offered_fixes())
    return page(workbench.audit_report(), previews, counts, workbench.project.name)


def some_of(changes: Iterable[Change]) -> tuple[list[Preview], Counter[str]]:
    """(the first changes of each rule as they may be shown, how many there are of each)."""
    from backend.data.changes import preview

    counts: Counter[str] = Counter()
    shown = []
    for change in changes:
        counts[change.rule] += 1
        if counts[change.rule] <= SHOWN_CHANGES:
            shown.append(preview(change))
    return shown, counts


def _fixes(previews: Sequence[Preview], counts: Mapping[str, int], project: str) -> str:
    if not counts:
        return ""
    from backend.data.clean import FIXES

    command = f'tunewise data "{project}" --fix' if project else "tunewise audit DATA --fix OUT"
    asked = [rule for rule in counts if FIXES[rule].asked]
    named = "".join(f"{esc(command)} --rule {esc(rule)}\n" for rule in asked)
    alone = f"<p>What a person has to judge is only done by name:</p><pre>{named}</pre>"
    return (
        '<section id="fixes"><h2>Changes that can be made for you</h2><p>In a copy, never in your file; every change '
        f"is listed in a log beside it.</p><pre>{esc(command)}</pre>{finding_cards.changes(previews, counts)}"
        f"{alone if asked else ''}</section>"
    )


def _fine(found: FindingReport, project: str) -> str:
    """How the expert lets a finding pass; nothing for a block that nobody can waive."""
    rule = words.rule_named(found.rule)
    if found.severity != "warn" and not (found.severity == "block" and rule and rule.waivable):
        return ""
    name = f'"{project}"' if project else "PROJECT"
    said = esc(f'tunewise waive {name} {found.rule} --by NAME --why "This is fine because …"')
    return (
        "<details><summary>This is fine because…</summary><p>The named expert may say so in writing, in a project; it "
        f"goes into the report.</p><pre>{said}</pre></details>"
    )


def _css() -> str:
    """The app's own style; where the reader's system is dark, its dark colours."""
    here = Path(__file__).parent
    app = (here / "app.css").read_text(encoding="utf-8")
    dark = re.search(r"^\.dark \{(.*?)\}", app, re.DOTALL | re.MULTILINE)
    assert dark
    rest = "".join((here / name).read_text(encoding="utf-8") for name in ("cards.css", "audit_page.css"))
    return f"{app}{rest}@media (prefers-color-scheme: dark) {{ :root {{{dark[1]}}} }}"
