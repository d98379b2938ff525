"""The chat advisor beside every step: a panel that opens over the page and answers from the project's own facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gradio as gr

from backend.index import Index
from backend.workbench import Workbench

if TYPE_CHECKING:
    from advisor.page import Page

Messages = list[dict[str, str]]
WELCOME = "Ask what a finding means, which rows it is about, what a word means, where you stand, or what to do next."


def build(page: Page) -> None:
    """The panel, closed until it is asked for."""
    with gr.Sidebar(label="Advisor", open=False, position="right", width=400, elem_id="advisor"):
        gr.Markdown("## Ask the advisor\nIt looks at this project and explains. It changes nothing: you decide.")
        chat = gr.Chatbot(
            label="Conversation with the advisor", height="60vh", allow_tags=False, buttons=[], feedback_options=None,
            placeholder=WELCOME, latex_delimiters=[],
        )
        question = gr.Textbox(
            label="Your question", placeholder="What do I do next?", max_length=2000, submit_btn="Ask"
        )
        page.on(question.submit, ask, [question], [chat, question], name="advise")
        page.fills(conversation, [chat])


def conversation(workbench: Workbench) -> Messages:
    """What was said so far, oldest first."""
    kept = Index(workbench.home).chat(workbench.project.id)
    return [{"role": role, "content": content} for role, content in kept]


def ask(workbench: Workbench, question: str) -> tuple[str, Messages, str]:
    """Ask, and show the whole conversation; the field is emptied."""
    from advisor.chat.advisor import Advisor
    from advisor.chat.model import model_from_env
    from backend.errors import InputError

    if not question.strip():
        raise InputError("Type a question first.")
    Advisor(workbench, model_from_env()).ask(question.strip()[:2000])
    return "", conversation(workbench), ""
