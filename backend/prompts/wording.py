"""What a prompt leaves unsaid: the task, the form of the answer, its limits, and (where it matters) who reads it."""

from __future__ import annotations

import re

TASK = re.compile(
    r"\?|\b(classif|label|tell|decide|determin|judge|categor|detect|identif|extract|find|list|pull|name|summar|shorten|"
    r"condens|translat|answer|write|draft|explain|describe|generat|convert|turn|reply|respond|return|rate|sort|assign|"
    r"choose|pick|select|rewrite|correct|complete|compute|solve|give)\w*",
    re.IGNORECASE,
)
FORM = re.compile(
    r"\b(json|xml|csv|yaml|sql|html|markdown|table|bullet|list|key|field|column|format|form|"
    r"words?|sentences?|paragraphs?|lines?|labels?|steps|digit|number alone|yes or no|true or false|one of|"
    r"(?:answer|reply|respond|output|return|write)\s+(?:with|in|as|only|exactly|just|the|nothing)|only the|"
    r"\w+ or \w+)\b",
    re.IGNORECASE,
)
LIMIT = re.compile(
    r"\b(only|exactly|just|at most|at least|no more than|up to|fewer than|less than|do not|don't|never|must|without|"
    r"nothing else|no other|one of|either|one word|single|short|brief|concise|maximum|minimum|within|keep|"
    r"no [a-z]+s|under \d+|from \d+ to \d+|alone|in total|null|if (?:there is|it is|none|nothing|missing|unsure)|"
    r"with the (?:keys|fields|columns)|\d+ (?:words?|sentences?|lines?|steps|points)|\w+ or \w+)\b",
    re.IGNORECASE,
)
READER = re.compile(
    r"\b(for (?:a|an|the|our|people|someone|[a-z -]{0,20}(?:readers?|managers?|visitors?|staff|teachers?"
    r"|parents?|lawyers?|"
    r"employees|beginners|members|citizens|developers))|to (?:a|an) [\w-]+(?:-old|er|or|ist|ian)\b|reader"
    r"|audience|customers?|clients?|patients?|doctors?|child\w*|"
    r"students?|colleagues?|users?|layperson|beginners?|experts?|tone|style|friendly|formal|polite|you are|as an?|"
    r"plain (?:language|words))\b",
    re.IGNORECASE,
)
OPEN = re.compile(
    r"\b((?:do|write|say|make|give|find) (?:something|anything|whatever|stuff)\b[\w ]{0,20}|"
    r"as you (?:like|see fit|wish)|feel free\b|be creative|do your best|whatever you (?:think|like|want)|"
    r"(?:deal with|handle|work on|process) (?:this|it)|some kind of|and so on|"
    r"a (?:good|nice|great) (?:answer|response|text)|something (?:nice|good|useful|interesting))",
    re.IGNORECASE,
)
ENGLISH = re.compile(r"\b(the|an?|is|are|of|to|and|or|this|that|with|for|it|you|what|which|if|not)\b", re.IGNORECASE)

NEEDS_READER = ("summarise", "answer")
"""Tasks where the same content is written differently for different readers."""


def judged(text: str) -> bool:
    """Whether the wording can be judged: the word lists are English, so longer texts must look like it."""
    return text.isascii() and (len(text.split()) < 4 or bool(ENGLISH.search(text)))


def lacks(text: str, task: str) -> tuple[str, ...] | None:
    """What the prompt leaves out, of "task", "output form", "constraint", "audience"; None where it isn't English."""
    if not judged(text):
        return None
    said = {"task": TASK, "output form": FORM, "constraint": LIMIT}
    if task in NEEDS_READER:
        said["audience"] = READER
    return tuple(part for part, pattern in said.items() if not pattern.search(text))


def open_wording(text: str) -> tuple[str, ...]:
    """Phrases that may mean anything, as written."""
    return tuple(dict.fromkeys(match.group(0).strip() for match in OPEN.finditer(text)))
