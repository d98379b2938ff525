"""The pieces of HTML the app shows. Every text that comes from people, data or models is escaped here."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

from advisor import words
from rules.rule import STEPS

if TYPE_CHECKING:
    from pathlib import Path

    from backend.errors import TunewiseError
    from backend.flow import Standing

ICONS = {"done": "✓", "blocked": "!", "next": "→", "out of date": "↻", "optional": "○"}
SHOWN_CHARACTERS = 220
TIGHT = 16
"""Cells of up to this many characters stay on one line."""


def prose(text: object) -> str:
    """Our own sentences, escaped, with what stands between backticks set as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", esc(text))


def esc(text: object) -> str:
    """Text as text: no mark-up in it can become mark-up of the page."""
    return html.escape(words.printable(str(text)))


def wrap(inside: str) -> str:
    """A block in our own typography."""
    return f'<div class="tw">{inside}</div>' if inside else ""


def section(title: str, told: str = "") -> str:
    """A heading within a page, and a sentence under it."""
    return wrap(f"<h2>{esc(title)}</h2>" + (f"<p>{esc(told)}</p>" if told else ""))


def link(step: str, project: str, inside: str, attributes: str = "") -> str:
    """A link to a step's page of this project. `inside` is HTML."""
    return f'<a href="/{step}?project={quote(project, safe="")}" {attributes}>{inside}</a>'


def short(text: str, most: int = SHOWN_CHARACTERS) -> str:
    """Escaped text, cut after `most` characters."""
    return esc(text if len(text) <= most else text[: most - 1] + "…")


def title_parts(step: str) -> tuple[str, str]:
    """("Train", "fine-tuning"): the plain title of a step and its term."""
    plain, _, term = words.STEP_TITLES[step].partition(" (")
    return plain, term.rstrip(")")


def say(kind: str, first: str, rest: Iterable[str] = (), more: str = "") -> str:
    """A message after an action. `kind`: ok, note, warn or block. `more` is HTML, the rest is text."""
    points = "".join(f"<li>{prose(line)}</li>" for line in rest)
    role = "alert" if kind == "block" else "status"
    listed = f"<ul>{points}</ul>" if points else ""
    return wrap(f'<div class="tw-say is-{kind}" role="{role}"><p>{esc(first)}</p>{listed}{more}</div>')


def refusal(error: TunewiseError, project: str, quiet: bool = False) -> str:
    """What a person can mend, or what blocks, with the way to where it is mended. `quiet` for a mere state."""
    from backend.errors import Blocked

    said = words.error_words(error)
    more = ""
    if isinstance(error, Blocked):
        steps = sorted({*error.missing, *(found.step for found in error.findings)} & set(STEPS), key=STEPS.index)
        links = ", ".join(link(step, project, esc(title_parts(step)[0])) for step in steps)
        more = f"<p>Go there: {links}</p>" if links else ""
    return say("warn" if quiet else "block", said.what, said.details, more)


def our_fault(log: Path) -> str:
    """Something broke that a person cannot mend."""
    return say("block", "Something broke on our side. Nothing you did is lost.", (f"The details are in {log}",))


def header(now: Standing, name: str) -> str:
    """The project and where it stands, in one line."""
    return wrap(
        '<a class="tw-skip" href="#step">Skip to this step</a><header class="tw-head">'
        f'<a href="/">All projects</a><span class="name">{esc(name)}</span>'
        f'<p class="stand"><span class="tw-hidden">Where you stand: </span>{esc(words.standing_line(now))}</p></header>'
    )


def steps(now: Standing, project: str, here: str) -> str:
    """The ten steps as links, each with its state in words."""
    items = []
    for number, state in enumerate(now.steps, 1):
        plain, _ = title_parts(state.step)
        icon = ICONS.get(state.state, str(number))
        inside = (
            f'<span class="icon" aria-hidden="true">{icon}</span><span>{number}. {esc(plain)}</span>'
            f'<span class="state">{state.state}</span>'
        )
        current = 'aria-current="page"' if state.step == here else ""
        kind = "outdated" if state.state == "out of date" else state.state
        items.append(f'<li class="{kind}">{link(state.step, project, inside, current)}</li>')
    return wrap(f'<nav class="tw-steps" aria-label="The ten steps"><ol>{"".join(items)}</ol></nav>')


def intro(step: str, lead: str, why: str) -> str:
    """The top of a step's page: what it is, and why on demand."""
    plain, term = title_parts(step)
    return wrap(
        f'<h1 id="step" tabindex="-1">{STEPS.index(step) + 1}. {esc(plain)} '
        f'<span class="soft">({esc(term)})</span></h1>'
        f"<p>{esc(lead)}</p><details><summary>Why this step?</summary><p>{esc(why)}</p></details>"
    )


def ending(now: Standing, project: str, here: str) -> str:
    """The way back and on."""
    place = STEPS.index(here)
    back = link(STEPS[place - 1], project, f"← {esc(title_parts(STEPS[place - 1])[0])}") if place else "<span></span>"
    on = ""
    if place + 1 < len(STEPS):
        after = STEPS[place + 1]
        waits = {state.step: state.state for state in now.steps}[after] == "waiting"
        hint = ' <span class="soft">(you may look; it can be done once this step is)</span>' if waits else ""
        on = f"<span>{link(after, project, f'On to: {esc(title_parts(after)[0])} →')}{hint}</span>"
    return wrap(f'<nav class="tw-end" aria-label="Back and on">{back}{on}</nav>')


def table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], caption: str = "", numbers: Sequence[int] = ()
) -> str:
    """A plain table of text. `numbers` are the places of the columns set to the right."""
    kinds = ["num" if place in numbers else "text" for place in range(len(columns))]
    titles = zip(kinds, columns, strict=True)
    head = "".join(f'<th scope="col" class="{kind}">{esc(name)}</th>' for kind, name in titles)
    body = "".join(
        f"<tr>{''.join(_cell(kind, cell) for kind, cell in zip(kinds, row, strict=True))}</tr>" for row in rows
    )
    titled = f"<caption>{esc(caption)}</caption>" if caption else ""
    return (
        f'<div class="tw-scroll" tabindex="0" role="region" aria-label="{esc(caption or ", ".join(columns))}">'
        f"<table>{titled}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _cell(kind: str, content: object) -> str:
    tight = " tight" if len(str(content)) <= TIGHT else ""
    return f'<td class="{kind}{tight}">{short(str(content))}</td>'


def figures(pairs: Iterable[tuple[str, str]]) -> str:
    """A row of large figures, each with what it is."""
    return '<dl class="tw-figures">' + "".join(
        f"<div><dt>{esc(name)}</dt><dd>{esc(value)}</dd></div>" for name, value in pairs
    ) + "</dl>"


def plain(label: str, text: str) -> str:
    """A text of the data or of a model in full, exactly as it is."""
    return f'<div class="tw-plain"><span class="label">{esc(label)}</span>{esc(text)}</div>'
