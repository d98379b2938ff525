"""Reading one conversation: who said what, in an order that can be trained on."""

from __future__ import annotations

import json
from typing import Literal

from backend.domain import Message

Role = Literal["system", "user", "assistant"]
ROLES: dict[str, Role] = {
    "system": "system", "developer": "system",
    "user": "user", "human": "user", "prompter": "user",
    "assistant": "assistant", "gpt": "assistant", "model": "assistant", "bot": "assistant", "chatbot": "assistant",
}  # fmt: skip
"""Role names in use (OpenAI, ShareGPT, Gemma, OpenAssistant) and what they are called here."""

CONTENT = ("content", "value", "text")
"""Names of what is said."""
TOOLS = ("tool", "function", "function_call", "observation", "ipython")
"""Roles that hold a tool's call or its result."""

_IN_TURN = ("user", "assistant")
"""Who speaks, one after the other."""


class BrokenConversation(ValueError):
    """Why a conversation cannot be trained on, in plain words."""


def read_conversation(value: object) -> tuple[str, tuple[Message, ...], str, str]:
    """(system prompt, earlier turns, last user turn, last answer) of a list of messages, or its JSON text.

    Messages are {"role", "content"} or ShareGPT's {"from", "value"}. Raises BrokenConversation when roles are
    missing, unknown or out of order, or the last word is not the assistant's.
    """
    turns = [_turn(place, turn) for place, turn in enumerate(_as_list(value), start=1)]
    system = ""
    if turns and turns[0][0] == "system":
        system = turns[0][1]
        del turns[0]
    if not turns:
        raise BrokenConversation("it holds no turn of user and assistant")
    for place, (role, _) in enumerate(turns):
        if role != _IN_TURN[place % 2]:
            raise BrokenConversation(f"turn {place + 1} is the {role}'s where the {_IN_TURN[place % 2]}'s is due")
    if len(turns) % 2:
        raise BrokenConversation("it does not end with the assistant")
    for place, (_, content) in enumerate(turns[:-2], start=1):
        if not content or content.isspace():
            raise BrokenConversation(f"turn {place} is empty")
    earlier = tuple(Message(role=role, content=content) for role, content in turns[:-2])
    return system, earlier, turns[-2][1], turns[-1][1]


def _as_list(value: object) -> list[object]:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError) as error:
            raise BrokenConversation("the messages are not valid JSON") from error
    if not isinstance(value, list):
        raise BrokenConversation("the messages are not a list")
    return value


def _turn(place: int, turn: object) -> tuple[Role, str]:
    """(role, content)."""
    if type(turn) is dict:  # most are written so
        given, content = turn.get("role"), turn.get("content")
        if type(given) is str and type(content) is str and given in ROLES:
            return ROLES[given], content
    if not isinstance(turn, dict):
        raise BrokenConversation(f"message {place} is not an object with role and content")
    given = turn.get("role", turn.get("from"))
    if not isinstance(given, str) or not given.strip():
        raise BrokenConversation(f"message {place} has no role")
    name = given.strip().casefold()
    if name in TOOLS:
        raise BrokenConversation(f"message {place} is a tool's ({name}), and tool calls can't be trained on yet")
    role = ROLES.get(name)
    if role is None:
        raise BrokenConversation(f"message {place} has the unknown role {given[:40]!r}")
    return role, _content(place, turn)


def _content(place: int, turn: dict[str, object]) -> str:
    name = next((name for name in CONTENT if name in turn), None)
    if name is None:
        raise BrokenConversation(f"message {place} has no content")
    content = turn[name]
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if isinstance(content, list):  # OpenAI's list of parts
        texts = [part.get("text") for part in content if isinstance(part, dict) and part.get("type") == "text"]
        if len(texts) == len(content):
            return "".join(text for text in texts if isinstance(text, str))
    raise BrokenConversation(f"message {place} holds something other than text")
