"""Training runs on the page: what one answers as it learns, and two or more beside each other, curves overlaid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor import plots
from advisor import runs_beside as beside
from advisor.cards import esc, section, short, table, wrap

if TYPE_CHECKING:
    from collections.abc import Iterable

    from backend.steps.runs import Compared
    from backend.training.story import Story

AXES = {
    "loss": "loss", "validation_loss": "loss", "score": "score", "learning_rate": "rate", "grad_norm": "norm",
    "tokens_per_s": "tokens/s", "memory_gib": "GiB",
}  # fmt: skip
"""The curves' names in short, as they stand at the axis."""
LONGEST = 600
"""Characters of an answer shown."""
FIRST = 3
"""Curves shown at once; the others are opened."""


def answers(told: Story) -> str:
    """What one run answers to the same few validation rows, as it learns."""
    return _answered(beside.evolving(told), "What it answers to the same validation rows as it learns")


def compared(found: Compared) -> str:
    """Results, differences, curves over each other, and answers side by side."""
    names = [run.name for run in found.runs]
    parts = [table(("", *names), beside.results(found.runs), "Results; in brackets the 95% interval")]
    parts += [f"<p>{esc(line)}</p>" for line in beside.contrasts(found)]
    same = beside.no_difference(found)
    differ = table(("Kind", "What differs", *names), beside.differences(found), beside.DIFFER)
    parts.append(f"<p>{esc(same)}</p>" if same else differ)
    charts = [chart for name in beside.CURVES if (chart := _overlaid(found, name))]
    parts += charts[:FIRST]
    if charts[FIRST:]:
        parts.append(f"<details><summary>More curves</summary>{''.join(charts[FIRST:])}</details>")
    parts.append(_answered(beside.answers(found), "Answers to the same validation rows"))
    title = section(f"{', '.join(names[:-1])} and {names[-1]} beside each other")
    return title + wrap(f'<div class="tw-beside">{"".join(parts)}</div>')


def _answered(rows: Iterable[beside.Answered], title: str) -> str:
    items = [
        "".join(
            f'<p><span class="name">{esc(name)}</span><span class="said">{short(text, LONGEST)}</span></p>'
            for name, text in (("Input", asked), ("Right answer", right), *said)
        )
        for asked, right, said in rows
    ]
    if not items:
        return ""
    listed = "".join(f"<li>{item}</li>" for item in items)
    told = '<p class="soft">Whatever is private is hidden here.</p>'
    return f'<h3>{esc(title)}</h3>{told}<ul class="tw-rows tw-answers">{listed}</ul>'


def _overlaid(found: Compared, name: str) -> str:
    curves = [
        plots.Line(run.name, tuple((float(step), value) for step, value in run.story.curves[name]), place,
                   dots=name in ("validation_loss", "score"))
        for place, run in enumerate(found.runs)
    ]  # fmt: skip
    title = beside.CURVES[name]
    drawn = plots.lines(curves, "step", AXES[name], about=title)
    return f"<h3>{esc(title[0].upper() + title[1:])}</h3>{drawn}" if drawn else ""
