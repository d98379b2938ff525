"""The first page: your projects, and how to begin one."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

from advisor import cards, words
from advisor.failures import worded
from backend.workbench import Workbench

WELCOME = (
    "Somebody said: we should fine-tune a model. Tunewise takes you from there to a measured, served model, or to a "
    "well-founded “don't, and here is what to do instead”. Both are good results."
)
NEEDED = (
    ("What you need", "Some examples of what goes in and what should come out, in a spreadsheet or a text file."),
    ("Who you need", "Somebody who knows the subject and can say what a good answer is. It may be you."),
    ("What happens", "Ten steps. Each says what it is for, checks what you gave, and stops what would go wrong."),
    ("Where it stays", "On this computer. Your file is copied, never changed, and nothing is sent anywhere."),
)


def build(blocks: gr.Blocks, home: Path) -> None:
    """Lay the page out and wire it."""
    gr.HTML(cards.wrap(f"<h1>Tunewise</h1><p>{cards.esc(WELCOME)}</p>"))
    projects = gr.HTML()
    with gr.Group():
        name = gr.Textbox(
            label="Name of a new project", placeholder="For example: sorting support mails", max_length=200
        )
    start = gr.Button("Start here", variant="primary")
    notice = gr.HTML()
    going = gr.Textbox(visible=False, label="project")

    def new(given: str) -> tuple[str, str]:
        try:
            made = Workbench.new(given, home).project.id
        except Exception as error:  # every handler ends in words or in the log
            return worded(error, "", home), ""
        return cards.say("ok", "Made. Opening step 1 …"), made

    go = "(id) => { if (id) window.location.assign('/goal?project=' + encodeURIComponent(id)); }"
    for event in (start.click, name.submit):
        event(new, name, [notice, going], api_name=None if event is name.submit else "new_project").then(
            None, going, None, js=go
        )
    blocks.load(lambda: _projects(home), None, projects, show_progress="hidden", api_visibility="private")


def _projects(home: Path) -> str:
    known = Workbench.list(home)
    if not known:
        listed = "".join(f"<dt>{cards.esc(what)}</dt><dd>{cards.esc(told)}</dd>" for what, told in NEEDED)
        return cards.wrap(f'<div class="tw-card is-note"><h2>You have no project yet</h2><dl>{listed}</dl></div>')
    items = "".join(_project(*about, home) for about in known)
    return cards.wrap(f'<h2>Your projects</h2><ul class="tw-projects">{items}</ul>')


def _project(project: str, name: str, made: str, home: Path) -> str:
    try:
        now = Workbench.open(project, home).standing()
    except Exception as error:  # one damaged project must not hide the others
        return f"<li>{cards.esc(name)}{worded(error, project, home)}</li>"
    stand = words.standing_line(now)
    step = now.blocks[0].step if now.blocks else now.next_step
    return (
        f"<li>{cards.link(step, project, cards.esc(name))}<p>{cards.esc(stand)}</p>"
        f"<p>{cards.prose(words.next_step(now, project)[0])}</p>"
        f'<p class="soft">Begun {cards.esc(made[:10])}.</p></li>'
    )
