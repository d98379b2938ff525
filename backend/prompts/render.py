"""From a prompt and a row to the messages the model gets: the same for trials, training, serving and playground."""

from __future__ import annotations

from backend.domain import Example, Message, Prompt


def render(prompt: Prompt, given: Example | str) -> list[Message]:
    """System, solved examples, earlier turns, then the question. `{input}` is replaced literally, braces and all.

    The prompt's system message wins over the row's own: it is the one that will be served.
    """
    example = Example(row=-1, input=given, answer="") if isinstance(given, str) else given
    messages = []
    system = prompt.system or example.system
    if system:
        messages.append(Message(role="system", content=system))
    for shot in prompt.shots:
        messages.append(Message(role="user", content=fill(prompt.user, shot.input)))
        messages.append(Message(role="assistant", content=shot.answer))
    messages.extend(example.history)
    messages.append(Message(role="user", content=fill(prompt.user, example.input)))
    return messages


def fill(template: str, text: str) -> str:
    """The template with the input in it; a template that names no `{input}` gets it after a blank line."""
    return template.replace("{input}", text, 1) if "{input}" in template else f"{template}\n\n{text}".strip()
