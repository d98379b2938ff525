"""Step 10: everything written down, for a manager to read and an engineer to check."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import gradio as gr

from advisor.cards import esc, wrap
from backend.domain import Report

if TYPE_CHECKING:
    from advisor.page import Page
    from backend.flow import Standing
    from backend.workbench import Workbench

LEAD = "One document with every answer, check, waiver, score and cost, and the verdict: go, no-go, or not yet."
WHY = (
    "“Don't fine-tune” is a good result too, if it is well founded. The report can be written at any time, shows what "
    "was asked and what not, who set which block aside and why, and how to repeat everything."
)
VERDICTS = {"go": ("ok", "Go."), "no-go": ("block", "No-go."), "not yet": ("warn", "Not yet.")}


def build(page: Page) -> None:
    """Lay the page out and wire it."""
    page.button("Write the report", write, name="write", primary=True)
    result = gr.HTML()
    page.shows(show, [result])


def write(workbench: Workbench) -> str:
    """Write it, as things stand now."""
    workbench.report()
    return "Written."


def show(workbench: Workbench, now: Standing) -> str:
    """The verdict with its reasons, and the ways to the document."""
    report = workbench.project.get(Report)
    if report is None:
        return ""
    kind, said = VERDICTS[report.verdict]
    reasons = "".join(f"<li>{esc(reason)}</li>" for reason in report.reasons)
    at = f"/report/{quote(workbench.project.id, safe='')}"
    return wrap(
        f'<div class="tw-say is-{kind}" role="status"><p>{said}</p><ul>{reasons}</ul></div>'
        f"<p>Written {esc(report.at[:16].replace('T', ' '))} UTC.</p><ul>"
        f'<li><a href="{at}.html" target="_blank" rel="noopener">Open the report</a> (in a new tab)</li>'
        f'<li><a href="{at}.html" download="{esc(workbench.project.id)}.html">Download it as HTML</a></li>'
        f'<li><a href="{at}.md" download>Download it as Markdown</a></li></ul>'
    )
