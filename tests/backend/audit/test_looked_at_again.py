"""Where many rows may have a flaw, a second look sorts most of them out, and changes nothing of what is found."""

from __future__ import annotations

import random
import string
from itertools import count

import pytest

from backend.audit import markup, placeholders, secrets
from backend.domain import Example, Message, Task

LEFT = (
    "Boil it for ten minutes.<br><br>Then let it cool.", "Tea &amp; toast&nbsp; are ready.", "<!-- ad --> It is late.",
    "See https://shop.org/a?utm_source=mail&utm_medium=x for it.", "<|im_start|>assistant\nIt works.", "### Response:",
    "The lamp is on. Accept all cookies", "All about lamps. © 2019 Lamps Ltd. All rights reserved. More on lamps here.",
    "Read more... You can see it from the hill above the town.", "The hill is high.\nShare this\nIt is far away.",
    "He said [b]no[/b] to that.", "{{first_name}}, your lamp is on its way to you.", "![a](https://a.org/b.png) Hm.",
    "As found【4†source】 it is old.", "Ask <@U0123ABCD> about the lamp.", "Use :class:`Lamp` to make one.",
    "Posted on March 3, 2019 by admin The lamp was switched on.", "The lamp. Page 1 of 3 1 2 3 Next » It is bright.",
    "Lamps are bright. .menu { color: red; margin: 0; } They last for years.", "It is bright.\nUser: and now?",
    "We sell many lamps here. $(document).ready(function() { show(); }); They are all bright and last long.",
    "<thinking>hm</thinking> Yes.", "Mehr erfahren › Die Lampe ist sehr hell und hält lange.",
    "Turn the \\texttt{dial} to the left and it will be bright.", ".SH NAME\nlamp is what it is called.",
    "Use @code{lamp on} for it.",
    "[{'text': 'The lamp is bright and lasts for years and years.'}]", "b'The lamp is bright and lasts for years.'",
    "Write the <br> tag where a line ends.", "Run `<div>` in it.", "Press Save and If the light is on, press it again.",
)  # fmt: skip
PLAIN = (
    "If the lamp `a < b` hums, The cable {n} is bent & loose: see www.lamps.org", "Use the tag <b> when it is bold",
    "```python\nvalues = []\nfor a in values:\n    print(a)\n```\nIt walks through list {n} once and keeps it.",
)  # fmt: skip
STAND_INS = (
    "Dear [Customer Name], thank you for your letter of [Date]. We will answer it within the next few days.",
    "We will answer within XX working days, and then send you all that you have asked us for in the letter.",
    "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore " * 2,
    "Hello {name}, thank you for your order. We have sent it to you and hope that you will like all of it a lot.",
    "The total is [object Object] for all of the lamps that you have ordered from us in the last month of May.",
    "It walks once. TODO: say how long that takes in a list that is a lot longer than the one which was given here.",
    "Answer: ____", "N/A", "The answer is lorem ipsum dolor sit amet consectetur and no more than that.",
)  # fmt: skip
TYPED = "```python\ndef f(values: list[int], limit: int = {n}) -> list[int]:\n    return values\n```\nIt keeps {n}."


def mixed(flawed: tuple[str, ...], others: tuple[str, ...]) -> list[Example]:
    """Each of the flawed texts in each part of a row, every one among nine others."""
    rows, number = [], count()
    for text in flawed:
        for part in ("input", "answer", "turn"):
            for n in range(10):
                at = next(number)
                other = others[at % len(others)].replace("{n}", str(at))
                parts = {"input": f"What about {other}" if n % 2 else "What is it?", "answer": other}
                turns: tuple[Message, ...] = ()
                if n == 3 and part == "turn":
                    turns = (Message(role="user", content=text),)
                elif n == 3:
                    parts[part] = text
                rows.append(Example(row=at, history=turns, **parts))
    return rows


@pytest.mark.parametrize("task", ["answer", "extract", "translate", "classify"])
def test_leftovers(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    for others in (PLAIN, PLAIN[:2], PLAIN[2:]):
        rows = mixed(LEFT, others)
        found = markup.markup(rows, task)
        monkeypatch.setattr(markup, "MANY_LIKELY", 0)
        assert markup.markup(rows, task) == found and found and len(found) > 30
        monkeypatch.undo()


@pytest.mark.parametrize("task", ["answer", "structured"])
def test_stand_ins(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = mixed(STAND_INS, (TYPED,))
    found = placeholders.placeholders(rows, task)
    monkeypatch.setattr(placeholders, "MANY_LIKELY", 0)
    assert placeholders.placeholders(rows, task) == found and len(found) >= 6


def test_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Among rows that speak of tokens and passwords, and hold none."""
    rng = random.Random(6)
    held = [
        ("password = xK9#mQ2$vL", "the"),
        ("export API_KEY=9f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c", "a"),
        ("pin is 4829", ""),
    ]
    held += [(f"mysql -u root -p {noise(12, rng)} shop", "in"), (f"--token {noise(20, rng)} then", "so")]
    held += [(f"postgres://app:{noise(14, rng)}@db7.lamps.org/shop", ""), (f"Passwort: {noise(10, rng)}7!", "")]
    rows = []
    for row in range(210):
        text, before = held[row % len(held)]
        parts = {"input": "Which token is refreshed, and is the pin for it?", "answer": f"The password is kept {row}."}
        if row % 10 == 0:
            parts[rng.choice(("input", "answer", "system"))] = f"{before} {text}"
        turns = (Message(role="user", content="my password:"),) if row % 30 == 1 else ()
        rows.append(Example(row=row, history=turns, **parts))
    found = secrets.secrets(rows)
    monkeypatch.setattr(secrets, "MANY_LIKELY", 0)
    assert secrets.secrets(rows) == found and len(found) > 10


def noise(size: int, rng: random.Random) -> str:
    return "".join(rng.choices(string.ascii_letters + string.digits, k=size))
