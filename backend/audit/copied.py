"""What programs leave in a text that is copied out of them: chat assistants, work chats, trackers, documentation."""

from __future__ import annotations

import re

_CODE = re.compile(
    # Citations of chat assistants
    r"【\d+(?::\d+)?[†:][^】\n]{0,60}】|:?contentReference\[oaicite:\d+\](?:\{index=\d+\})?|\[?oaicite:\d+\]?"
    r"|[\ue200-\ue206]|(?:cite)?(?:turn\d{1,3}(?:search|view|news|file|image|product|fetch)\d{1,3})+"
    r"|\[\^\d{1,3}\^\]|\[\[\d{1,3}\]\]\(https?:[^)\s]{1,300}\)"
    r"|\[(?:cite|citation|source|doc)s?[: ]{1,2}\d[\d, ]{0,20}\]"
    # Mentions, signs and links of work chats
    r"|<[@#][!&]?(?:[A-Z][A-Z0-9]{7,11}|\d{15,20})(?:\|[^>\n]{0,60})?>"
    r"|<!(?:here|channel|everyone|subteam\^\w+)(?:\|[^>\n]{0,60})?>"
    r"|<a?:\w{2,32}:\d{15,20}>|<(?:https?|mailto):[^|>\s]{1,300}\|[^>\n]{1,120}>"
    # Braces, mentions and headings of trackers
    r"|\{colou?r(?::[#\w]{1,20})?\}"
    r"|\{(?:noformat|panel|quote|code)(?::[^}\n]{1,80})?\}(?=[\s\S]{1,2000}?\{(?:noformat|panel|quote|code)\})"
    r"|(?<![\w\])])\[~[\w.@:-]{2,60}\](?!\w)|^h[1-6]\. (?=\S)",
    re.MULTILINE | re.IGNORECASE,
)
FORMS = (_CODE,)
"""What every text holds that `has_code`."""
HINTS = (
    "†", "oaicite", "\ue200", "\ue201", "\ue202", "turn0", "turn1", "turn2", "[^", "[[", "[cite", "[citation",
    "[source", "[doc", "<@", "<#", "<!", "<:", "<a:", "|", "{color", "{colour", "{noformat", "{panel", "{quote",
    "{code", "[~", "h1. ", "h2. ", "h3. ", "h4. ", "h5. ",
)  # fmt: skip
"""Lower case; a text that holds none of them needs no look."""
SIGNS = tuple(hint for hint in HINTS if hint not in ("|", "<@", "<#", "<!", "<:", "<a:", "[["))
"""Those of the hints that the first look does not look for anyway."""
_ROLE = re.compile(
    r"(?<![\w`]):(?:[a-z]{1,8}:)?[a-z]{2,12}:`(?:[^`\n<]{0,80}<)?([^`\n>]{1,120})>?`"
    r"|\{@(?:link|code|linkplain|see)\s([^}\n]{1,120})\}"
)
ROLES_SHARE = 0.03
"""Share of rows with such roles above which the file is made of sources of documentation."""


def has_code(text: str, lower: str) -> bool:
    """Whether it holds a citation mark, a mention or a brace; `lower` is the text in small letters."""
    return any(hint in lower for hint in HINTS) and _CODE.search(text) is not None


def has_role(text: str) -> bool:
    """Whether it holds a role of a documentation source: `:class:`, `{@link …}`."""
    return (":`" in text or "{@" in text) and _ROLE.search(text) is not None


def without(text: str) -> str:
    """The words of the text."""
    text = _ROLE.sub(lambda role: (role.group(1) or role.group(2)).lstrip("~!"), text)
    return _CODE.sub("", text)
